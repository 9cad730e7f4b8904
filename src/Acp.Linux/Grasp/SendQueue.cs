namespace Acp.Linux.Grasp;

/// <summary>
/// Items that the other end of a stream is too slow for: so many octets and no more. What happens then is for the keys to
/// say: without them the queue is full, with them the oldest item of the same key makes room, or else the oldest of all
/// (J-15). An item of which a part was sent stays.
/// </summary>
/// <param name="keyOf">What an item is about; null when nothing may be dropped.</param>
internal sealed class SendQueue(int maxOctets, Func<ReadOnlyMemory<byte>, object?>? keyOf = null)
{
    /// <summary>Of a unicast stream.</summary>
    public const int UsualOctets = 256 * 1024;

    private readonly LinkedList<(ReadOnlyMemory<byte> Item, object? Key)> _items = new();
    private bool _headIsCut;

    public bool IsEmpty => _items.Count == 0;

    public int Octets { get; private set; }

    /// <summary>Items that made room for others.</summary>
    public long Dropped { get; private set; }

    /// <summary>The first item, of which the kernel took a part, or nothing yet.</summary>
    public void Begin(ReadOnlyMemory<byte> rest, bool isWhole)
    {
        Add(rest, isWhole ? keyOf?.Invoke(rest) : null);
        _headIsCut = !isWhole;
    }

    /// <summary>False when it does not fit. One item is taken in any case.</summary>
    public bool TryEnqueue(ReadOnlyMemory<byte> item)
    {
        var key = keyOf?.Invoke(item);
        while (Octets + item.Length > maxOctets && !IsEmpty)
        {
            if (keyOf is null || Victim(key) is not { } victim)
                return false;
            Octets -= victim.Value.Item.Length;
            _items.Remove(victim);
            Dropped++;
        }
        Add(item, key);
        return true;
    }

    public bool TryPeek(out ReadOnlyMemory<byte> item)
    {
        item = _items.First is { } first ? first.Value.Item : default;
        return !IsEmpty;
    }

    /// <summary>So many octets of the first item are gone.</summary>
    public void Advance(int octets)
    {
        var first = _items.First!;
        Octets -= octets;
        _headIsCut = octets < first.Value.Item.Length;
        if (_headIsCut)
            first.Value = first.Value with { Item = first.Value.Item[octets..] };
        else
            _items.RemoveFirst();
    }

    private LinkedListNode<(ReadOnlyMemory<byte> Item, object? Key)>? Victim(object? key)
    {
        var oldest = _headIsCut ? _items.First?.Next : _items.First;
        for (var node = oldest; node is not null && key is not null; node = node.Next)
        {
            if (Equals(node.Value.Key, key))
                return node;
        }
        return oldest;
    }

    private void Add(ReadOnlyMemory<byte> item, object? key)
    {
        _items.AddLast((item, key));
        Octets += item.Length;
    }
}
