using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// Copies of flooded objectives by (name, locator tag) (H-36), the null tag being a tag too; a link-local tag counts with
/// its interface, since the same address on two links is two nodes. When it is full, the interface that most of it came by
/// gives up the oldest of whoever holds most there: a storm pushes out what came the same way, whatever initiators it
/// invents.
/// </summary>
internal sealed class FloodCache(int capacity, GraspCounters counters)
{
    private readonly Dictionary<Key, Entry> _entries = [];
    private readonly Dictionary<string, List<Entry>> _byName = new(StringComparer.Ordinal);
    // By interface number; 0 for what this node floods itself.
    private readonly Dictionary<int, FloodShare<Entry>> _byArrival = [];
    private readonly LinkedList<Entry> _byNews = new();

    public int Count => _entries.Count;

    /// <summary>How often there was news: a copy that was not there before, or one with another value.</summary>
    public long News { get; private set; }

    public IEnumerable<FloodedObjective> All => _entries.Values.Select(e => e.Flood);

    /// <summary>True when this is news: a copy that was not there, or one with another value.</summary>
    public bool Put(Instant now, FloodedObjective flood)
    {
        var key = KeyOf(flood.Objective.Name, flood.Locator, flood.Interface);
        var news = true;
        var entry = new Entry(key, flood);
        if (_entries.TryGetValue(key, out var old))
        {
            news = old.Flood.Expires <= now || old.Flood.Objective.Value != flood.Objective.Value;
            if (!news)
            {
                entry.Number = old.Number;
                entry.NewsNode = _byNews.AddBefore(old.NewsNode!, entry);
            }
            Remove(old);
        }
        else if (_entries.Count >= capacity)
        {
            MakeRoom(now);
        }
        if (news)
        {
            entry.Number = ++News;
            entry.NewsNode = _byNews.AddLast(entry);
        }
        _entries.Add(key, entry);
        if (!_byName.TryGetValue(key.Name, out var named))
            _byName.Add(key.Name, named = []);
        named.Add(entry);
        if (!_byArrival.TryGetValue(entry.Arrival, out var share))
            _byArrival.Add(entry.Arrival, share = new FloodShare<Entry>());
        entry.Node = share.Add(flood.Initiator, entry);
        return news;
    }

    /// <summary>Unexpired copies, the newest first.</summary>
    /// <param name="name">Null for all.</param>
    public List<FloodedObjective> Find(Instant now, string? name)
    {
        if (name is null)
            return [.. _entries.Values.OrderByDescending(e => e.Number).Select(e => e.Flood).Where(f => !(f.Expires <= now))];
        var found = new List<FloodedObjective>();
        if (!_byName.TryGetValue(name, out var named))
            return found;
        for (var i = named.Count - 1; i >= 0; i--)
        {
            if (named[i].Flood.Expires <= now)
                Remove(named[i]);
            else
                found.Add(named[i].Flood);
        }
        return found;
    }

    /// <summary>The unexpired copy that this one would replace.</summary>
    public FloodedObjective? Peek(Instant now, FloodedObjective flood) =>
        _entries.TryGetValue(KeyOf(flood.Objective.Name, flood.Locator, flood.Interface), out var old) && !(old.Flood.Expires <= now)
            ? old.Flood
            : null;

    /// <summary>Unexpired copies that became news after that many others, the oldest news first.</summary>
    /// <param name="name">Null for all.</param>
    /// <param name="most">More than these are left for the next call.</param>
    /// <param name="next">What to say for <paramref name="after"/> then.</param>
    public List<FloodedObjective> Since(Instant now, string? name, long after, int most, out long next)
    {
        var found = new List<FloodedObjective>();
        var node = _byNews.Last;
        while (node?.Previous is { } earlier && earlier.Value.Number > after)
            node = earlier;
        for (; node is not null && found.Count < most; node = node.Next)
        {
            var flood = node.Value.Flood;
            if (node.Value.Number > after && !(flood.Expires <= now) && (name is null || flood.Objective.Name == name))
                found.Add(flood);
        }
        next = node is null ? News : node.Previous!.Value.Number;
        return found;
    }

    /// <summary>I-19.</summary>
    public bool Expire(string name, Locator? locator)
    {
        if (!_byName.TryGetValue(name, out var named))
            return false;
        var gone = named.FindAll(e => e.Flood.Locator == locator);
        gone.ForEach(Remove);
        return gone.Count > 0;
    }

    private static Key KeyOf(string name, Locator? locator, GraspInterfaceId? arrival) =>
        new(name, locator, locator is Ipv6Locator { Address.IsLinkLocal: true } ? arrival : null);

    private void MakeRoom(Instant now)
    {
        FloodShare<Entry>? most = null;
        foreach (var share in _byArrival.Values)
        {
            if (most is null || share.Count > most.Count)
                most = share;
        }
        var victim = most!.Victim;
        if (!(victim.Flood.Expires <= now))
            counters.Count(GraspDropReason.CacheEviction);
        Remove(victim);
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry.Key);
        var named = _byName[entry.Key.Name];
        named.Remove(entry);
        if (named.Count == 0)
            _byName.Remove(entry.Key.Name);
        var share = _byArrival[entry.Arrival];
        share.Remove(entry.Flood.Initiator, entry.Node!);
        if (share.Count == 0)
            _byArrival.Remove(entry.Arrival);
        _byNews.Remove(entry.NewsNode!);
    }

    private readonly record struct Key(string Name, Locator? Locator, GraspInterfaceId? Interface);

    private sealed class Entry(Key key, FloodedObjective flood)
    {
        public Key Key { get; } = key;

        public FloodedObjective Flood { get; } = flood;

        public int Arrival => Flood.Interface?.Value ?? 0;

        public LinkedListNode<Entry>? Node { get; set; }

        /// <summary><see cref="News"/> when it was.</summary>
        public long Number { get; set; }

        public LinkedListNode<Entry>? NewsNode { get; set; }
    }
}
