namespace Acp.Wire.Netlink;

/// <summary>Requests about IPv6 addresses, routes, rules, and namespace numbers.</summary>
public static class RouteRequests
{
    private const ushort CreateOrReplace = NetlinkConstants.NLM_F_CREATE | NetlinkConstants.NLM_F_REPLACE;
    private const ushort CreateNew = NetlinkConstants.NLM_F_CREATE | NetlinkConstants.NLM_F_EXCL;

    /// <summary>Adds the address, or changes the flags of the one that is there.</summary>
    /// <param name="flags">IFA_F_NODAD …</param>
    public static NetlinkMessageBuilder PutAddress(int index, Ipv6Address address, int prefixLength, uint flags) =>
        AboutAddress(Rtnetlink.RTM_NEWADDR, CreateOrReplace, index, address, prefixLength)
            .Attribute(Rtnetlink.IFA_FLAGS, flags);

    public static NetlinkMessageBuilder DeleteAddress(int index, Ipv6Address address, int prefixLength) =>
        AboutAddress(Rtnetlink.RTM_DELADDR, 0, index, address, prefixLength);

    /// <summary>All IPv6 addresses, for a dump.</summary>
    public static NetlinkMessageBuilder GetAddresses() =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_GETADDR, 0).Struct(new IfAddrMsg { Family = Rtnetlink.AF_INET6 });

    /// <summary>Adds the route, or replaces the one with the same destination, metric and table.</summary>
    public static NetlinkMessageBuilder PutRoute(RouteMessage route) => AboutRoute(Rtnetlink.RTM_NEWROUTE, CreateOrReplace, route);

    public static NetlinkMessageBuilder DeleteRoute(RouteMessage route) => AboutRoute(Rtnetlink.RTM_DELROUTE, 0, route);

    /// <summary>All IPv6 routes of all tables, for a dump.</summary>
    public static NetlinkMessageBuilder GetRoutes() =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_GETROUTE, 0).Struct(new RtMsg { Family = Rtnetlink.AF_INET6 });

    public static NetlinkMessageBuilder AddRule(RuleMessage rule) => AboutRule(Rtnetlink.RTM_NEWRULE, CreateNew, rule);

    public static NetlinkMessageBuilder DeleteRule(RuleMessage rule) => AboutRule(Rtnetlink.RTM_DELRULE, 0, rule);

    /// <summary>All IPv6 rules, for a dump.</summary>
    public static NetlinkMessageBuilder GetRules() =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_GETRULE, 0).Struct(new RtMsg { Family = Rtnetlink.AF_INET6 });

    /// <summary>Gives the namespace <paramref name="nsFd"/> a number in ours; the kernel chooses it.</summary>
    public static NetlinkMessageBuilder AssignNsid(int nsFd) =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_NEWNSID, 0)
            .Struct(0)
            .Attribute(Rtnetlink.NETNSA_FD, nsFd)
            .Attribute(Rtnetlink.NETNSA_NSID, Rtnetlink.NETNSA_NSID_NOT_ASSIGNED);

    /// <summary>Asks for that number.</summary>
    public static NetlinkMessageBuilder GetNsid(int nsFd) =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_GETNSID, 0).Struct(0).Attribute(Rtnetlink.NETNSA_FD, nsFd);

    private static NetlinkMessageBuilder AboutAddress(ushort type, ushort flags, int index, Ipv6Address address, int prefixLength) =>
        new NetlinkMessageBuilder(type, flags)
            .Struct(new IfAddrMsg { Family = Rtnetlink.AF_INET6, PrefixLength = (byte)prefixLength, Index = (uint)index })
            .Attribute(Rtnetlink.IFA_LOCAL, address)
            .Attribute(Rtnetlink.IFA_ADDRESS, address);

    private static NetlinkMessageBuilder AboutRoute(ushort type, ushort flags, RouteMessage route)
    {
        var request = new NetlinkMessageBuilder(type, flags)
            .Struct(new RtMsg
            {
                Family = Rtnetlink.AF_INET6,
                DestinationLength = (byte)route.Destination.Length,
                Table = route.Table < 256 ? (byte)route.Table : Rtnetlink.RT_TABLE_UNSPEC,
                Protocol = route.Protocol,
                Type = route.Type,
            })
            .Attribute(Rtnetlink.RTA_DST, route.Destination.Address)
            .Attribute(Rtnetlink.RTA_TABLE, route.Table);
        if (route.Interface != 0)
            request.Attribute(Rtnetlink.RTA_OIF, route.Interface);
        if (route.Gateway is { } gateway)
            request.Attribute(Rtnetlink.RTA_GATEWAY, gateway);
        if (route.Metric != 0)
            request.Attribute(Rtnetlink.RTA_PRIORITY, route.Metric);
        if (route.PreferredSource is { } source)
            request.Attribute(Rtnetlink.RTA_PREFSRC, source);
        return request;
    }

    private static NetlinkMessageBuilder AboutRule(ushort type, ushort flags, RuleMessage rule)
    {
        var request = new NetlinkMessageBuilder(type, flags)
            .Struct(new RtMsg
            {
                Family = Rtnetlink.AF_INET6,
                SourceLength = (byte)(rule.Source?.Length ?? 0),
                Table = rule.Table < 256 ? (byte)rule.Table : Rtnetlink.RT_TABLE_UNSPEC,
                Type = rule.Action,
            })
            .Attribute(Rtnetlink.FRA_PRIORITY, rule.Priority)
            .Attribute(Rtnetlink.FRA_PROTOCOL, rule.Protocol);
        if (rule.Action == Rtnetlink.FR_ACT_TO_TBL)
            request.Attribute(Rtnetlink.FRA_TABLE, rule.Table);
        if (rule.Mark != 0 || rule.MarkMask != 0)
            request.Attribute(Rtnetlink.FRA_FWMARK, rule.Mark).Attribute(Rtnetlink.FRA_FWMASK, rule.MarkMask);
        if (rule.InputInterface.Length != 0)
            request.Attribute(Rtnetlink.FRA_IIFNAME, rule.InputInterface);
        if (rule.Source is { } source)
            request.Attribute(Rtnetlink.FRA_SRC, source.Address);
        return request;
    }
}
