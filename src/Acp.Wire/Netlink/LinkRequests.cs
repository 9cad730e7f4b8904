namespace Acp.Wire.Netlink;

/// <summary>Requests about interfaces. Namespace descriptors must stay open until the request is sent.</summary>
public static class LinkRequests
{
    private const ushort Create = NetlinkConstants.NLM_F_CREATE | NetlinkConstants.NLM_F_EXCL;

    /// <summary>
    /// A macvlan over <paramref name="parent"/>, born in the namespace <paramref name="nsFd"/>: it never exists in
    /// the parent's namespace under any name, and a crash leaves either all of it or nothing.
    /// </summary>
    public static NetlinkMessageBuilder CreateMacvlan(
        int parent, string name, int nsFd, MacAddress address, int mtu, uint mode) =>
        New(Create)
            .Attribute(Rtnetlink.IFLA_LINK, parent)
            .Attribute(Rtnetlink.IFLA_IFNAME, name)
            .Attribute(Rtnetlink.IFLA_ADDRESS, address.ToBytes())
            .Attribute(Rtnetlink.IFLA_MTU, mtu)
            .Attribute(Rtnetlink.IFLA_NET_NS_FD, nsFd)
            .Begin(Rtnetlink.IFLA_LINKINFO)
            .Attribute(Rtnetlink.IFLA_INFO_KIND, "macvlan")
            .Begin(Rtnetlink.IFLA_INFO_DATA)
            .Attribute(Rtnetlink.IFLA_MACVLAN_MODE, mode)
            .End()
            .End();

    /// <summary>
    /// A veth pair, one end here and one born in the namespace <paramref name="peerNsFd"/>, in one step.
    /// </summary>
    /// <param name="master">The bridge that the near end becomes a port of; 0 for none.</param>
    public static NetlinkMessageBuilder CreateVeth(
        string name, MacAddress address, int mtu, int master, string peerName, MacAddress peerAddress, int peerMtu, int peerNsFd)
    {
        var request = New(Create).Attribute(Rtnetlink.IFLA_IFNAME, name).Attribute(Rtnetlink.IFLA_MTU, mtu);
        if (!address.IsZero)
            request.Attribute(Rtnetlink.IFLA_ADDRESS, address.ToBytes());
        if (master != 0)
            request.Attribute(Rtnetlink.IFLA_MASTER, master);
        request
            .Begin(Rtnetlink.IFLA_LINKINFO)
            .Attribute(Rtnetlink.IFLA_INFO_KIND, "veth")
            .Begin(Rtnetlink.IFLA_INFO_DATA)
            .Begin(Rtnetlink.VETH_INFO_PEER, flagged: false)
            .Struct(default(IfInfoMsg))
            .Attribute(Rtnetlink.IFLA_IFNAME, peerName)
            .Attribute(Rtnetlink.IFLA_MTU, peerMtu)
            .Attribute(Rtnetlink.IFLA_NET_NS_FD, peerNsFd);
        if (!peerAddress.IsZero)
            request.Attribute(Rtnetlink.IFLA_ADDRESS, peerAddress.ToBytes());
        return request.End().End().End();
    }

    /// <summary>An interface of a kind that needs no more than a name: "bridge", "dummy".</summary>
    public static NetlinkMessageBuilder CreatePlain(string kind, string name) =>
        New(Create)
            .Attribute(Rtnetlink.IFLA_IFNAME, name)
            .Begin(Rtnetlink.IFLA_LINKINFO)
            .Attribute(Rtnetlink.IFLA_INFO_KIND, kind)
            .End();

    public static NetlinkMessageBuilder Delete(int index) =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_DELLINK, 0).Struct(new IfInfoMsg { Index = index });

    public static NetlinkMessageBuilder SetUp(int index, bool up) =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_NEWLINK, 0).Struct(
            new IfInfoMsg { Index = index, Flags = up ? Rtnetlink.IFF_UP : 0, Change = Rtnetlink.IFF_UP });

    public static NetlinkMessageBuilder SetName(int index, string name) => Change(index).Attribute(Rtnetlink.IFLA_IFNAME, name);

    public static NetlinkMessageBuilder SetAlias(int index, string alias) => Change(index).Attribute(Rtnetlink.IFLA_IFALIAS, alias);

    public static NetlinkMessageBuilder SetMtu(int index, int mtu) => Change(index).Attribute(Rtnetlink.IFLA_MTU, mtu);

    public static NetlinkMessageBuilder SetAddress(int index, MacAddress address) =>
        Change(index).Attribute(Rtnetlink.IFLA_ADDRESS, address.ToBytes());

    /// <param name="master">0 takes it out of its bridge or VRF.</param>
    public static NetlinkMessageBuilder SetMaster(int index, int master) => Change(index).Attribute(Rtnetlink.IFLA_MASTER, master);

    public static NetlinkMessageBuilder MoveTo(int index, int nsFd) => Change(index).Attribute(Rtnetlink.IFLA_NET_NS_FD, nsFd);

    /// <param name="mode">0: link-local address from the MAC (EUI-64); 1: none.</param>
    public static NetlinkMessageBuilder SetAddrGenMode(int index, byte mode) =>
        Change(index)
            .Begin(Rtnetlink.IFLA_AF_SPEC)
            .Begin(Rtnetlink.AF_INET6)
            .Attribute(Rtnetlink.IFLA_INET6_ADDR_GEN_MODE, mode)
            .End()
            .End();

    /// <summary>All interfaces, for a dump.</summary>
    public static NetlinkMessageBuilder GetAll() =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_GETLINK, 0)
            .Struct(default(IfInfoMsg))
            .Attribute(Rtnetlink.IFLA_EXT_MASK, Rtnetlink.RTEXT_FILTER_SKIP_STATS);

    public static NetlinkMessageBuilder Get(string name) =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_GETLINK, 0)
            .Struct(default(IfInfoMsg))
            .Attribute(Rtnetlink.IFLA_EXT_MASK, Rtnetlink.RTEXT_FILTER_SKIP_STATS)
            .Attribute(Rtnetlink.IFLA_IFNAME, name);

    private static NetlinkMessageBuilder New(ushort flags) =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_NEWLINK, flags).Struct(default(IfInfoMsg));

    private static NetlinkMessageBuilder Change(int index) =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_NEWLINK, 0).Struct(new IfInfoMsg { Index = index });
}
