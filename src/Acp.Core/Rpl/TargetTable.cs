using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>
/// The targets learned by DAO, each with its paths, at most one for a channel. Bounded. Prefixes whose paths changed
/// gather in <see cref="Changed"/>.
/// </summary>
internal sealed class TargetTable(int maxPaths)
{
    private readonly Dictionary<Ipv6Prefix, List<TargetPath>> _targets = [];
    private readonly Dictionary<ChannelId, HashSet<Ipv6Prefix>> _byChannel = [];
    private long _order;
    private int _paths;

    public int Count => _targets.Count;

    public IEnumerable<Ipv6Prefix> Prefixes => _targets.Keys;

    public HashSet<Ipv6Prefix> Changed { get; } = [];

    /// <summary>No path expires before this. May be too early, never too late.</summary>
    public Instant? EarliestExpiry { get; private set; }

    public int CountOf(ChannelId channel) => _byChannel.TryGetValue(channel, out var prefixes) ? prefixes.Count : 0;

    public bool Has(Ipv6Prefix prefix, ChannelId channel) =>
        _byChannel.TryGetValue(channel, out var prefixes) && prefixes.Contains(prefix);

    /// <summary>Path Sequence first, then path control (the target's own preference), then what was heard first: it works until it is withdrawn, and others may not know of the new one yet.</summary>
    public TargetPath? Best(Ipv6Prefix prefix)
    {
        if (!_targets.TryGetValue(prefix, out var paths))
            return null;
        var best = paths[0];
        for (var i = 1; i < paths.Count; i++)
        {
            if (IsBetter(paths[i], best))
                best = paths[i];
        }
        return best;
    }

    /// <summary>False when the table is full.</summary>
    public bool Set(
        ChannelId channel, Ipv6Prefix prefix, byte? pathSequence, byte pathControl, byte lifetime, Instant? expiresAt)
    {
        _targets.TryGetValue(prefix, out var paths);
        var index = paths?.FindIndex(p => p.Channel == channel) ?? -1;
        if (index < 0)
        {
            if (_paths >= maxPaths)
                return false;
            if (paths is null)
                _targets[prefix] = paths = [];
            paths.Add(new TargetPath(channel, pathSequence, pathControl, lifetime, expiresAt, ++_order));
            if (!_byChannel.TryGetValue(channel, out var prefixes))
                _byChannel[channel] = prefixes = [];
            prefixes.Add(prefix);
            _paths++;
            Changed.Add(prefix);
        }
        else
        {
            var old = paths![index];
            var same = old.PathSequence == pathSequence && old.PathControl == pathControl && old.Lifetime == lifetime;
            paths[index] = old with
            {
                PathSequence = pathSequence,
                PathControl = pathControl,
                Lifetime = lifetime,
                ExpiresAt = expiresAt,
                Order = old.PathSequence == pathSequence ? old.Order : ++_order,
            };
            if (!same)
                Changed.Add(prefix);
        }
        if (expiresAt is not null)
            EarliestExpiry = Instant.Earlier(EarliestExpiry, expiresAt);
        return true;
    }

    public void Remove(ChannelId channel, Ipv6Prefix prefix)
    {
        if (!_byChannel.TryGetValue(channel, out var prefixes) || !prefixes.Remove(prefix))
            return;
        if (prefixes.Count == 0)
            _byChannel.Remove(channel);
        var paths = _targets[prefix];
        paths.RemoveAll(p => p.Channel == channel);
        if (paths.Count == 0)
            _targets.Remove(prefix);
        _paths--;
        Changed.Add(prefix);
    }

    /// <summary>What the channel's paths are worth has changed.</summary>
    public void Touch(ChannelId channel)
    {
        if (_byChannel.TryGetValue(channel, out var prefixes))
            Changed.UnionWith(prefixes);
    }

    public void RemoveChannel(ChannelId channel)
    {
        if (!_byChannel.TryGetValue(channel, out var prefixes))
            return;
        foreach (var prefix in prefixes.ToArray())
            Remove(channel, prefix);
    }

    public void Expire(Instant now)
    {
        if (EarliestExpiry is not { } earliest || earliest > now)
            return;
        EarliestExpiry = null;
        foreach (var (prefix, paths) in _targets.ToArray())
        {
            foreach (var path in paths.ToArray())
            {
                if (path.ExpiresAt <= now)
                    Remove(path.Channel, prefix);
                else if (path.ExpiresAt is not null)
                    EarliestExpiry = Instant.Earlier(EarliestExpiry, path.ExpiresAt);
            }
        }
    }

    private static bool IsBetter(TargetPath path, TargetPath than)
    {
        var newer = path.PathSequence is { } a && than.PathSequence is { } b ? SequenceCounter.Compare(a, b) ?? 0 : 0;
        if (newer != 0)
            return newer > 0;
        return path.PathControl != than.PathControl ? path.PathControl > than.PathControl : path.Order < than.Order;
    }
}
