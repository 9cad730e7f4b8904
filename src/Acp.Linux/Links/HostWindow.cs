using Acp.Core.Node;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Linux.Links;

/// <summary>
/// The node's own address in the acp namespace, and the host's window into the ACP: a veth pair, <c>acp0</c> in the
/// host namespace and <c>host</c> in the acp namespace. <see cref="Reconcile"/> makes everything as it should be and
/// may be called any time: at the start, after a crash, after somebody flushed our addresses (F-03).
/// </summary>
/// <remarks>
/// <code>
/// host namespace                                    acp namespace
///   acp0  fe80::2, prefix+1/128                       host  fe80::1
///   acp-prefix/48 via fe80::1 src prefix+1            prefix+1/128 via fe80::2
///                                                     lo    acp-address/128                    (F-15)
///                                                     blackhole own prefix                     (F-24)
///                                                     unreachable ::/0, behind any other       (G-48)
///                                                     rule: from host, not prefix+1: dropped   (F-26)
/// </code>
/// The host reaches the ACP from its own address only; what it forwards for others stops at the window. Not
/// thread-safe.
/// </remarks>
public sealed class HostWindow : IDisposable
{
    /// <summary>The acp namespace's end.</summary>
    public const string AcpSideName = "host";

    /// <summary>Behind the 1024 that the kernel gives all others.</summary>
    private const uint UnreachableMetric = 0x7fff_0000;
    private const uint AllowPriority = 100;
    private const uint DropPriority = 101;
    private static readonly Ipv6Address AcpSide = Ipv6Address.Parse("fe80::1");
    private static readonly Ipv6Address HostSide = Ipv6Address.Parse("fe80::2");

    private readonly NodeNamespaces _namespaces;
    private readonly RouteSocket _host;
    private readonly RouteSocket _acp;
    private readonly Ipv6Address _acpAddress;
    private readonly Ipv6Prefix _ownPrefix;
    private readonly Ipv6Prefix _acpPrefix;
    private int _hostIndex;
    private int _acpIndex;

    /// <param name="acpAddress">From the certificate; the first address of <paramref name="ownPrefix"/>.</param>
    /// <param name="ownPrefix">The node's own: /127, /120 or /112 by scheme.</param>
    /// <param name="acpPrefix">The whole ACP: the /48.</param>
    public HostWindow(NodeNamespaces namespaces, Ipv6Address acpAddress, Ipv6Prefix ownPrefix, Ipv6Prefix acpPrefix)
    {
        if (ownPrefix.Length >= 128 || !ownPrefix.Contains(acpAddress) || !acpPrefix.Contains(ownPrefix))
            throw new ArgumentException($"{acpAddress} in {ownPrefix} in {acpPrefix} does not nest", nameof(ownPrefix));
        _namespaces = namespaces;
        _acpAddress = acpAddress;
        _ownPrefix = ownPrefix;
        _acpPrefix = acpPrefix;
        HostAddress = new Ipv6Address(acpAddress.Value + 1);
        _host = new RouteSocket(namespaces.Host);
        _acp = new RouteSocket(namespaces.Acp);
        HostSideName = InterfaceNames.HostWindow(namespaces.Instance);
    }

    /// <summary><c>acp0</c>, or with the instance's name in it.</summary>
    public string HostSideName { get; }

    /// <summary>The host's address in the ACP: the one after the node's own.</summary>
    public Ipv6Address HostAddress { get; }

