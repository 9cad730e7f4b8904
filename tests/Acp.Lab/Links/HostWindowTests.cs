using Acp.Linux.Interop;
using Acp.Linux.Links;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Lab.Links;

public class HostWindowTests
{
    private static readonly Ipv6Address Address = Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:2");
    private static readonly Ipv6Prefix Own = new(Address, 127);
    private static readonly Ipv6Prefix Whole = new(Address, 48);

    [Fact]
    public void F15_F24_the_host_reaches_its_node_and_unused_addresses_go_nowhere()
    {
        using var lab = new LinksLab();
        using var window = new HostWindow(lab.Namespaces, Address, Own, Whole);
        window.Reconcile();
        Assert.Equal(Errno.ECONNREFUSED, Reachability.ConnectUdp(lab.HostNs, 0, Address, 7));
        Assert.Equal(Errno.ECONNREFUSED, Reachability.ConnectUdp(lab.Namespaces.Acp, 0, window.HostAddress, 7));

        var loopback = lab.Acp.IndexOf("lo");
        Assert.Contains(lab.Acp.Addresses(), a => a.Index == loopback && a.Address == Address && a.PrefixLength == 128);
        Assert.Contains(lab.Acp.Routes(), r => r.Type == Rtnetlink.RTN_BLACKHOLE && r.Destination == Own);
        Assert.Contains(lab.Host.Routes(), r => r.Destination == Whole && r.Protocol == Rtnetlink.RTPROT_ACPD);
    }

    /// <summary>Where no default route of RPL is, and also when one was there: told, not swallowed by the rule of F-26.</summary>
    [Fact]
    public void G48_what_nobody_has_is_answered_as_unreachable_and_counted()
    {
        using var lab = new LinksLab();
        using var window = new HostWindow(lab.Namespaces, Address, Own, Whole);
        window.Reconcile();
        Assert.Equal("255", Sysctl.TryRead(lab.HostNs, $"net/ipv6/conf/{window.HostSideName}/hop_limit"));
        var unknown = new UnknownDestinations(lab.Namespaces.Acp);
        unknown.Take();
        var nobody = Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:ff0");
        Assert.Equal(Errno.EHOSTUNREACH, Reachability.ConnectUdp(lab.Namespaces.Acp, 0, nobody, 7));

        // "No route" is no hard error to a UDP socket, which may hope for better times; that it comes, pings show (RootTests).
        Assert.Equal(Errno.EAGAIN, Reachability.ConnectUdp(lab.HostNs, 0, nobody, 7));
        Assert.Equal((1L, HostWindow.AcpSideName), unknown.Take());
        Assert.Equal((0L, null), unknown.Take());
        Assert.True(unknown.Total() >= 1);

        // A default route of RPL goes before it, and when that goes, this one stays.
        var route = new RouteMessage(Ipv6Prefix.Default, lab.Acp.IndexOf("host"), Ipv6Address.Parse("fe80::2"));
        lab.Acp.PutRoute(route);
        lab.Acp.DeleteRoute(new RouteMessage(Ipv6Prefix.Default, 0, Metric: Rtnetlink.IP6_RT_PRIO_USER));
        lab.Acp.DeleteRoute(new RouteMessage(Ipv6Prefix.Default, 0, Metric: Rtnetlink.IP6_RT_PRIO_USER));
        Assert.Equal(Errno.EHOSTUNREACH, Reachability.ConnectUdp(lab.Namespaces.Acp, 0, nobody, 7));
    }

    [Fact]
    public void F24_an_unused_v_address_ends_in_the_black_hole()
    {
        using var lab = new LinksLab();
        var vlong = new Ipv6Prefix(Address, 120);
        using var window = new HostWindow(lab.Namespaces, vlong.Address, vlong, Whole);
        window.Reconcile();
        var unused = new Ipv6Address(vlong.Address.Value + 77);
        Assert.Equal(Errno.EINVAL, Reachability.ConnectUdp(lab.Namespaces.Acp, 0, unused, 7));
    }

    [Fact]
    public void F03_reconciling_twice_or_after_a_flush_ends_in_the_same_picture()
    {
        using var lab = new LinksLab();
        using var window = new HostWindow(lab.Namespaces, Address, Own, Whole);
        window.Reconcile();
        var before = Picture(lab);
        window.Reconcile();
        Assert.Equal(before, Picture(lab));

        var acp0 = lab.Host.FindLink(window.HostSideName)!;
        foreach (var address in lab.Host.Addresses().Where(a => a.Index == acp0.Index))
            lab.Host.DeleteAddress(acp0.Index, address.Address, address.PrefixLength);
        lab.Host.SetUp(acp0.Index, up: false);
        foreach (var route in lab.Acp.Routes().Where(r => r.Protocol == Rtnetlink.RTPROT_ACPD))
            lab.Acp.DeleteRoute(route);
        window.Reconcile();
        Assert.Equal(before, Picture(lab));

        // A successor after kill -9, with another address: nothing doubled, nothing of the old one left.
        var next = new Ipv6Address(Address.Value + 2);
        using var successor = new HostWindow(lab.Namespaces, next, new Ipv6Prefix(next, 127), Whole);
        successor.Reconcile();
        Assert.Equal(acp0.Index, lab.Host.FindLink(window.HostSideName)!.Index);
        Assert.DoesNotContain(lab.Acp.Addresses(), a => a.Address == Address);
        Assert.DoesNotContain(lab.Acp.Routes(), r => r.Destination == Own);
        Assert.Equal(Errno.ECONNREFUSED, Reachability.ConnectUdp(lab.HostNs, 0, next, 7));
    }

