using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// Responders that were discovered (RFC 8990 §2.5.4.3): all of them, with the interface and the end of their ttl (H-32,
/// H-33). Bounded in objectives and in responders for each; the one that ages first makes room.
/// </summary>
internal sealed class DiscoveryCache(GraspOptions options, GraspCounters counters)
{
    private readonly Dictionary<string, List<AsaLocator>> _byName = new(StringComparer.Ordinal);
    private readonly Queue<string> _names = new();

    /// <summary>H-32: a ttl of zero, "significantly greater than GRASP_DEF_TIMEOUT; suggested ten times".</summary>
    public static readonly TimeSpan TtlOfZero = 10 * GraspConstants.GRASP_DEF_TIMEOUT;

    public int Count => _byName.Values.Sum(l => l.Count);

    public IEnumerable<(string Objective, AsaLocator Locator)> All =>
        _byName.SelectMany(e => e.Value.Select(l => (e.Key, l)));

    /// <summary>True when the locator was not there.</summary>
    public bool Add(Instant now, string objective, AsaLocator locator)
    {
        if (!_byName.TryGetValue(objective, out var list))
        {
            while (_byName.Count >= options.MaxDiscoveryCache && _names.TryDequeue(out var oldest))
            {
                if (_byName.Remove(oldest))
                    counters.Count(GraspDropReason.CacheEviction);
            }
            _byName.Add(objective, list = []);
            _names.Enqueue(objective);
        }
        Expire(now, list);
        var known = list.FindIndex(l => l.Locator == locator.Locator && (!l.IsLinkLocal || l.Interface == locator.Interface));
        if (known >= 0)
        {
            // A responder's own word stands above what others say of it.
            if (!locator.IsDiverted || list[known].IsDiverted)
                list[known] = locator;
            return false;
        }
        if (list.Count >= options.MaxLocatorsPerObjective)
        {
            list.Remove(list.MinBy(l => l.Expires)!);
            counters.Count(GraspDropReason.CacheEviction);
        }
        MakeRoom(objective);
        list.Add(locator);
        return true;
    }

    /// <summary>What is known and has not expired.</summary>
    public IReadOnlyList<AsaLocator> Find(Instant now, string objective)
    {
        if (!_byName.TryGetValue(objective, out var list))
            return [];
        Expire(now, list);
        return list;
    }

    /// <summary>I-09.</summary>
    public void Flush(Instant now, string objective, TimeSpan minimumTtl)
    {
        if (_byName.TryGetValue(objective, out var list))
            list.RemoveAll(l => minimumTtl == TimeSpan.Zero || l.Expires <= now + minimumTtl);
    }

    /// <summary>It did not answer.</summary>
    public void Remove(string objective, Locator locator)
    {
        if (_byName.TryGetValue(objective, out var list))
            list.RemoveAll(l => l.Locator == locator);
    }

    /// <summary>The interface is gone, and with it whoever was known by a link-local address there.</summary>
    public void Forget(GraspInterfaceId gone)
    {
        foreach (var list in _byName.Values)
            list.RemoveAll(l => l.IsLinkLocal && l.Interface == gone);
    }

    // Of what is too much in all, the objective that was asked for longest ago goes.
    private void MakeRoom(string objective)
    {
        for (var tries = _names.Count; tries > 0 && Count >= options.MaxDiscoveryCacheLocators; tries--)
        {
            var oldest = _names.Dequeue();
            if (oldest == objective)
                _names.Enqueue(oldest);
            else if (_byName.Remove(oldest, out var gone) && gone.Count > 0)
                counters.Count(GraspDropReason.CacheEviction);
        }
    }

    private static void Expire(Instant now, List<AsaLocator> list) => list.RemoveAll(l => l.Expires <= now);
}
