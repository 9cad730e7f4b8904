using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>One installed child SA pair.</summary>
/// <param name="confirmAt">When to take it for granted that the peer has its half; null when that is known already.</param>
internal sealed class ChildSa(IkeSa owner, Channel channel, EspSuite suite, uint inboundSpi, bool fromAuth, Instant? confirmAt)
{
    /// <summary>The IKE SA that speaks for it; a rekeyed one hands it on.</summary>
    public IkeSa Owner { get; set; } = owner;

    public Channel Channel { get; } = channel;

    public EspSuite Suite { get; } = suite;

    public uint InboundSpi { get; } = inboundSpi;

    public uint OutboundSpi => Suite.PeerSpi;

    /// <summary>Made by IKE_AUTH rather than CREATE_CHILD_SA.</summary>
    public bool FromAuth { get; } = fromAuth;

    public Instant Since { get; init; }

    public ChildSaStatus Status => new(InboundSpi, OutboundSpi, Suite.Algorithm, Suite.ExtendedSequenceNumbers, Since, StateNow,
        IsUsable && !IsReplaced ? RekeyAt : null, IsUsable ? HardAt : null);

    public Instant? ConfirmAt { get; private set; } = confirmAt;

    /// <summary>The peer has installed its half, so that we may send on it.</summary>
    public bool IsConfirmed { get; private set; } = confirmAt is null;

    /// <summary>When to begin rekeying it; null once that has begun.</summary>
    public Instant? RekeyAt { get; set; }

    /// <summary>When it ends, replaced or not.</summary>
    public Instant HardAt { get; set; }

    /// <summary>When we delete it although the peer should have (it replaced it, or lost a collision).</summary>
    public Instant? RetireAt { get; set; }

    /// <summary>A rekeying of ours is under way, waiting for its turn or for another try.</summary>
    public bool IsRekeying { get; set; }

    /// <summary>Made by the exchange that lost a collision: whoever began it deletes it. Never sends.</summary>
    public bool IsRedundant { get; set; }

    /// <summary>Our DELETE for it waits for its turn or its answer. Receives only.</summary>
    public bool IsDeleting { get; set; }

    /// <summary>Removed from the data plane.</summary>
    public bool IsGone { get; set; }

    /// <summary>What took its place.</summary>
    public ChildSa? Successor { get; set; }

    /// <summary>The peer's rekeying of it, which we answered: what it made, and the lower of its two nonces.</summary>
    public (ChildSa Made, byte[] LowerNonce)? PeerRekey { get; set; }

    public bool IsReplaced => Successor is { IsGone: false };

    /// <summary>It carries the channel, or will.</summary>
    public bool IsUsable => !IsRedundant && !IsDeleting && !IsGone;

    public Instant? NextDeadline
    {
        get
        {
            var deadline = Instant.Earlier(ConfirmAt, RetireAt);
            if (!IsUsable)
                return deadline;
            // While one rekeying is under way another one waits, however long the peer takes.
            if (!IsReplaced && !IsRekeying)
                deadline = Instant.Earlier(deadline, RekeyAt);
            return Instant.Earlier(deadline, HardAt);
        }
    }

    private ChildSaState StateNow =>
        Channel.Sending == this ? ChildSaState.Sending
        : IsDeleting || IsRedundant ? ChildSaState.Deleting
        : IsReplaced ? ChildSaState.Replaced
        : ChildSaState.Waiting;

    public void Confirm()
    {
        ConfirmAt = null;
        IsConfirmed = true;
    }

    /// <summary>Only a sign from the peer confirms it, or nobody does.</summary>
    public void AwaitProof() => ConfirmAt = null;

    /// <summary>The peer has not heard of it yet: it asks again.</summary>
    public void Postpone(Instant confirmAt)
    {
        if (ConfirmAt is not null)
            ConfirmAt = confirmAt;
    }
}
