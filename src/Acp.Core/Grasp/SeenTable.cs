using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// (session id, initiator) pairs of multicast messages, each remembered for the same time: what ends loops (H-29, H-35).
/// When it is full the oldest is forgotten early.
/// </summary>
internal sealed class SeenTable(TimeSpan lifetime, int capacity, GraspCounters counters)
{
    private readonly Dictionary<(uint SessionId, Initiator Initiator), Instant> _expires = [];
    private readonly Queue<(uint SessionId, Initiator Initiator)> _byAge = new();

    public int Count => _expires.Count;

    public bool Contains(Instant now, uint sessionId, Initiator initiator) =>
        _expires.TryGetValue((sessionId, initiator), out var expires) && expires > now;

    /// <summary>False when it is remembered already.</summary>
    public bool TryAdd(Instant now, uint sessionId, Initiator initiator)
    {
        while (_byAge.TryPeek(out var oldest) && _expires[oldest] <= now)
            RemoveOldest();
        if (!_expires.TryAdd((sessionId, initiator), now + lifetime))
            return false;
        _byAge.Enqueue((sessionId, initiator));
        if (_expires.Count > capacity)
        {
            RemoveOldest();
            counters.Count(GraspDropReason.CacheEviction);
        }
        return true;
    }

    private void RemoveOldest() => _expires.Remove(_byAge.Dequeue());
}
