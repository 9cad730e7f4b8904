using System.Net;
using System.Net.Sockets;
using Acp.Core;
using Acp.Linux.DataPlane;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Lab;

/// <summary>
/// Two boxes, a and b, with an abutment and an acp namespace each, joined by as many veth pairs as a test wants. All of
/// them have the same link-local addresses, as is normal (B-30).
/// <code>
///  a-acp  acp_1 ...... a-abut  ul1 fe80::a ──veth── fe80::b ul1  b-abut ...... acp_1  b-acp
/// </code>
/// </summary>
public sealed class DataPlaneLab : IDisposable
{
    public static readonly Ipv6Address UnderlayA = Ipv6Address.Parse("fe80::a");
    public static readonly Ipv6Address UnderlayB = Ipv6Address.Parse("fe80::b");
    public static readonly Ipv6Address InnerA = Ipv6Address.Parse("fe80::acb:a");
    public static readonly Ipv6Address InnerB = Ipv6Address.Parse("fe80::acb:b");

    private static int s_count;

    private readonly List<string> _names = [];
    private readonly Stack<IDisposable> _owned = [];
    private readonly string _prefix = $"acplab-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}-";
    private int _links;

    public DataPlaneLab(Func<NetworkNamespace, NetworkNamespace, IDataPlaneNews, IDataPlane> factory)
    {
        try
        {
            A = NewSide("a", factory);
            B = NewSide("b", factory);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public DataPlaneSide A { get; }

    public DataPlaneSide B { get; }

    /// <summary>Joins the boxes by one more link and opens a channel over it, without SAs.</summary>
    public DataPlaneChannel Connect(int linkMtu = 1500)
    {
        var name = $"ul{++_links}";
        A.AbutmentRoute.CreateVeth(name, name, B.Abutment, linkMtu, linkMtu);
        var linkA = Underlay(A, name, UnderlayA);
        var linkB = Underlay(B, name, UnderlayB);
        AwaitCarrier(A, name);
        AwaitCarrier(B, name);
        return new DataPlaneChannel(this, _links, linkA, linkB, linkMtu);
    }

    /// <summary>A further namespace with its RouteSocket, for a host beside a box.</summary>
    public (NetworkNamespace Namespace, RouteSocket Route) NewNamespace(string name)
    {
        var full = _prefix + name;
        var ns = NetworkNamespace.CreateOrAdopt(full);
        _names.Add(full);
        _owned.Push(ns);
        var route = new RouteSocket(ns);
        _owned.Push(route);
        route.SetUp(route.IndexOf("lo"));
        return (ns, route);
    }

    public Socket NewSocket(NetworkNamespace ns, SocketType type, ProtocolType protocol, Ipv6Address bind, int scope = 0, int port = 0)
    {
        var socket = ns.Run(() => new Socket(AddressFamily.InterNetworkV6, type, protocol));
        _owned.Push(socket);
        socket.ReceiveTimeout = 2000;
        socket.SendTimeout = 2000;
        socket.Bind(new IPEndPoint(bind.ToIPAddress(scope), port));
        return socket;
    }

    /// <summary>Somebody on a's underlay who sends ESP packets by hand.</summary>
    public EspSender NewEspSender(Ipv6Address source, LinkId link)
    {
        var sender = new EspSender(A.Abutment, source, link);
        _owned.Push(sender);
        return sender;
    }

    public void Dispose()
    {
        while (_owned.TryPop(out var item))
            item.Dispose();
        foreach (var name in _names)
            NetworkNamespace.Delete(name);
    }

    private DataPlaneSide NewSide(string name, Func<NetworkNamespace, NetworkNamespace, IDataPlaneNews, IDataPlane> factory)
    {
        var (abutment, abutmentRoute) = NewNamespace(name + "-abut");
        var (acp, acpRoute) = NewNamespace(name + "-acp");
        var news = new RecordingNews();
        var plane = factory(abutment, acp, news);
        _owned.Push(plane);
        return new DataPlaneSide(abutment, abutmentRoute, acp, acpRoute, news, plane);
    }

    /// <summary>Until the kernel's link watcher has been there, up to a second, an interface drops what it is to send.</summary>
    private static void AwaitCarrier(DataPlaneSide side, string name)
    {
        const byte operUp = 6; // IF_OPER_UP
        var deadline = DateTime.UtcNow + TimeSpan.FromSeconds(5);
        while (side.AbutmentRoute.FindLink(name) is not { IsRunning: true, OperState: operUp })
        {
            Assert.True(DateTime.UtcNow < deadline, $"{name} does not come up");
            Thread.Yield();
        }
    }

    /// <summary>
    /// Until the kernel's own worker has been there, an address just added, even without duplicate address detection,
    /// has no local route and no solicited-node group: packets for it are lost.
    /// </summary>
    public static void AwaitAddress(RouteSocket route, int index, Ipv6Address address)
    {
        var deadline = DateTime.UtcNow + TimeSpan.FromSeconds(5);
        while (!route.Routes().Any(x => x.Type == Rtnetlink.RTN_LOCAL && x.Interface == index && x.Destination == Ipv6Prefix.Host(address)))
        {
            Assert.True(DateTime.UtcNow < deadline, $"{address} does not become usable");
            Thread.Yield();
        }
    }

    private static LinkId Underlay(DataPlaneSide side, string name, Ipv6Address address)
    {
        var index = side.AbutmentRoute.IndexOf(name);
        side.AbutmentRoute.SetAddrGenMode(index, 1);
        side.AbutmentRoute.SetUp(index);
        side.AbutmentRoute.PutAddress(index, address, 64);
        AwaitAddress(side.AbutmentRoute, index, address);
        return new LinkId(index);
    }
}
