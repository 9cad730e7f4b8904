using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>
/// Who has which part of the pool, and what to answer to whom (RFC 8992 §4). Pure: told the time, and saved and restored by its owner,
/// who saves before anything that was decided leaves the node. Then no prefix is given twice, whenever the node dies. Not thread-safe.
/// </summary>
internal sealed class PrefixLedger(PrefixLimits limits)
{
    /// <summary>The reason of a decline that tells the asker to give the prefix up.</summary>
    public const string NotYours = "that prefix is somebody else's";

    private readonly PrefixPool _pool = new();
    private readonly List<PrefixRoot> _roots = [];
    private readonly Dictionary<Ipv6Prefix, PrefixLease> _leases = [];
    private readonly Dictionary<string, Queue<DateTimeOffset>> _requests = [];

    public IReadOnlyList<PrefixRoot> Roots => _roots;

    public IEnumerable<PrefixLease> Leases => _leases.Values.OrderBy(l => l.Prefix.Address);

    public bool HasFree(bool ipv4) => _pool.Shortest(ipv4) is not null;

    /// <summary>When the next unclear prefix is free again.</summary>
    public DateTimeOffset? NextExpiry => _leases.Values.Min(l => l.Until);

    public PrefixRootRefusal TryAddRoot(PrefixRoot root)
    {
        var prefix = root.Prefix;
        if (_roots.Count >= limits.MaxRoots)
            return PrefixRootRefusal.TooMany;
        if (prefix.Overlaps(Ipv6Prefix.Parse("fc00::/7")) && !prefix.IsIpv4())
            return PrefixRootRefusal.UniqueLocal;
        if (!IsUnicast(prefix))
            return PrefixRootRefusal.NotUnicast;
        if (_leases.Keys.Any(l => l.Length < prefix.Length && l.Contains(prefix)) || !_pool.TryAdd(prefix))
            return PrefixRootRefusal.Overlaps;
        // What was given out of it before, when it was here already, is still given out.
        foreach (var lease in _leases.Keys.Where(prefix.Contains))
            _pool.TryTake(lease);
        _roots.Add(root);
        return PrefixRootRefusal.None;
    }

    /// <summary>
    /// Takes everything up again that was saved. What was offered then may have been accepted, so its owner keeps it, for ever if need be.
    /// </summary>
    public void Restore(PrefixState state, DateTimeOffset now)
    {
        foreach (var root in state.Roots)
            TryAddRoot(root);
        foreach (var lease in state.Leases)
        {
            _pool.TryTake(lease.Prefix);
            _leases[lease.Prefix] = lease.State == LeaseState.Offered ? lease with { State = LeaseState.Unclear, Since = now } : lease;
        }
    }

    public PrefixState State() => new() { Roots = [.. _roots], Leases = [.. Leases] };

    /// <summary>A peer asks. What is reserved for it here is settled by one of the methods below.</summary>
    public PrefixDecision Ask(PrefixValue asked, string owner, DateTimeOffset now)
    {
        Expire(now);
        if (!MayAsk(owner, now))
            return new PrefixDecision.Decline("too many requests; wait a minute");
        if (asked.Prefix is { } wanted)
            return AskFor(wanted, owner, now);
        var ipv4 = asked.Version == 4;
        if (_leases.Values.FirstOrDefault(l => l.State == LeaseState.Unclear && l.Owner == owner && l.Prefix.Length == asked.MappedLength && l.Prefix.IsIpv4() == ipv4) is { } unclear)
            return Reserve(unclear.Prefix, owner, now);
        if (LimitOf(owner) is { } over)
            return over;
        if (_pool.TryTake(asked.MappedLength, ipv4, out var exact))
            return Reserve(exact, owner, now);
        // RFC 8992 §4.1: a longer prefix, that is a smaller one, may be offered in its place.
        var longest = ipv4 ? limits.LongestIpv4Offer + PrefixText.MappedBits : limits.LongestIpv6Offer;
        return _pool.Shortest(ipv4) is { } most && most <= longest && _pool.TryTake(most, ipv4, out var smaller)
            ? Reserve(smaller, owner, now)
            : new PrefixDecision.Decline("no prefix of that length is left", IsShortage: true);
    }

    /// <summary>The peer accepted the offer.</summary>
    public void Accepted(Ipv6Prefix prefix, DateTimeOffset now) =>
        _leases[prefix] = _leases[prefix] with { State = LeaseState.Delegated, Since = now, Until = null };

    /// <summary>The peer declined the offer.</summary>
    public void Declined(Ipv6Prefix prefix) => Free(prefix);

    /// <summary>The negotiation broke off after the offer.</summary>
    public void BrokeOff(Ipv6Prefix prefix, DateTimeOffset now) =>
        _leases[prefix] = _leases[prefix] with { State = LeaseState.Unclear, Since = now, Until = now + limits.UnclearTime };

