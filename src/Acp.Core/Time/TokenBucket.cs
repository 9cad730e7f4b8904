namespace Acp.Core.Time;

/// <summary>A limit of rates: so many a second, and a burst of so many after a rest.</summary>
public sealed class TokenBucket(double perSecond, double burst)
{
    private readonly double _burst = burst;
    private double _tokens = burst;
    private Instant? _filledAt;

    /// <summary>Bursts of twice as many as come in a second.</summary>
    public TokenBucket(double perSecond)
        : this(perSecond, 2 * perSecond)
    {
    }

    public bool TryTake(Instant now)
    {
        if (!CanTake(now))
            return false;
        Take();
        return true;
    }

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
