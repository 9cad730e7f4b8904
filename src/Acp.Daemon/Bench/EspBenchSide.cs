using System.Net;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;

namespace Acp.Daemon.Bench;

/// <summary>One of the benchmark's two boxes: an underlay namespace and one where the tunnel's inside appears.</summary>
internal sealed class EspBenchSide : IDisposable
{
    /// <summary>Underlay interface in the <see cref="Outside"/> namespace.</summary>
    public const string LinkName = "ul0";

    public EspBenchSide(string prefix, char letter)
    {
        Letter = letter;
        OutsideName = $"{prefix}{letter}-out";
        InsideName = $"{prefix}{letter}-in";
        Outside = NetworkNamespace.CreateOrAdopt(OutsideName);
        Inside = NetworkNamespace.CreateOrAdopt(InsideName);
        OutsideRoute = new RouteSocket(Outside);
        InsideRoute = new RouteSocket(Inside);
    }

    public char Letter { get; }

    public string OutsideName { get; }

    public string InsideName { get; }

    public NetworkNamespace Outside { get; }

    public NetworkNamespace Inside { get; }

    public RouteSocket OutsideRoute { get; }

    public RouteSocket InsideRoute { get; }

    public int Link { get; private set; }

    public Ipv6Address LinkLocal => Ipv6Address.Parse($"fe80::{Letter}");

    public Ipv6Address Global => Ipv6Address.Parse($"fd00:1::{Letter}");

    /// <summary>Inside the tunnel.</summary>
    public Ipv6Address Inner => Ipv6Address.Parse($"fd00:2::{Letter}");

    public IPEndPoint InnerEndPoint(int port) => new(Inner.ToIPAddress(), port);

    public void LinkUp()
    {
        Link = OutsideRoute.IndexOf(LinkName);
        OutsideRoute.SetAddrGenMode(Link, 1);
        OutsideRoute.SetUp(Link);
        OutsideRoute.PutAddress(Link, LinkLocal, 64);
        OutsideRoute.PutAddress(Link, Global, 64);
    }

    public void Dispose()
    {
        OutsideRoute.Dispose();
        InsideRoute.Dispose();
        Outside.Dispose();
        Inside.Dispose();
        NetworkNamespace.Delete(OutsideName);
        NetworkNamespace.Delete(InsideName);
    }
}
