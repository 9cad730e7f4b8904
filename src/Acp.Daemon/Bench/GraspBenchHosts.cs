using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;

namespace Acp.Daemon.Bench;

/// <summary>
/// Three hosts in a row, in namespaces without a name, which end with whatever runs in them.
/// <code>
/// host ──near────left── relay ──right────far── beyond
/// </code>
/// </summary>
internal sealed class GraspBenchHosts : IDisposable
{
    private static readonly TimeSpan CarrierTime = TimeSpan.FromSeconds(10);

    public GraspBenchHosts()
    {
        Host = NetworkNamespace.CreateUnnamed();
        Relay = NetworkNamespace.CreateUnnamed();
        Beyond = NetworkNamespace.CreateUnnamed();
        using var host = new RouteSocket(Host);
        using var relay = new RouteSocket(Relay);
        using var beyond = new RouteSocket(Beyond);
        host.CreateVeth("near", "left", Relay, 1500, 1500);
        relay.CreateVeth("right", "far", Beyond, 1500, 1500);
        Prepare(host, "near", 1);
        Prepare(relay, "left", 2);
        Prepare(relay, "right", 3);
        Prepare(beyond, "far", 4);
        foreach (var (routes, link) in (ReadOnlySpan<(RouteSocket, string)>)[(host, "near"), (relay, "left"), (relay, "right"), (beyond, "far")])
        {
            if (!SpinWait.SpinUntil(() => routes.FindLink(link)!.IsRunning, CarrierTime))
                throw new BenchException($"the cable {link} does not come up");
        }
    }

    public NetworkNamespace Host { get; }

    public NetworkNamespace Relay { get; }

    public NetworkNamespace Beyond { get; }

    public static Ipv6Address HostAddress => AddressOf(1);

    /// <summary>One more address of the host, reached over its loopback interface.</summary>
    public void AddToHost(Ipv6Address address)
    {
        using var routes = new RouteSocket(Host);
        routes.PutAddress(routes.IndexOf("lo"), address, 128);
    }

    public void Dispose()
    {
        Host.Dispose();
        Relay.Dispose();
        Beyond.Dispose();
    }

    /// <summary>1 is the host's, 2 the relay's towards it.</summary>
    public static Ipv6Address LinkLocalOf(int number) => Ipv6Address.Parse($"fe80::{number}");

    private static Ipv6Address AddressOf(int number) => Ipv6Address.Parse($"fd00:1::{number}");

    private static void Prepare(RouteSocket routes, string name, int number)
    {
        routes.SetUp(routes.IndexOf("lo"));
        var link = routes.IndexOf(name);
        routes.SetAddrGenMode(link, 1);
        routes.SetUp(link);
        routes.PutAddress(link, LinkLocalOf(number), 64);
        routes.PutAddress(link, AddressOf(number), 64);
    }
}
