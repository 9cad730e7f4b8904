using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Linux.Links;

/// <summary>
/// Prefixes of the data plane on interfaces of one namespace: the first address of a /64 each, and for all the space that the node holds
/// a route to nowhere, so that what is not in use does not go back to where it came from (RFC 7084 §4.2, L-9 of its requirements). Those
/// routes are ours by protocol, type and metric, and tell a successor of a killed process which addresses were made for it. Not
/// thread-safe.
/// </summary>
/// <param name="ns">Must outlive this object.</param>
public sealed class DelegatedPrefixes(NetworkNamespace ns) : IDisposable
{
    /// <summary>Above what anybody else gives a route: theirs win.</summary>
    private const uint Metric = 0x7fff_0000;

    private readonly RouteSocket _routes = new(ns);

    /// <summary>Makes it so, and takes away what was made for other prefixes.</summary>
    /// <param name="local">Of interfaces, a /64 each.</param>
    /// <returns>Interfaces that are not there.</returns>
    public IReadOnlyList<string> Apply(IReadOnlyCollection<Ipv6Prefix> held, IReadOnlyCollection<(string Interface, Ipv6Prefix Prefix)> local)
    {
        var missing = new List<string>();
        var wanted = new HashSet<(int, Ipv6Address)>();
        foreach (var (name, prefix) in local)
        {
            if (_routes.FindLink(name) is { } link)
                wanted.Add((link.Index, FirstOf(prefix)));
            else
                missing.Add(name);
        }

        var before = _routes.Routes().Where(IsOurs).ToList();
        foreach (var address in _routes.Addresses())
        {
            var ours = address.PrefixLength == 64 && address.Address.Low == 1
                && (before.Exists(r => r.Destination.Contains(address.Address)) || held.Any(h => h.Contains(address.Address)));
            if (ours && !wanted.Contains((address.Index, address.Address)))
                _routes.DeleteAddress(address.Index, address.Address, 64);
        }

        // The mark first, and last to go: an address without one would be nobody's.
        var lo = held.Count > 0 ? _routes.IndexOf("lo") : 0;
        foreach (var prefix in held)
            _routes.PutRoute(new RouteMessage(prefix, lo, Type: Rtnetlink.RTN_UNREACHABLE, Metric: Metric));
        foreach (var (index, address) in wanted)
            _routes.PutAddress(index, address, 64);
        foreach (var route in before.Where(r => !held.Contains(r.Destination)))
            _routes.DeleteRoute(route);
        return missing;
    }

    public void Dispose() => _routes.Dispose();

    private static bool IsOurs(RouteMessage route) => route is
    {
        Protocol: Rtnetlink.RTPROT_ACPD, Type: Rtnetlink.RTN_UNREACHABLE, Metric: Metric, Table: Rtnetlink.RT_TABLE_MAIN,
    };

    private static Ipv6Address FirstOf(Ipv6Prefix prefix) => new(prefix.Address.High, 1);
}
