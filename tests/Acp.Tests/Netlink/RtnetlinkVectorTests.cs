using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Tests.Netlink;

public class RtnetlinkVectorTests
{
    private static readonly MacAddress Seven = MacAddress.Parse("02:00:00:00:00:07");

    [Fact]
    public void Links_as_the_kernel_describes_them()
    {
        var lo = Link(CapturedMessages.LinkLo);
        Assert.Equal((1, "lo", Rtnetlink.ARPHRD_LOOPBACK, true, 65536), (lo.Index, lo.Name, lo.Type, lo.IsUp, lo.Mtu));

        var bridge = Link(CapturedMessages.LinkBridge);
        Assert.Equal((2, "br0", "bridge", "", 0), (bridge.Index, bridge.Name, bridge.Kind, bridge.SlaveKind, bridge.Master));

        var port = Link(CapturedMessages.LinkPort);
        Assert.Equal((4, "v0", "veth", "bridge", 2, 3), (port.Index, port.Name, port.Kind, port.SlaveKind, port.Master, port.Link));
        Assert.Equal((Seven, 1400, "acpd:default:7", true), (port.Address, port.Mtu, port.Alias, port.IsRunning));
        Assert.Equal((byte)0, port.AddrGenMode);
        Assert.Null(port.LinkNetnsid);

        Assert.Equal((byte)1, Link(CapturedMessages.LinkVeth).AddrGenMode);

        var macvlan = Link(CapturedMessages.LinkMacvlan);
        Assert.Equal(("m0", "macvlan", 3, false), (macvlan.Name, macvlan.Kind, macvlan.Link, macvlan.IsUp));
        Assert.NotNull(macvlan.LinkNetnsid);
    }

    [Fact]
    public void A_bridge_telling_of_its_ports_is_not_mistaken_for_the_interface_going()
    {
        var payload = Bytes(CapturedMessages.LinkPort);
        payload[0] = Rtnetlink.AF_BRIDGE;
        Assert.False(LinkMessage.TryDecode(payload, out _, out var refusal));
        Assert.Equal(NetlinkRefusal.OtherFamily, refusal);
    }

    [Fact]
    public void Addresses_as_the_kernel_describes_them()
    {
        Assert.True(AddressMessage.TryDecode(Bytes(CapturedMessages.Address), out var address, out _));
        Assert.Equal((3, Ipv6Address.Parse("fd89::1"), 64), (address.Index, address.Address, address.PrefixLength));
        Assert.False(address.IsTentative);
        Assert.True(AddressMessage.TryDecode(Bytes(CapturedMessages.AddressTentative), out var tentative, out _));
        Assert.True(tentative.IsTentative);
        Assert.Equal(Seven.LinkLocal, tentative.Address);
    }

    [Fact]
    public void Routes_and_rules_as_the_kernel_describes_them()
    {
        Assert.Equal(TheRoute, Route(CapturedMessages.Route));
        Assert.Equal(
            new RouteMessage(Ipv6Prefix.Parse("fd89:1::/127"), 1, Type: Rtnetlink.RTN_BLACKHOLE, Metric: 1024),
            Route(CapturedMessages.RouteBlackHole));
        Assert.Equal(
            new RouteMessage(Ipv6Prefix.Parse("fd89:2::/64"), 1, Table: 1000, Type: Rtnetlink.RTN_UNREACHABLE, Metric: 1024),
            Route(CapturedMessages.RouteUnreachable));
        Assert.Equal(MarkRule, Rule(CapturedMessages.RuleMark));
        Assert.Equal(DropRule, Rule(CapturedMessages.RuleDrop));
    }

    [Fact]
    public void Address_route_and_rule_requests_mean_what_iproute2s_mean()
    {
        var (header, payload) = Whole(CapturedMessages.RequestAddress);
        Assert.True(AddressMessage.TryDecode(payload, out var theirs, out _));
        var mine = Split(RouteRequests.PutAddress(3, Ipv6Address.Parse("fd89::1"), 64, Rtnetlink.IFA_F_NODAD));
        Assert.True(AddressMessage.TryDecode(mine.Payload, out var ours, out _));
        Assert.Equal(theirs, ours);
        Assert.Equal(header.Type, mine.Header.Type);

        Assert.Equal(Request(CapturedMessages.RequestRoute), Decoded(RouteRequests.PutRoute(TheRoute)));
        Assert.Equal(
            Request(CapturedMessages.RequestBlackHole),
            Decoded(RouteRequests.PutRoute(new RouteMessage(Ipv6Prefix.Parse("fd89:1::/127"), 1, Type: Rtnetlink.RTN_BLACKHOLE))));

        // iproute2 leaves out a mask of all ones, and a table where there is none to look in.
        Assert.Equal(
            Rule(CapturedMessages.RequestMarkRule, whole: true) with { MarkMask = uint.MaxValue }, DecodedRule(RouteRequests.AddRule(MarkRule)));
        Assert.Equal(
            Rule(CapturedMessages.RequestDropRule, whole: true), DecodedRule(RouteRequests.AddRule(DropRule)));
    }