    /// <summary>Makes what is missing, repairs what was changed, takes away what an earlier address left.</summary>
    /// <exception cref="NetlinkException">The kernel refused; or the name is somebody else's.</exception>
    public void Reconcile()
    {
        // F-15, F-24 first: they hold without a window too.
        var loopback = _acp.IndexOf("lo");
        foreach (var old in _acp.Addresses())
        {
            if (old.Index == loopback && _acpPrefix.Contains(old.Address) && old.Address != _acpAddress)
                _acp.DeleteAddress(loopback, old.Address, old.PrefixLength);
        }

        _acp.PutAddress(loopback, _acpAddress, 128);

        (_hostIndex, _acpIndex) = EnsurePair();
        EnsureEnd(_host, _hostIndex, HostSide, HostAddress);
        EnsureEnd(_acp, _acpIndex, AcpSide, null);

        Sysctl.Ensure(_namespaces.Host, $"net/ipv6/conf/{HostSideName}/accept_ra", "0");
        Sysctl.Ensure(_namespaces.Host, $"net/ipv6/conf/{HostSideName}/accept_redirects", "0");
        Sysctl.Ensure(_namespaces.Host, $"net/ipv6/conf/{HostSideName}/hop_limit", NamespaceSettings.HopLimit);
        Sysctl.Ensure(_namespaces.Acp, $"net/ipv6/conf/{AcpSideName}/hop_limit", NamespaceSettings.HopLimit);

        EnsureRoutes(_host, WantedHostRoutes(_hostIndex), _hostIndex);
        EnsureRoutes(_acp, WantedAcpRoutes(_acpIndex), _acpIndex);
        EnsureRules();
    }

    /// <summary>Whether this news means that somebody took away or down what <see cref="Reconcile"/> made.</summary>
    public bool IsHurtBy(LinkNews news) => news switch
    {
        LinkNews.Overflow => true,
        LinkNews.LinkGone(NetworkPlace.Host, var link) => link.Index == _hostIndex,
        LinkNews.LinkGone(NetworkPlace.Acp, var link) => link.Index == _acpIndex,
        LinkNews.LinkChanged(NetworkPlace.Host, var link) => link.Index == _hostIndex && !link.IsUp,
        LinkNews.LinkChanged(NetworkPlace.Acp, var link) => link.Index == _acpIndex && !link.IsUp,
        LinkNews.AddressGone(NetworkPlace.Host, var gone) => gone.Index == _hostIndex && (gone.Address == HostSide || gone.Address == HostAddress),
        LinkNews.AddressGone(NetworkPlace.Acp, var gone) => gone.Address == _acpAddress || (gone.Index == _acpIndex && gone.Address == AcpSide),
        _ => false,
    };

    /// <summary>Puts back the routes that lead through the window, without looking at any others: a host may have very many.</summary>
    public void PutRoutes()
    {
        foreach (var route in WantedHostRoutes(_hostIndex))
            _host.PutRoute(route);
        foreach (var route in WantedAcpRoutes(_acpIndex))
            _acp.PutRoute(route);
    }

    /// <summary>Takes everything away, for a clean stop.</summary>
    public void Remove()
    {
        if (FindOurEnd() is { } end)
            _host.DeleteLink(end.Index);
        foreach (var rule in _acp.Rules().Where(IsOurs))
            _acp.DeleteRule(rule);
        foreach (var route in _acp.Routes().Where(route => route == BlackHole(route.Metric) || route == Unreachable()))
            _acp.DeleteRoute(route);
        _acp.DeleteAddress(_acp.IndexOf("lo"), _acpAddress, 128);
    }

    public void Dispose()
    {
        _host.Dispose();
        _acp.Dispose();
    }

    private static bool IsOurs(RuleMessage rule) =>
        rule.Protocol == Rtnetlink.RTPROT_ACPD && rule.Priority is AllowPriority or DropPriority;

    private static void EnsureEnd(RouteSocket routes, int index, Ipv6Address linkLocal, Ipv6Address? address)
    {
        var known = routes.Addresses().Where(a => a.Index == index).ToList();
        foreach (var other in known.Where(a => a.Address != linkLocal && a.Address != address))
            routes.DeleteAddress(index, other.Address, other.PrefixLength);
        routes.SetAddrGenMode(index, 1);
        if (!known.Any(a => a.Address == linkLocal))
            routes.PutAddress(index, linkLocal, 64);
        if (address is { } wanted && !known.Any(a => a.Address == wanted))
            routes.PutAddress(index, wanted, 128);
        routes.SetUp(index);
    }

