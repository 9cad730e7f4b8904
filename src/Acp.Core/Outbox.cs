namespace Acp.Core;

/// <summary>
/// Where a machine leaves what it wants done (actions) or what it noticed (facts), in order. Its owner drains it after
/// every call. Not thread-safe: one loop owns machine and outbox.
/// </summary>
public sealed class Outbox<T>
{
    private readonly Queue<T> _items = new();

    public int Count => _items.Count;

    public void Add(T item) => _items.Enqueue(item);

    public bool TryTake(out T item) => _items.TryDequeue(out item!);

    /// <summary>Takes everything that is in it now.</summary>
    public List<T> Drain()
    {
        var all = new List<T>(_items);
        _items.Clear();
        return all;
    }
}
