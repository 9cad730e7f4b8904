using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// What came by one interface into a cache of floods, by initiator. It can tell at once who holds most of it, and what of
/// theirs is oldest: in a storm that is asked for every message.
/// </summary>
internal sealed class FloodShare<T>
{
    private readonly Dictionary<Initiator, Holder> _byInitiator = [];
    private readonly SortedSet<Holder> _bySize = new(Comparer<Holder>.Create(
        (a, b) => a.Entries.Count != b.Entries.Count ? b.Entries.Count.CompareTo(a.Entries.Count) : a.Number.CompareTo(b.Number)));

    private long _holders;

    public int Count { get; private set; }

    /// <summary>The oldest of whoever holds most; of several, of the one who has been there longest.</summary>
    public T Victim => _bySize.Min!.Entries.First!.Value;

    public LinkedListNode<T> Add(Initiator initiator, T entry)
    {
        if (_byInitiator.TryGetValue(initiator, out var holder))
            _bySize.Remove(holder);
        else
            _byInitiator.Add(initiator, holder = new Holder(_holders++));
        var node = holder.Entries.AddLast(entry);
        _bySize.Add(holder);
        Count++;
        return node;
    }

    public void Remove(Initiator initiator, LinkedListNode<T> node)
    {
        var holder = _byInitiator[initiator];
        _bySize.Remove(holder);
        holder.Entries.Remove(node);
        if (holder.Entries.Count > 0)
            _bySize.Add(holder);
        else
            _byInitiator.Remove(initiator);
        Count--;
    }

    private sealed class Holder(long number)
    {
        public long Number { get; } = number;

        public LinkedList<T> Entries { get; } = new();
    }
}
