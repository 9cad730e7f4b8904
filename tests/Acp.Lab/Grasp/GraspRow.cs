using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Lab.Grasp;

/// <summary>
/// Three network namespaces in a row, with addresses and routes from end to end, and no ACP. They go with this object.
/// <code>
///  left ── fd00:0:0:1::/64 ── middle ── fd00:0:0:2::/64 ── right
/// </code>
/// </summary>
internal sealed class GraspRow : IDisposable
{
    public GraspRow()
    {
        using var left = new RouteSocket(Left);
        using var middle = new RouteSocket(Middle);
        using var right = new RouteSocket(Right);
        left.CreateVeth("cable", "west", Middle, 1500, 1500);
        right.CreateVeth("cable", "east", Middle, 1500, 1500);
        Sysctl.Ensure(Middle, "net/ipv6/conf/all/forwarding", "1");
        Prepare(left, "cable", "fd00:0:0:1::1", "fe80::1");
        Prepare(middle, "west", "fd00:0:0:1::2", "fe80::2");
        Prepare(middle, "east", "fd00:0:0:2::2", "fe80::2");
        Prepare(right, "cable", "fd00:0:0:2::1", "fe80::1");
        left.PutRoute(new RouteMessage(new Ipv6Prefix(Ipv6Address.Unspecified, 0), left.IndexOf("cable"), Ipv6Address.Parse("fe80::2")));
        right.PutRoute(new RouteMessage(new Ipv6Prefix(Ipv6Address.Unspecified, 0), right.IndexOf("cable"), Ipv6Address.Parse("fe80::2")));
        foreach (var (routes, name) in new[] { (left, "cable"), (middle, "west"), (middle, "east"), (right, "cable") })
            Assert.True(SpinWait.SpinUntil(() => routes.FindLink(name)!.IsRunning, TimeSpan.FromSeconds(10)), $"{name} does not come up");
    }

    public NetworkNamespace Left { get; } = NetworkNamespace.CreateUnnamed();

    public NetworkNamespace Middle { get; } = NetworkNamespace.CreateUnnamed();

    public NetworkNamespace Right { get; } = NetworkNamespace.CreateUnnamed();

    /// <summary>Starts the program there.</summary>
    public static AcpdProcess Start(NetworkNamespace where, params ReadOnlySpan<string> arguments)
    {
        using (where.Enter()) // which a child inherits from the thread that starts it
            return AcpdProcess.Start(arguments);
    }

    public void Dispose()
    {
        Left.Dispose();
        Middle.Dispose();
        Right.Dispose();
    }

    private static void Prepare(RouteSocket routes, string name, string address, string linkLocal)
    {
        routes.SetUp(routes.IndexOf("lo"));
        var index = routes.IndexOf(name);
        routes.SetAddrGenMode(index, 1);
        routes.SetUp(index);
        routes.PutAddress(index, Ipv6Address.Parse(linkLocal), 64);
        routes.PutAddress(index, Ipv6Address.Parse(address), 64);
    }
}
