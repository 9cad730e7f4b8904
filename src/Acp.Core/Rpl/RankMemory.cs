using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>
/// The lowest rank that this node advertised in each DODAG version, which is what keeps it from choosing a parent out of
/// its own sub-DODAG (RFC 6550 §8.2.2.4; the idea of a feasible distance). A rank that has stood for a while becomes the
/// lowest, as everybody below knows it by then. After leaving, the memory lasts for a hold time: what is heard of
/// that DODAG from further below may be nothing but our own echo.
/// </summary>
internal sealed class RankMemory(RplOptions options)
{
    private const int MaxEntries = 32;

    private readonly Dictionary<(Ipv6Address Id, byte Version), Entry> _entries = [];

    /// <summary>When a hold ends or a rank settles, so that more parents become eligible.</summary>
    public Instant? NextChange(Instant now)
    {
        Instant? next = null;
        foreach (var entry in _entries.Values)
        {
            if (entry.HoldUntil is { } until && until > now)
                next = Instant.Earlier(next, until);
            else if (entry.HoldUntil is null && entry.Lowest < entry.Rank && entry.RankSince + options.RankSettle > now)
                next = Instant.Earlier(next, entry.RankSince + options.RankSettle);
        }
        return next;
    }

    /// <summary>
    /// May a node of this rank be our parent, without danger that it is below us? Whoever is has at least MinHopRankIncrease
    /// more than we have (RFC 6550 §3.5.1), of our kind three times that.
    /// </summary>
    public bool IsFeasible(Instant now, Ipv6Address id, byte version, ushort parentRank, int minHopRankIncrease) =>
        Lowest(now, id, version) is not { } lowest || parentRank < lowest + minHopRankIncrease;

    /// <summary>May we follow the parent that we have to this new rank of ours?</summary>
    public bool MayDeepen(Instant now, Ipv6Address id, byte version, ushort ownRank, int minHopRankIncrease) =>
        Lowest(now, id, version) is not { } lowest || ownRank <= lowest + options.MaxDeepening * minHopRankIncrease;

    /// <summary>Does this new rank of ours obey the root's DAGMaxRankIncrease (RFC 6550 §8.2.2.4)? 0 for no limit.</summary>
    public bool IsWithin(Ipv6Address id, byte version, ushort ownRank, ushort maxRankIncrease) =>
        maxRankIncrease == 0 || !_entries.TryGetValue((id, version), out var entry) || ownRank <= entry.LowestEver + maxRankIncrease;

    /// <summary>We are a member with this rank from now on.</summary>
    public void Advertise(Instant now, Ipv6Address id, byte version, ushort rank)
    {
        Forget(now);
        if (!_entries.TryGetValue((id, version), out var entry))
        {
            _entries[(id, version)] = new Entry { Lowest = rank, LowestEver = rank, Rank = rank, RankSince = now, MemberSince = now };
            return;
        }
        Settle(now, entry);
        if (entry.Rank != rank)
            (entry.Rank, entry.RankSince) = (rank, now);
        entry.Lowest = Math.Min(entry.Lowest, rank);
        entry.LowestEver = Math.Min(entry.LowestEver, rank);
        if (entry.HoldUntil is not null)
            (entry.HoldUntil, entry.MemberSince) = (null, now);
    }

    /// <summary>We are no member any more; the answer is the lowest rank and how long it will be held against others.</summary>
    public (ushort Lowest, TimeSpan Hold) Leave(Instant now, Ipv6Address id, byte version)
    {
        if (!_entries.TryGetValue((id, version), out var entry))
            return (Rank.Infinite, TimeSpan.Zero);
        Settle(now, entry);
        // A membership that lasted was no echo.
        if (now >= entry.MemberSince + 2 * options.RankSettle)
            entry.Departures = 0;
        var hold = options.DetachHold * (1 << entry.Departures);
        entry.Departures = Math.Min(entry.Departures + 1, 3);
        entry.HoldUntil = now + hold;
        return (entry.Lowest, hold);
    }

    private ushort? Lowest(Instant now, Ipv6Address id, byte version)
    {
        if (!_entries.TryGetValue((id, version), out var entry))
            return null;
        if (entry.HoldUntil is { } until && until <= now)
            return null;
        Settle(now, entry);
        return entry.Lowest;
    }

    private void Settle(Instant now, Entry entry)
    {
        if (entry.HoldUntil is null)
        {
            if (now >= entry.RankSince + options.RankSettle)
                entry.Lowest = entry.Rank;
        }
        else if (entry.HoldUntil <= now)
        {
            entry.Lowest = Rank.Infinite;
        }
    }

    /// <summary>Drops what has been over for long.</summary>
    private void Forget(Instant now)
    {
        var quiet = options.DetachHold * 16;
        foreach (var (key, entry) in _entries)
        {
            if (entry.HoldUntil is { } until && (until + quiet <= now || _entries.Count > MaxEntries))
                _entries.Remove(key);
        }
    }

    private sealed class Entry
    {
        public ushort Lowest;
        public ushort LowestEver;
        public ushort Rank;
        public Instant RankSince;
        public Instant MemberSince;
        public Instant? HoldUntil;
        public int Departures;
    }
}