    [Fact]
    public void F26_what_the_host_forwards_for_others_stops_at_the_window()
    {
        using var lab = new LinksLab();
        using var window = new HostWindow(lab.Namespaces, Address, Own, Whole);
        window.Reconcile();

        // Another ACP node, behind the acp namespace, that would answer to anybody.
        using var node = NetworkNamespace.CreateOrAdopt("node-" + lab.Instance);
        try
        {
            using var nodeRoutes = new RouteSocket(node);
            lab.Acp.CreateVeth("acp_x", "x", node);
            var (ours, theirs) = (lab.Acp.IndexOf("acp_x"), nodeRoutes.IndexOf("x"));
            nodeRoutes.SetUp(theirs);
            lab.Acp.SetUp(ours);
            var far = Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:8");
            nodeRoutes.PutAddress(theirs, far, 128);
            nodeRoutes.PutAddress(theirs, Ipv6Address.Parse("fe80::b"), 64);
            lab.Acp.PutAddress(ours, Ipv6Address.Parse("fe80::a"), 64);
            lab.Acp.PutRoute(new RouteMessage(Ipv6Prefix.Host(far), ours, Ipv6Address.Parse("fe80::b")));
            nodeRoutes.PutRoute(new RouteMessage(Ipv6Prefix.Default, theirs, Ipv6Address.Parse("fe80::a")));

            // The host itself may.
            Assert.Equal(Errno.ECONNREFUSED, Reachability.ConnectUdp(lab.HostNs, 0, far, 7));

            // A data-plane neighbour of a forwarding host may not, though it has a route.
            lab.AddWire("eth7");
            Sysctl.Write(lab.HostNs, "net/ipv6/conf/all/forwarding", "1");
            var (hostEnd, farEnd) = (lab.Host.IndexOf("eth7"), lab.Far.IndexOf("eth7"));
            lab.Host.PutAddress(hostEnd, Ipv6Address.Parse("2001:db8::1"), 64);
            lab.Far.PutAddress(farEnd, Ipv6Address.Parse("2001:db8::2"), 64);
            lab.Far.PutRoute(new RouteMessage(Whole, farEnd, Ipv6Address.Parse("2001:db8::1")));
            lab.Acp.PutRoute(new RouteMessage(Ipv6Prefix.Parse("2001:db8::/64"), lab.Acp.IndexOf("host"), Ipv6Address.Parse("fe80::2"), Metric: 5));
            Assert.Equal(Errno.EAGAIN, Reachability.ConnectUdp(lab.Wire, 0, far, 7));
        }
        finally
        {
            NetworkNamespace.Delete("node-" + lab.Instance);
        }
    }

    [Fact]
    public void Removing_leaves_nothing_and_a_strangers_interface_is_left_alone()
    {
        using var lab = new LinksLab();
        var rulesBefore = lab.Acp.Rules();
        using var window = new HostWindow(lab.Namespaces, Address, Own, Whole);
        window.Reconcile();
        window.Remove();
        window.Remove();
        Assert.Equal(["lo"], lab.Acp.Links().Select(l => l.Name));
        Assert.Equal(["lo"], lab.Host.Links().Select(l => l.Name));
        Assert.DoesNotContain(lab.Acp.Routes(), r => r.Protocol == Rtnetlink.RTPROT_ACPD);
        Assert.Equal(rulesBefore, lab.Acp.Rules());
        Assert.DoesNotContain(lab.Acp.Addresses(), a => Whole.Contains(a.Address));

        lab.Host.CreateVeth(window.HostSideName, "elsewhere", lab.Wire);
        Assert.Contains("leads elsewhere", Assert.Throws<NetlinkException>(window.Reconcile).Message, StringComparison.Ordinal);
        Assert.NotNull(lab.Host.FindLink(window.HostSideName));
    }

    /// <summary>Everything of ours in both namespaces, as text.</summary>
    private static string Picture(LinksLab lab) => string.Join('\n',
        new[] { lab.Host, lab.Acp }.SelectMany(routes => routes.Links().Select(l => $"{l.Index} {l.Name} {l.IsUp} {l.Link}")
            .Concat(routes.Addresses().Select(a => $"{a.Index} {a.Address}/{a.PrefixLength}"))
            .Concat(routes.Routes().Where(r => r.Protocol == Rtnetlink.RTPROT_ACPD).Select(r => r.ToString()))
            .Concat(routes.Rules().Select(r => r.ToString())).Order(StringComparer.Ordinal)));
}
