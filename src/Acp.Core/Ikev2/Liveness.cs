using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>Whether the peer of one IKE SA lives: when it was heard, and when to ask it (RFC 7296 §2.4; D-44, D-45).</summary>
internal sealed class Liveness(IkeSa sa, Instant now)
{
    private Instant? _lastHint;

    /// <summary>On the SA itself, by what was authentic and new, or on its child SAs.</summary>
    public Instant LastHeard { get; private set; } = now;

    public Instant? NextDeadline =>
        sa.State == IkeSaState.Established && sa.InFlight is null ? LastHeard + sa.Host.Options.LivenessIdle : null;

    /// <summary>Place of the peer's last message that was authentic and new among all events of this machine.</summary>
    public long LastMessageOrder { get; private set; }

    /// <summary>The peer was heard, here or on one of the child SAs.</summary>
    public void NoteHeard(Instant now) => LastHeard = now;

    /// <summary>The peer said something authentic and new on this SA.</summary>
    public void NoteMessage(Instant now)
    {
        NoteHeard(now);
        LastMessageOrder = sa.Host.NextOrder();
    }

    /// <summary>Somebody claims, without protection, that the peer lost this SA: ask it, once in a while (D-45).</summary>
    public void HandleHint(Instant now)
    {
        if (sa is { State: IkeSaState.Closing, IsSuperseded: true })
        {
            // The peer authenticated anew and nothing depends on the old one, so that the hint may be believed. Of another closing SA it
            // may not: perhaps the answer that made it is still on its way, and the peer uses the child SAs until it has arrived.
            sa.Host.Finished(now, sa);
            return;
        }

        if (sa.State != IkeSaState.Established || sa.InFlight is not null
            || (_lastHint is { } last && now - last < sa.Host.Options.HintInterval))
            return;
        _lastHint = now;
        sa.Traffic.LivenessProbes++;
        sa.Host.Facts.Add(new Ikev2Fact.LivenessProbe(sa.Id, sa.Path.Link, sa.Path.Remote, true));
        sa.Request(now, new LivenessExchange(true));
    }

    /// <summary>Asks the peer whether it has this SA.</summary>
    public void Probe(Instant now)
    {
        sa.Host.Facts.Add(new Ikev2Fact.LivenessProbe(sa.Id, sa.Path.Link, sa.Path.Remote, false));
        sa.Request(now, new LivenessExchange(false));
    }

    public void HandleTime(Instant now)
    {
        if (NextDeadline is not { } idle || now < idle)
            return;
        sa.Traffic.LivenessProbes++;
        Probe(now);
    }
}
