using Acp.Core.Time;

namespace Acp.Core.Grasp;

/// <summary>
/// The rate limit of a relay (H-30). One arrival interface gets half of the whole rate, so that a storm behind one of them
/// leaves room for what comes by the others.
/// </summary>
internal sealed class RelayLimiter(double perSecond, double burstSeconds)
{
    private readonly TokenBucket _all = new(perSecond, perSecond * burstSeconds);
    private readonly Dictionary<GraspInterfaceId, TokenBucket> _arrival = [];

    public bool TryTake(Instant now, GraspInterfaceId? arrival)
    {
        TokenBucket? one = null;
        if (arrival is { } id && !_arrival.TryGetValue(id, out one))
            _arrival.Add(id, one = new TokenBucket(perSecond / 2, perSecond * burstSeconds / 2));
        if (!_all.CanTake(now) || one?.CanTake(now) == false)
            return false;
        _all.Take();
        one?.Take();
        return true;
    }

    public void Forget(GraspInterfaceId arrival) => _arrival.Remove(arrival);
}
