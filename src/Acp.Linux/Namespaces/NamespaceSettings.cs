using Acp.Linux.Netlink;

namespace Acp.Linux.Namespaces;

/// <summary>The kernel settings of our two namespaces. Applying them again is harmless.</summary>
public static class NamespaceSettings
{
    // "all" acts at once for forwarding and redirects, "default" for interfaces made later; both are written, before
    // any interface is made.
    private static readonly string[] Scopes = ["all", "default"];

    /// <summary>
    /// Link-local only, and deaf to routers (B-03): no forwarding, no addresses from advertisements, no redirects.
    /// No duplicate address detection: the address follows from a MAC address with 46 bits of hash, so a duplicate
    /// would mean a duplicate MAC address, with which the link does not work anyway; and detection costs a second
    /// after every flap. Echo and ICMPv6 errors are off because a neighbour without certificate is to see nothing but
    /// GRASP and IKE.
    /// </summary>
    public static void ApplyToAbutment(NetworkNamespace ns)
    {
        foreach (var scope in Scopes)
        {
            SetOwnAddressesOnly(ns, scope, "0");
            Set(ns, scope, "dad_transmits", "0");
            Set(ns, scope, "accept_dad", "0");
        }

        Set(ns, "default", "addr_gen_mode", "0");

        // Not in every kernel: 4.17 and later.
        Sysctl.EnsureIfKnown(ns, "net/ipv6/icmp/echo_ignore_all", "1");

        // Milliseconds of quiet that an error costs. The kernel grants a new peer one minute's worth (net/ipv4/inetpeer.c),
        // so that none is sent. Else it answers ESP with "parameter problem" and IKE with "port unreachable" whenever no
        // socket of ours takes them: before a peer's first packets, while stopping, after a crash.
        Sysctl.EnsureIfKnown(ns, "net/ipv6/icmp/ratelimit", "2000000000");
        SetLoopbackUp(ns);
    }

    /// <summary>
    /// What a packet of the ACP starts with: as much as the field holds. The kernel's 64 would end an ACP at 64 hops, and its packets
    /// cross every box on their way (RFC 8994 §6.13: channels are hop by hop).
    /// </summary>
    public const string HopLimit = "255";

    /// <summary>A router for the ACP (F-01) that takes addresses and routes from nobody but us (F-25, G-11).</summary>
    public static void ApplyToAcp(NetworkNamespace ns)
    {
        foreach (var scope in Scopes)
        {
            SetOwnAddressesOnly(ns, scope, "1");
            Set(ns, scope, "hop_limit", HopLimit);
        }

        // It was there before.
        Set(ns, "lo", "hop_limit", HopLimit);
        SetLoopbackUp(ns);
    }

    /// <summary>IPv6 whose addresses and routes nobody on a link has a say in.</summary>
    private static void SetOwnAddressesOnly(NetworkNamespace ns, string scope, string forwarding)
    {
        Set(ns, scope, "disable_ipv6", "0");
        Set(ns, scope, "forwarding", forwarding);
        Set(ns, scope, "accept_ra", "0");
        Set(ns, scope, "autoconf", "0");
        Set(ns, scope, "accept_redirects", "0");
        Set(ns, scope, "accept_source_route", "-1");
        Set(ns, scope, "use_tempaddr", "0");
    }

    private static void Set(NetworkNamespace ns, string scope, string name, string value) =>
        Sysctl.Ensure(ns, $"net/ipv6/conf/{scope}/{name}", value);

    private static void SetLoopbackUp(NetworkNamespace ns)
    {
        using var routes = new RouteSocket(ns);
        var loopback = routes.IndexOf("lo");
        routes.SetUp(loopback);
    }
}
