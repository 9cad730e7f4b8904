using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>When to send a request again, and when to give up (RFC 7296 §2.4; D-08): waits grow by a factor.</summary>
public sealed class RetransmissionTimer
{
    private readonly double _factor;
    private TimeSpan _wait;

    /// <summary>Starts at the first transmission.</summary>
    public RetransmissionTimer(Instant now, TimeSpan initial, double factor, int transmissions)
    {
        _factor = factor;
        _wait = initial;
        Limit = transmissions;
        Deadline = now + initial;
    }

    /// <summary>Next transmission, or the end.</summary>
    public Instant Deadline { get; private set; }

    /// <summary>Transmissions so far, the first included.</summary>
    public int Sent { get; private set; } = 1;

    /// <summary>Transmissions allowed.</summary>
    public int Limit { get; private set; }

    /// <summary>Call when the deadline has passed: true to transmit again, false to give up.</summary>
    public bool TryAgain(Instant now)
    {
        if (Sent >= Limit)
            return false;
        Sent++;
        _wait *= _factor;
        Deadline = now + _wait;
        return true;
    }
}