    private RouteMessage[] WantedHostRoutes(int hostIndex) =>
        [new RouteMessage(_acpPrefix, hostIndex, AcpSide, PreferredSource: HostAddress)];

    private RouteMessage[] WantedAcpRoutes(int acpIndex) =>
        [new RouteMessage(Ipv6Prefix.Host(HostAddress), acpIndex, HostSide), BlackHole(0), Unreachable()];

    private RouteMessage BlackHole(uint metric) => new(
        _ownPrefix,
        // The kernel hangs black holes on the loopback and says so in dumps.
        _acp.IndexOf("lo"),
        Type: Rtnetlink.RTN_BLACKHOLE,
        Metric: metric);

    /// <summary>
    /// Where nothing leads further, which is at the root: whoever sent there hears so. Any default route of RPL is better than
    /// this one. Without it, what the host sends would go on to the rule that drops what it forwards, and vanish.
    /// </summary>
    private RouteMessage Unreachable() => new(
        Ipv6Prefix.Default, _acp.IndexOf("lo"), Type: Rtnetlink.RTN_UNREACHABLE, Metric: UnreachableMetric);

    /// <summary>Our end of the pair in the host namespace: of our name, and with its peer in our acp namespace.</summary>
    private LinkMessage? FindOurEnd()
    {
        if (_host.FindLink(HostSideName) is not { } link)
            return null;
        if (link.Kind == "veth" && link.LinkNetnsid == _host.NsidOf(_namespaces.Acp))
            return link;
        throw new NetlinkException(
            Errno.EEXIST,
            $"{HostSideName} exists and leads elsewhere; remove it, or run this instance under another name",
            "make the host's window into the ACP");
    }

    private (int HostIndex, int AcpIndex) EnsurePair()
    {
        if (FindOurEnd() is { } end)
            return (end.Index, end.Link);
        if (_acp.FindLink(AcpSideName) is { } stale)
            _acp.DeleteLink(stale.Index);
        _host.CreateVeth(HostSideName, AcpSideName, _namespaces.Acp);
        var made = FindOurEnd() ?? throw new NetlinkException(Errno.ENODEV, "", $"make {HostSideName}");

        // Before it is up, or the kernel would give it an address.
        _host.SetAddrGenMode(made.Index, 1);
        _acp.SetAddrGenMode(made.Link, 1);
        return (made.Index, made.Link);
    }

    private void EnsureRoutes(RouteSocket routes, RouteMessage[] wanted, int index)
    {
        // RPL's routes are ours too, by protocol; only those through this pair, and black holes, are judged here.
        foreach (var route in routes.Routes())
        {
            var judged = route.Protocol == Rtnetlink.RTPROT_ACPD && route.Table == Rtnetlink.RT_TABLE_MAIN
                && (route.Interface == index || (route.Type == Rtnetlink.RTN_BLACKHOLE && routes == _acp));
            if (judged && !wanted.Any(w => w == route with { Metric = w.Metric }))
                routes.DeleteRoute(route);
        }

        foreach (var route in wanted)
            routes.PutRoute(route);
    }

    private void EnsureRules()
    {
        RuleMessage[] wanted =
        [
            new(AllowPriority, Table: Rtnetlink.RT_TABLE_MAIN, InputInterface: AcpSideName, Source: Ipv6Prefix.Host(HostAddress)),
            new(DropPriority, Rtnetlink.FR_ACT_BLACKHOLE, InputInterface: AcpSideName),
        ];
        foreach (var rule in _acp.Rules().Where(IsOurs))
        {
            if (!wanted.Contains(rule))
                _acp.DeleteRule(rule);
        }

        foreach (var rule in wanted)
            _acp.AddRule(rule);
    }
}
