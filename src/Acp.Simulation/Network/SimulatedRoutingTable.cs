using System.Collections;
using Acp.Core;
using Acp.Wire;

namespace Acp.Simulation.Network;

/// <summary>A routing table: the longest prefix wins.</summary>
public sealed class SimulatedRoutingTable : IReadOnlyCollection<KeyValuePair<Ipv6Prefix, ChannelId>>
{
    private readonly Func<Ipv6Prefix, SimulatedNode?> _ownerOf;
    private readonly Dictionary<Ipv6Prefix, SimulatedRoute> _routes = [];

    /// <summary>The lengths there are, longest first, and how many prefixes of each.</summary>
    private readonly List<(int Length, int Count)> _lengths = [];

    internal SimulatedRoutingTable(Func<Ipv6Prefix, SimulatedNode?> ownerOf) => _ownerOf = ownerOf;

    /// <summary>Grows with every change.</summary>
    internal long Version { get; private set; }

    public int Count => _routes.Count;

    public ChannelId? Default => Find(Ipv6Prefix.Default);

    public ChannelId? Find(Ipv6Prefix prefix) => _routes.TryGetValue(prefix, out var route) ? route.Channel : null;

    internal Dictionary<Ipv6Prefix, SimulatedRoute> Entries => _routes;

    /// <summary>Of the prefixes in it; what has this length is never hidden behind a longer one.</summary>
    internal int LongestLength => _lengths.Count > 0 ? _lengths[0].Length : 0;

    /// <summary>The longest matching prefix; null when there is none, not even a default route.</summary>
    public (Ipv6Prefix Prefix, ChannelId Channel)? Lookup(Ipv6Address destination)
    {
        foreach (var (length, _) in _lengths)
        {
            var prefix = new Ipv6Prefix(destination, length);
            if (_routes.TryGetValue(prefix, out var route))
                return (prefix, route.Channel);
        }

        return null;
    }

    public IEnumerator<KeyValuePair<Ipv6Prefix, ChannelId>> GetEnumerator() =>
        _routes.Select(r => KeyValuePair.Create(r.Key, r.Value.Channel)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Set(Ipv6Prefix prefix, ChannelId channel)
    {
        Version++;
        var count = _routes.Count;
        _routes[prefix] = new SimulatedRoute(channel, _ownerOf(prefix));
        if (_routes.Count == count)
            return;

        var at = _lengths.FindIndex(l => l.Length <= prefix.Length);
        if (at >= 0 && _lengths[at].Length == prefix.Length)
            _lengths[at] = (prefix.Length, _lengths[at].Count + 1);
        else
            _lengths.Insert(at < 0 ? _lengths.Count : at, (prefix.Length, 1));
    }

    /// <summary>False when it was not there.</summary>
    internal bool Remove(Ipv6Prefix prefix)
    {
        if (!_routes.Remove(prefix))
            return false;
        Version++;
        var at = _lengths.FindIndex(l => l.Length == prefix.Length);
        if (_lengths[at].Count == 1)
            _lengths.RemoveAt(at);
        else
            _lengths[at] = (prefix.Length, _lengths[at].Count - 1);
        return true;
    }

    internal void Clear()
    {
        Version++;
        _routes.Clear();
        _lengths.Clear();
    }
}
