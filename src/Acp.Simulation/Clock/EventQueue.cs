using Acp.Core.Time;

namespace Acp.Simulation.Clock;

/// <summary>What will happen, earliest first: a heap in which each item has four below it, so that few are touched.</summary>
internal sealed class EventQueue
{
    private const int Width = 4;

    private SimulatedEvent[] _items = new SimulatedEvent[256];
    private long _lastOrder;

    public int Count { get; private set; }

    public Instant? Earliest => Count > 0 ? _items[0].At : null;

    public void Add(SimulatedEvent item, Instant at)
    {
        item.At = at;
        item.Order = ++_lastOrder;
        if (Count == _items.Length)
            Array.Resize(ref _items, 2 * Count);
        var slot = Count++;
        while (slot > 0)
        {
            var above = (slot - 1) / Width;
            if (!item.IsBefore(_items[above]))
                break;
            _items[slot] = _items[above];
            slot = above;
        }

        _items[slot] = item;
    }

    /// <summary>Takes the earliest; there must be one.</summary>
    public SimulatedEvent Take()
    {
        var first = _items[0];
        var last = _items[--Count];
        _items[Count] = null!;
        if (Count > 0)
            Sink(last);
        return first;
    }

    private void Sink(SimulatedEvent item)
    {
        var slot = 0;
        while (true)
        {
            var first = slot * Width + 1;
            if (first >= Count)
                break;
            var least = first;
            var end = Math.Min(first + Width, Count);
            for (var i = first + 1; i < end; i++)
            {
                if (_items[i].IsBefore(_items[least]))
                    least = i;
            }

            if (!_items[least].IsBefore(item))
                break;
            _items[slot] = _items[least];
            slot = least;
        }

        _items[slot] = item;
    }
}