    /// <summary>A prefix for this node itself; the one that this user has already, if it has one.</summary>
    public PrefixLease? TakeLocal(string user, int length, DateTimeOffset now)
    {
        if (_leases.Values.FirstOrDefault(l => l.State == LeaseState.Local && l.Owner == user && IsRooted(l.Prefix)) is { } known)
            return known;
        if (_leases.Count >= limits.MaxLeases || !_pool.TryTake(length, false, out var prefix))
            return null;
        return _leases[prefix] = new PrefixLease(prefix, user, LeaseState.Local, now);
    }

    /// <summary>
    /// Takes space out of the pool again, with what was made of it; false when it is not in there.
    /// </summary>
    /// <param name="lost">The leases that were in it, which are void.</param>
    public bool TryDropRoot(Ipv6Prefix prefix, out IReadOnlyList<PrefixLease> lost)
    {
        var removed = _roots.RemoveAll(r => r.Prefix == prefix) > 0;
        lost = removed ? [.. Leases.Where(l => prefix.Contains(l.Prefix))] : [];
        foreach (var lease in lost)
            _leases.Remove(lease.Prefix);
        if (removed)
            _pool.Drop(prefix);
        return removed;
    }

    /// <summary>An operator says that nobody has it any more (N-08).</summary>
    public bool TryRelease(Ipv6Prefix prefix)
    {
        if (!_leases.ContainsKey(prefix))
            return false;
        Free(prefix);
        return true;
    }

    /// <summary>What had been unclear for long enough, and is free again.</summary>
    public IReadOnlyList<PrefixLease> Expire(DateTimeOffset now)
    {
        var over = _leases.Values.Where(l => l.Until <= now).ToList();
        foreach (var lease in over)
            Free(lease.Prefix);
        return over;
    }

    private static bool IsUnicast(Ipv6Prefix prefix)
    {
        if (prefix.IsIpv4())
            return (byte)(prefix.Address.Low >> 24) is > 0 and < 224 and not 127;
        return prefix.Length > 0 && prefix.Address.High >> 48 != 0 && !prefix.Address.IsLinkLocal && !prefix.Address.IsMulticast;
    }

    private PrefixDecision AskFor(Ipv6Prefix wanted, string owner, DateTimeOffset now)
    {
        if (_leases.TryGetValue(wanted, out var lease))
        {
            if (lease.Owner != owner)
                return new PrefixDecision.Decline(NotYours);
            _leases[wanted] = lease with { State = LeaseState.Delegated, Until = null, Since = lease.State == LeaseState.Delegated ? lease.Since : now };
            return new PrefixDecision.Confirm(wanted);
        }

        if (_leases.Keys.Any(l => l.Overlaps(wanted)))
            return new PrefixDecision.Decline(NotYours);
        if (LimitOf(owner) is { } over)
            return over;
        if (!_pool.TryTake(wanted))
            return new PrefixDecision.Decline("that prefix is not of this pool");
        _leases[wanted] = new PrefixLease(wanted, owner, LeaseState.Delegated, now);
        return new PrefixDecision.Confirm(wanted);
    }

    private PrefixDecision.Decline? LimitOf(string owner) =>
        _leases.Count >= limits.MaxLeases ? new PrefixDecision.Decline("this delegator has given out as much as it keeps track of")
        : _leases.Values.Count(l => l.Owner == owner && l.State != LeaseState.Local) >= limits.MaxPerPeer
            ? new PrefixDecision.Decline($"no more than {limits.MaxPerPeer} prefixes for one peer")
            : null;

    private PrefixDecision.Offer Reserve(Ipv6Prefix prefix, string owner, DateTimeOffset now)
    {
        _leases[prefix] = new PrefixLease(prefix, owner, LeaseState.Offered, now);
        return new PrefixDecision.Offer(prefix);
    }

    private void Free(Ipv6Prefix prefix)
    {
        _leases.Remove(prefix);
        if (IsRooted(prefix))
            _pool.Return(prefix);
    }

    // A lease may outlive its root: the pool was configured anew. It stays its owner's, and goes nowhere afterwards.
    private bool IsRooted(Ipv6Prefix prefix) => _roots.Any(r => r.Prefix.Contains(prefix));

    private bool MayAsk(string owner, DateTimeOffset now)
    {
        if (!_requests.TryGetValue(owner, out var times))
        {
            if (_requests.Count >= limits.MaxCountedPeers)
                _requests.Remove(_requests.MinBy(r => r.Value.Last()).Key);
            _requests.Add(owner, times = new Queue<DateTimeOffset>());
        }

        while (times.TryPeek(out var oldest) && oldest <= now - TimeSpan.FromMinutes(1))
            times.Dequeue();
        if (times.Count >= limits.RequestsPerMinute)
            return false;
        times.Enqueue(now);
        return true;
    }
}
