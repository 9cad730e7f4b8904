namespace Acp.Core;

/// <summary>
/// Where a machine leaves what it wants done (actions) or what it noticed (facts), in order. Its owner drains it after
/// every call. Not thread-safe: one loop owns machine and outbox.
/// </summary>
public sealed class Outbox<T>
{
    // In a struct of its own, an item is stored without the check that arrays of classes need.
    private readonly Queue<Slot> _items = new();

    public int Count => _items.Count;

    public void Add(T item) => _items.Enqueue(new Slot(item));

    public bool TryTake(out T item)
    {
        var taken = _items.TryDequeue(out var slot);
        item = slot.Item;
        return taken;
    }

    /// <summary>Takes everything that is in it now.</summary>
    public List<T> Drain()
    {
        var all = new List<T>(_items.Count);
        while (TryTake(out var item))
            all.Add(item);
        return all;
    }

    private readonly record struct Slot(T Item);
}
