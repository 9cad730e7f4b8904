using System.Diagnostics;
using System.Text;
using Acp.Core.Node;
using Acp.Linux.Interop;
using Acp.Linux.Links;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;

namespace Acp.Lab.Links;

/// <summary>
/// A host of its own in a namespace, a second namespace for the far ends of its wires, and a link manager at work.
/// Everything has a unique name and goes away with this object.
/// </summary>
internal sealed unsafe class LinksLab : IDisposable
{
    private static int _count;

    public LinksLab(InterfacePatterns? patterns = null, int receiveBuffer = 1 << 20)
    {
        Instance = $"t{Environment.ProcessId}n{Interlocked.Increment(ref _count)}";
        Patterns = patterns ?? InterfacePatterns.None;
        Wire = NetworkNamespace.CreateOrAdopt("wire-" + Instance);
        HostNs = NetworkNamespace.CreateOrAdopt("host-" + Instance);
        Host = new RouteSocket(HostNs);
        Far = new RouteSocket(Wire);
        Host.SetUp(Host.IndexOf("lo"));
        Namespaces = NodeNamespaces.CreateOrAdopt(Instance, NetworkNamespace.Open("/run/netns/host-" + Instance));
        Abutment = new RouteSocket(Namespaces.Abutment);
        Acp = new RouteSocket(Namespaces.Acp);
        Manager = new LinkManager(Namespaces, Identity, Patterns, receiveBuffer);
    }

    public static byte[] Identity => Encoding.ASCII.GetBytes("a node of the lab");

    public string Instance { get; }

    public InterfacePatterns Patterns { get; }

    public NetworkNamespace Wire { get; }

    public NetworkNamespace HostNs { get; }

    public NodeNamespaces Namespaces { get; }

    public RouteSocket Host { get; }

    public RouteSocket Far { get; }

    public RouteSocket Abutment { get; }

    public RouteSocket Acp { get; }

    public LinkManager Manager { get; private set; }

    public List<LinkFact> Facts { get; } = [];

    /// <summary>A cable: both ends up.</summary>
    /// <returns>The interface index of the host's end.</returns>
    public int AddWire(string name, string? farName = null, int mtu = 1500)
    {
        Host.CreateVeth(name, farName ?? name, Wire, mtu, mtu);
        var far = Far.IndexOf(farName ?? name);
        Far.SetUp(far);

        // At once usable, unlike the one the kernel makes, which waits for duplicate address detection.
        Far.PutAddress(far, Ipv6Address.Parse("fe80::f"), 64);
        var index = Host.IndexOf(name);
        Host.SetUp(index);
        return index;
    }

    /// <summary>As after <c>kill -9</c>: the old manager's sockets close, nothing is removed, a new one starts.</summary>
    public void RestartAfterKill()
    {
        Manager.Dispose();
        Manager = new LinkManager(Namespaces, Identity, Patterns);
        Manager.Start();
        Collect();
    }

    /// <summary>Lets the manager work until <paramref name="condition"/> holds; fails after ten seconds.</summary>
    public void Until(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            Collect();
            if (condition())
                return;
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"not within 10 s: {what}; facts: {string.Join("; ", Facts)}");
            var poll = new pollfd { fd = Manager.Fd, events = Epoll.POLLIN };
            if (LibC.poll(&poll, 1, 100) > 0)
                Manager.OnReadable();
        }
    }

    public bool IsUp(string parent) => Manager.Links.Values.Any(link => link.Parent == parent && link.IsUp);

    public AbutmentLink Link(string parent) => Assert.Single(Manager.Links.Values, link => link.Parent == parent);

    /// <summary>The abutment namespace's interfaces but lo, as the kernel has them.</summary>
    public List<string> AbutmentNames() =>
        [.. Abutment.Links().Where(link => link.Name != "lo").Select(link => link.Name).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        Manager.Dispose();
        Host.Dispose();
        Far.Dispose();
        Abutment.Dispose();
        Acp.Dispose();
        Namespaces.Dispose();
        HostNs.Dispose();
        Wire.Dispose();
        NodeNamespaces.DeleteNames(Instance);
        NetworkNamespace.Delete("host-" + Instance);
        NetworkNamespace.Delete("wire-" + Instance);
    }

    private void Collect() => Facts.AddRange(Manager.Facts.Drain());
}
