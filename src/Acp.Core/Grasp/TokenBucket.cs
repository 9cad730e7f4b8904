using Acp.Core.Time;

namespace Acp.Core.Grasp;

/// <summary>So many a second, and a burst of so many after a rest. Counts in virtual time.</summary>
internal sealed class TokenBucket(double perSecond, double burst)
{
    private readonly double _burst = burst;
    private double _tokens = burst;
    private Instant? _filledAt;

    public bool CanTake(Instant now)
    {
        if (_filledAt is { } then && now > then)
            _tokens = Math.Min(_burst, _tokens + (now - then).TotalSeconds * perSecond);
        if (_filledAt is null || now > _filledAt)
            _filledAt = now;
        return _tokens >= 1;
    }

    /// <summary>After <see cref="CanTake"/> said so.</summary>
    public void Take() => _tokens--;
}
