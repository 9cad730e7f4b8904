using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>
/// Free address space, cut by halving. What is taken comes from the smallest block that has it, so that large blocks stay whole; what
/// is given back grows together with its other half again. Not thread-safe.
/// </summary>
internal sealed class PrefixPool
{
    // In the order of addresses; no two overlap.
    private readonly SortedDictionary<Ipv6Address, Ipv6Prefix> _free = [];
    private readonly List<Ipv6Prefix> _roots = [];

    /// <summary>What the pool was made of. They do not grow together beyond themselves.</summary>
    public IReadOnlyList<Ipv6Prefix> Roots => _roots;

    public IEnumerable<Ipv6Prefix> Free => _free.Values;

    /// <summary>Adds space; false when the pool has some of it already.</summary>
    public bool TryAdd(Ipv6Prefix root)
    {
        if (_roots.Any(r => r.Overlaps(root)))
            return false;
        _roots.Add(root);
        _free.Add(root.Address, root);
        return true;
    }

    /// <summary>A prefix of exactly this length.</summary>
    /// <param name="length">128 at most; of IPv4 in its mapped form.</param>
    public bool TryTake(int length, bool ipv4, out Ipv6Prefix taken)
    {
        Ipv6Prefix? best = null;
        foreach (var block in _free.Values)
        {
            if (block.IsIpv4() == ipv4 && block.Length <= length && (best is null || block.Length > best.Value.Length))
                best = block;
        }

        taken = best is { } from ? new Ipv6Prefix(from.Address, length) : default;
        return best is not null && TryTake(taken);
    }

    /// <summary>The shortest length of a free block, which is the most space that one can get; null when nothing is left.</summary>
    public int? Shortest(bool ipv4) => _free.Values.Where(b => b.IsIpv4() == ipv4).Select(b => (int?)b.Length).Min();

    /// <summary>This prefix, if all of it is free.</summary>
    public bool TryTake(Ipv6Prefix wanted)
    {
        Ipv6Prefix? block = null;
        foreach (var free in _free.Values)
        {
            if (free.Contains(wanted))
                block = free;
        }

        if (block is not { } at)
            return false;
        _free.Remove(at.Address);
        for (var length = at.Length + 1; length <= wanted.Length; length++)
        {
            var half = new Ipv6Prefix(wanted.Address, length);
            var other = Sibling(half);
            _free.Add(other.Address, other);
        }

        return true;
    }

    /// <summary>Gives back what was taken. Not for anything else: the pool does not know who has what.</summary>
    public void Return(Ipv6Prefix prefix)
    {
        if (_free.Values.Any(f => f.Overlaps(prefix)))
            throw new InvalidOperationException($"{prefix} is free already");
        while (!_roots.Contains(prefix) && _free.TryGetValue(Sibling(prefix).Address, out var other) && other.Length == prefix.Length)
        {
            _free.Remove(other.Address);
            prefix = new Ipv6Prefix(prefix.Address, prefix.Length - 1);
        }

        _free.Add(prefix.Address, prefix);
    }

    /// <summary>Takes a root out, and what is free of it.</summary>
    public void Drop(Ipv6Prefix root)
    {
        _roots.Remove(root);
        foreach (var free in _free.Values.Where(root.Contains).ToList())
            _free.Remove(free.Address);
    }

    private static Ipv6Prefix Sibling(Ipv6Prefix prefix)
    {
        var bit = UInt128.One << (128 - prefix.Length);
        return new Ipv6Prefix(new Ipv6Address(prefix.Address.Value ^ bit), prefix.Length);
    }
}
