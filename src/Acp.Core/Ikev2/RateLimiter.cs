using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>A token bucket: so many per second, in bursts of twice as many.</summary>
public sealed class RateLimiter(int perSecond)
{
    private double _tokens = 2 * perSecond;
    private Instant? _last;

    public bool TryTake(Instant now)
    {
        if (_last is { } last && now > last)
            _tokens = Math.Min(2 * perSecond, _tokens + (now - last).TotalSeconds * perSecond);
        _last = now;
        if (_tokens < 1)
            return false;
        _tokens--;
        return true;
    }
}