    [Fact]
    public void Link_requests_carry_what_iproute2s_carry()
    {
        var macvlan = LinkRequests.CreateMacvlan(
            3, "m0", 4, MacAddress.Parse("02:00:00:00:00:09"), 1400, Rtnetlink.MACVLAN_MODE_BRIDGE);
        Assert.Equal(Flatten(CapturedMessages.RequestMacvlan), Flatten(macvlan));

        var veth = LinkRequests.CreateVeth("v0", Seven, 1400, 0, "v1", MacAddress.Parse("02:00:00:00:00:08"), 1500, 4);

        // iproute2's pair stays in one namespace and names no MTU for the peer; ours does both.
        Assert.Equal(Flatten(CapturedMessages.RequestVeth), Flatten(veth).Where(line =>
            !line.StartsWith("18/2/1/28=", StringComparison.Ordinal) && !line.StartsWith("18/2/1/4=", StringComparison.Ordinal)));
        Assert.Contains("18/2/1/28=04000000", Flatten(veth));
    }

    [Fact]
    public void A_refusal_keeps_the_kernels_words()
    {
        var (header, payload) = Whole(CapturedMessages.Refusal);
        Assert.True(NetlinkError.TryDecode(header, payload, out var error, out _));
        Assert.Equal(22, error.Errno);
        Assert.Equal("mtu greater than device maximum", error.Text);
    }

    [Fact]
    public void Numbers_of_namespaces()
    {
        Assert.True(NsidMessage.TryDecode(Bytes("000000000800010005000000"), out var message, out _));
        Assert.Equal(5, message.Nsid);
        Assert.True(NsidMessage.TryDecode(Bytes("0000000008000100ffffffff"), out message, out _));
        Assert.Equal(Rtnetlink.NETNSA_NSID_NOT_ASSIGNED, message.Nsid);
        Assert.False(NsidMessage.TryDecode(Bytes("0000000006000100ffff0000"), out _, out var refusal));
        Assert.Equal(NetlinkRefusal.BadAttribute, refusal);
    }

    [Fact]
    public void A_builder_with_an_open_nest_builds_nothing() =>
        Assert.Throws<InvalidOperationException>(() => new NetlinkMessageBuilder(16, 0).Begin(1).Build(1));

    private static RouteMessage TheRoute => new(
        Ipv6Prefix.Parse("fd89:b714:f3db::/48"), 3, Ipv6Address.Parse("fe80::1"), Metric: 512, PreferredSource: Ipv6Address.Parse("fd89::1"));

    private static RuleMessage MarkRule => new(77, Table: 1001, Mark: 0x11, MarkMask: uint.MaxValue);

    private static RuleMessage DropRule =>
        new(101, Rtnetlink.FR_ACT_BLACKHOLE, InputInterface: "v1", Source: Ipv6Prefix.Parse("fd89::1/128"));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    private static LinkMessage Link(string hex)
    {
        Assert.True(LinkMessage.TryDecode(Bytes(hex), out var link, out var refusal), refusal.ToString());
        return link!;
    }

    private static RouteMessage Route(ReadOnlySpan<byte> payload)
    {
        Assert.True(RouteMessage.TryDecode(payload, out var route, out var refusal), refusal.ToString());
        return route!;
    }

    private static RouteMessage Route(string hex) => Route(Bytes(hex));

    private static RouteMessage Request(string hex) => Route(Whole(hex).Payload);

    private static RouteMessage Decoded(NetlinkMessageBuilder request) => Route(Split(request).Payload);

    private static RuleMessage Rule(string hex, bool whole = false)
    {
        Assert.True(RuleMessage.TryDecode(whole ? Whole(hex).Payload : Bytes(hex), out var rule, out var refusal), refusal.ToString());
        return rule!;
    }

    private static RuleMessage DecodedRule(NetlinkMessageBuilder request)
    {
        Assert.True(RuleMessage.TryDecode(Split(request).Payload, out var rule, out _));
        return rule!;
    }

    private static (NetlinkHeader Header, byte[] Payload) Whole(string hex) => Split(Bytes(hex));

    private static (NetlinkHeader Header, byte[] Payload) Split(NetlinkMessageBuilder request) => Split(request.Build(1).ToArray());

    private static (NetlinkHeader Header, byte[] Payload) Split(byte[] message)
    {
        var messages = new NetlinkMessages(message);
        Assert.True(messages.TryNext(out var header, out var payload));
        var copy = payload.ToArray();
        Assert.False(messages.TryNext(out _, out _));
        Assert.Equal(NetlinkRefusal.None, messages.Refusal);
        return (header, copy);
    }

    private static List<string> Flatten(string hex) => Flatten(Bytes(hex));

    private static List<string> Flatten(NetlinkMessageBuilder request) => Flatten(request.Build(1).ToArray());

    /// <summary>A link request as sorted lines "path=payload": the order of attributes means nothing.</summary>
    private static List<string> Flatten(byte[] message)
    {
        var (header, payload) = Split(message);
        var lines = new List<string>
        {
            $"type={header.Type} flags={header.Flags & ~NetlinkConstants.NLM_F_ACK}",
            "fixed=" + Convert.ToHexString(payload.AsSpan(0, 16)),
        };
        Walk("", payload.AsSpan(16), lines);
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static void Walk(string path, ReadOnlySpan<byte> bytes, List<string> lines)
    {
        var attributes = new NetlinkAttributes(bytes);
        while (attributes.TryNext(out var type, out var value))
        {
            var here = path + type;
            if (here is "18" or "18/2")
                Walk(here + "/", value, lines);
            else if (here == "18/2/1" && value.Length > 16)
                Walk(here + "/", value[16..], lines);
            else if (type == Rtnetlink.IFLA_INFO_KIND && path == "18/")
                lines.Add($"{here}={NetlinkAttributes.ReadString(value)}");
            else
                lines.Add($"{here}={Convert.ToHexString(value)}");
        }

        Assert.Equal(NetlinkRefusal.None, attributes.Refusal);
    }
}
