using Acp.Core.Time;

namespace Acp.Core.Grasp;

/// <summary>
/// Who wants to be told when. One deadline each; setting it again moves it. Thousands of sessions set and cancel one for
/// every message, so what was cancelled stays in the heap until it surfaces or half the heap is like that.
/// </summary>
internal sealed class TimerTable
{
    private readonly PriorityQueue<(ITimed Who, long Ticket), (Instant At, long Ticket)> _heap = new();
    private readonly Dictionary<ITimed, (Instant At, long Ticket)> _current = [];
    private long _tickets;

    public Instant? Next
    {
        get
        {
            DropStale();
            return _heap.TryPeek(out _, out var key) ? key.At : null;
        }
    }

    public void Set(ITimed who, Instant at)
    {
        var key = (at, ++_tickets);
        _current[who] = key;
        _heap.Enqueue((who, key.Item2), key);
        if (_heap.Count > 64 && _heap.Count > 2 * _current.Count)
            Rebuild();
    }

    public void Cancel(ITimed who) => _current.Remove(who);

    /// <summary>Takes one that is due, the earliest first; of those due at once, the one set first.</summary>
    public bool TryTakeDue(Instant now, out ITimed who)
    {
        DropStale();
        who = null!;
        if (!_heap.TryPeek(out var head, out var key) || key.At > now)
            return false;
        _heap.Dequeue();
        _current.Remove(head.Who);
        who = head.Who;
        return true;
    }

    private void DropStale()
    {
        while (_heap.TryPeek(out var head, out _) && !(_current.TryGetValue(head.Who, out var set) && set.Ticket == head.Ticket))
            _heap.Dequeue();
    }

    private void Rebuild()
    {
        _heap.Clear();
        foreach (var (who, key) in _current)
            _heap.Enqueue((who, key.Ticket), key);
    }
}
