using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>What <see cref="Ikev2Machine"/> noticed. All that concern a tunnel carry its SPIs.</summary>
public abstract record Ikev2Fact
{
    private Ikev2Fact()
    {
    }

    public sealed record InitiationStarted(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote) : Ikev2Fact;

    public sealed record InitiationEnded(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, InitiationFailure Reason, string Text)
        : Ikev2Fact;

    /// <summary>Our own attempt was called off, since the peer's came first.</summary>
    public sealed record InitiationSuperseded(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote) : Ikev2Fact;

    public sealed record IkeSaEstablished(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, string Peer, string Suite,
        bool WeInitiated, bool WeAreDecider) : Ikev2Fact;

    /// <summary>We have a postquantum preshared key and the peer does not: the IKE SA is as safe as its key exchange (RFC 8784).</summary>
    public sealed record PpkNotUsed(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote) : Ikev2Fact;

    public sealed record IkeSaRekeyed(IkeSaId Old, IkeSaId New, LinkId Link, Ipv6Address Remote) : Ikev2Fact;

    public sealed record IkeSaClosed(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, ChannelCloseReason Reason, bool ByPeerDelete)
        : Ikev2Fact;

    public sealed record ChildSaEstablished(IkeSaId IkeSa, ChannelId Channel, uint InboundSpi, uint OutboundSpi,
        EspAlgorithm Algorithm, bool ExtendedSequenceNumbers) : Ikev2Fact;

    public sealed record ChildSaRemoved(IkeSaId IkeSa, ChannelId Channel, uint InboundSpi, uint OutboundSpi) : Ikev2Fact;

    public sealed record ChildSaRefused(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, NotifyType Notify) : Ikev2Fact;

    /// <summary>Both sides initiated at once; the Decider closes <paramref name="Surplus"/> (RFC 8994 §6.6).</summary>
    public sealed record SurplusIkeSa(IkeSaId Kept, IkeSaId Surplus, LinkId Link, Ipv6Address Remote, bool WeAreDecider) : Ikev2Fact;

    /// <summary>The peer authenticated anew after <paramref name="Old"/> was established: it lost it.</summary>
    public sealed record IkeSaReplaced(IkeSaId Old, IkeSaId New, LinkId Link, Ipv6Address Remote) : Ikev2Fact;

    /// <summary>One end authenticated again, while both have the old one: the new one takes its place without a break.</summary>
    public sealed record IkeSaReauthenticated(IkeSaId Old, IkeSaId New, LinkId Link, Ipv6Address Remote) : Ikev2Fact;

    /// <summary>
    /// Both ends rekeyed the same SA at once (RFC 7296 §2.8.1, §2.8.2). When <paramref name="Won"/>, what we began stays and the peer
    /// closes its own; else the reverse.
    /// </summary>
    public sealed record RekeyCollision(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, bool OfIkeSa, bool Won) : Ikev2Fact;

    /// <summary>An SA reached its soft lifetime, or its message IDs run out: a rekeying begins.</summary>
    public sealed record LifetimeNear(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, uint? InboundSpi) : Ikev2Fact;

    /// <summary>An SA ended since nobody replaced it in time (D-09, D-40), or the peer put us off for too long (D-42).</summary>
    public sealed record LifetimeOver(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, uint? InboundSpi) : Ikev2Fact;

    public sealed record Retransmitting(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, ExchangeType Exchange, uint MessageId,
        int Attempt) : Ikev2Fact;

    public sealed record ResponseRepeated(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, uint MessageId) : Ikev2Fact;

    public sealed record LivenessProbe(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, bool Hinted) : Ikev2Fact;

    /// <summary>We refused the peer; <paramref name="Code"/> is the verdict's.</summary>
    public sealed record PeerRefused(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, string Code, string Text) : Ikev2Fact;

    /// <summary>We answered a request with an error.</summary>
    public sealed record RequestRefused(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, ExchangeType Exchange, NotifyType Notify,
        string Text) : Ikev2Fact;

    /// <summary>The peer sent an error.</summary>
    public sealed record ErrorReceived(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, ExchangeType Exchange, NotifyType Notify,
        bool Protected) : Ikev2Fact;

    /// <summary>Bytes that are not an IKEv2 message.</summary>
    public sealed record Malformed(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, IkeRefusal Refusal, bool Protected) : Ikev2Fact;

    public sealed record Dropped(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, IkeDrop Reason) : Ikev2Fact;

    /// <summary>A message in the clear; only while <see cref="Ikev2Machine.Tracing"/>. What came of it are the facts that follow.</summary>
    public sealed record Traced(TracedMessage Message) : Ikev2Fact;

    /// <summary>NAT detection disagrees: noted, never acted on between link-local addresses (D-53).</summary>
    public sealed record NatDetected(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote) : Ikev2Fact;

    /// <summary>To this remote neighbour ESP goes in UDP (RFC 7296 §2.23).</summary>
    public sealed record NatTraversed(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, NatState Nat) : Ikev2Fact;

    /// <summary>A remote neighbour's IKE SA goes on with other ports.</summary>
    public sealed record PathMoved(IkeSaId IkeSa, LinkId Link, Ipv6Address Remote, ushort LocalPort, ushort RemotePort) : Ikev2Fact;
}
