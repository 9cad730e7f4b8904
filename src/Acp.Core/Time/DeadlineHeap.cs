using System.Diagnostics.CodeAnalysis;

namespace Acp.Core.Time;

/// <summary>
/// Which of many things is due first: a binary heap whose items know their place. Looking is constant, setting a deadline
/// takes log n. Of two that are due at the same instant, the one that was given to it first in their lives comes first, however
/// often their deadlines moved since.
/// </summary>
public sealed class DeadlineHeap<T>
    where T : DeadlineItem
{
    private readonly List<T> _items = [];
    private long _lastOrder;

    public int Count => _items.Count;

    public Instant? Earliest => _items.Count > 0 ? _items[0].At : null;

    /// <summary>Sets, moves or, with null, takes away the deadline of an item.</summary>
    public void Set(T item, Instant? deadline)
    {
        if (item.Order == 0)
            item.Order = ++_lastOrder;
        if (deadline is not { } at)
        {
            Cancel(item);
            return;
        }

        if (item.Slot >= 0 && item.At == at)
            return;
        if (item.Slot < 0)
        {
            item.Slot = _items.Count;
            _items.Add(item);
        }

        item.At = at;
        Settle(item);
    }

    /// <summary>Takes the first item out if it is due at <paramref name="now"/>.</summary>
    public bool TryTakeDue(Instant now, [NotNullWhen(true)] out T? item)
    {
        item = null;
        if (_items.Count == 0 || _items[0].At > now)
            return false;
        item = _items[0];
        Cancel(item);
        return true;
    }

    /// <summary>Takes away its deadline, if it has one.</summary>
    public void Cancel(T item)
    {
        var slot = item.Slot;
        if (slot < 0)
            return;
        item.Slot = -1;
        var last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        if (last == item)
            return;
        _items[slot] = last;
        last.Slot = slot;
        Settle(last);
    }

    private void Settle(T item)
    {
        // Others move into the place that it leaves; it is put down once, at the end.
        var slot = item.Slot;
        while (slot > 0 && _items[(slot - 1) / 2] is var above && item.IsBefore(above))
        {
            Put(above, slot);
            slot = (slot - 1) / 2;
        }

        for (var child = 2 * slot + 1; child < _items.Count; child = 2 * slot + 1)
        {
            if (child + 1 < _items.Count && _items[child + 1].IsBefore(_items[child]))
                child++;
            if (!_items[child].IsBefore(item))
                break;
            Put(_items[child], slot);
            slot = child;
        }

        Put(item, slot);
    }

    private void Put(T item, int slot)
    {
        _items[slot] = item;
        item.Slot = slot;
    }
}
