using Acp.Core.Node;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Tests.Netlink;

public class LinkSelectionTests
{
    private static readonly MacAddress Mac = MacAddress.Parse("52:54:00:00:00:01");

    [Theory]
    [InlineData("")]
    [InlineData("veth")]
    [InlineData("bond")]
    [InlineData("team")]
    [InlineData("dsa")]
    public void B02_native_links_are_used_unasked(string kind) =>
        Assert.Equal(new LinkDecision.Macvlan(Mac.ToString()), Decide(Interface("eth0") with { Kind = kind }));

    [Fact]
    public void B02_a_link_that_is_down_is_prepared_all_the_same() =>
        Assert.IsType<LinkDecision.Macvlan>(Decide(Interface("eth0") with { IsUp = false, IsRunning = false }));

    [Theory]
    [InlineData("gre")]
    [InlineData("wireguard")]
    [InlineData("vlan")]
    [InlineData("vxlan")]
    [InlineData("macvlan")]
    [InlineData("tun")]
    [InlineData("ifb")]
    [InlineData("dummy")]
    [InlineData("vrf")]
    public void B04_B34_what_is_not_native_waits_to_be_included(string kind) =>
        Assert.NotEqual("", Assert.IsType<LinkDecision.Ignored>(Decide(Interface("x0") with { Kind = kind })).Reason);

    [Fact]
    public void B04_the_operator_may_include_what_carries_ethernet()
    {
        var options = InterfacePatterns.Parse("vx*");
        Assert.IsType<LinkDecision.Macvlan>(Decide(Interface("vx1") with { Kind = "vxlan" }, options));
        Assert.IsType<LinkDecision.Ignored>(Decide(Interface("vx1") with { Kind = "wireguard", IsEthernet = false }, options));
    }

    [Fact]
    public void The_last_pattern_that_matches_decides()
    {
        var options = InterfacePatterns.Parse("*", "!eth?");
        Assert.IsType<LinkDecision.Ignored>(Decide(Interface("eth0"), options));
        Assert.IsType<LinkDecision.Macvlan>(Decide(Interface("eth10"), options));
    }

    [Theory]
    [InlineData("acp0")]
    [InlineData("acp0_blue")]
    [InlineData("acp_12ab_eth0")]
    [InlineData("abut_eth0")]
    public void B05_our_own_are_never_used_whatever_is_included(string name) =>
        Assert.IsType<LinkDecision.Ignored>(Decide(Interface(name), InterfacePatterns.Parse("*")));

    [Fact]
    public void Loopback_and_links_too_small_for_ipv6_are_not_used()
    {
        Assert.IsType<LinkDecision.Ignored>(Decide(Interface("lo") with { IsLoopback = true }));
        Assert.IsType<LinkDecision.Ignored>(Decide(Interface("eth0") with { Mtu = 1279 }));
        Assert.IsType<LinkDecision.Macvlan>(Decide(Interface("eth0") with { Mtu = 1280 }));
    }

    [Fact]
    public void B35_a_bridge_speaks_for_its_ports()
    {
        var bridge = Interface("br0", 2) with { Kind = "bridge" };
        var port = Interface("eth0", 3) with { Master = 2, PortKind = "bridge" };
        var decisions = LinkSelection.Decide([bridge, port], InterfacePatterns.None);
        Assert.Equal(new LinkDecision.VethIntoBridge("name br0"), decisions[2]);
        Assert.IsType<LinkDecision.Ignored>(decisions[3]);
    }

    [Fact]
    public void A_bridge_whose_only_port_is_ours_has_no_neighbours()
    {
        var bridge = Interface("br0", 2) with { Kind = "bridge" };
        var ours = Interface("abut_p2", 3) with { Kind = "veth", Master = 2, PortKind = "bridge" };
        Assert.All(
            LinkSelection.Decide([bridge, ours], InterfacePatterns.None).Values,
            decision => Assert.IsType<LinkDecision.Ignored>(decision));
    }

    [Theory]
    [InlineData("bond", false)]
    [InlineData("team", false)]
    [InlineData("openvswitch", false)]
    [InlineData("vrf", true)]
    public void Ports_are_their_masters_except_a_vrfs(string portKind, bool used) =>
        Assert.Equal(used, Decide(Interface("eth0") with { Master = 9, PortKind = portKind }) is LinkDecision.Macvlan);

    [Fact]
    public void Twins_with_one_mac_address_get_different_links()
    {
        var decisions = LinkSelection.Decide([Interface("eth0", 2), Interface("eth1", 3)], InterfacePatterns.None);
        var seeds = decisions.Values.Cast<LinkDecision.Wanted>().Select(wanted => wanted.MacSeed);
        Assert.Equal(["name eth0", "name eth1"], seeds);
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("eth*", "eth", true)]
    [InlineData("*0*1", "a0b01", true)]
    [InlineData("*0*1", "a0b10", false)]
    [InlineData("e?h0", "eth0", true)]
    [InlineData("e?h0", "eh0", false)]
    [InlineData("a.b", "axb", false)]
    public void Patterns(string pattern, string name, bool expected) => Assert.Equal(expected ? true : null, InterfacePatterns.Parse(pattern).Decide(name));

    [Fact]
    public void Derived_mac_addresses_are_stable_local_unicast_and_apart()
    {
        var seen = new HashSet<MacAddress>();
        for (byte node = 0; node < 50; node++)
        {
            foreach (var seed in new[] { "eth0", "eth1", "" })
            {
                var mac = DerivedMac.From([node], seed);
                Assert.Equal(mac, DerivedMac.From([node], seed));
                Assert.True(mac.IsLocallyAdministered);
                Assert.False(mac.IsGroup);
                Assert.True(seen.Add(mac));
            }
        }

        Assert.NotEqual(DerivedMac.From("ab"u8, "c"), DerivedMac.From("a"u8, "bc"));

        // Frozen: a change would give every node new addresses after an update.
        Assert.Equal("c2:61:24:32:30:ea", DerivedMac.From("node"u8, "52:54:00:00:00:01").ToString());
    }

    [Fact]
    public void Eui64_as_the_kernel_makes_it() =>
        Assert.Equal(Ipv6Address.Parse("fe80::fc:ff:fe00:1"), MacAddress.Parse("02:fc:00:00:00:01").LinkLocal);

    [Fact]
    public void Names_fit_and_differ()
    {
        Assert.Equal("abut_eth0", InterfaceNames.Abutment("eth0"));
        Assert.Equal("abut_0123456789", InterfaceNames.Abutment("0123456789"));
        Assert.Equal("acp0", InterfaceNames.HostWindow("default"));
        Assert.Equal("acp0_blue", InterfaceNames.HostWindow("blue"));
        string[] names =
        [
            InterfaceNames.Abutment("enp0s31f6np0v1"),
            InterfaceNames.Abutment("enp0s31f6np0v2"),
            InterfaceNames.Abutment("ünïcödé"),
            InterfaceNames.HostWindow("a-long-instance-name"),
            InterfaceNames.BridgePort("default", 7),
            InterfaceNames.BridgePort("blue", 7),
            InterfaceNames.BridgePort("default", 8),
        ];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, name =>
        {
            Assert.True(name.Length <= 15 && name.All(char.IsAscii), name);
            Assert.True(LinkSelection.IsOurs(name));
        });
    }

    private static HostInterface Interface(string name, int index = 2) => new() { Index = index, Name = name, MacAddress = Mac };

    private static LinkDecision Decide(HostInterface one, InterfacePatterns? options = null) =>
        LinkSelection.Decide([one], options ?? InterfacePatterns.None)[one.Index];
}
