using System.Text.Json;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Wire;

namespace Acp.Daemon.Trace;

/// <summary>What the IKE machine noticed, in plain words.</summary>
internal static class FactText
{
    /// <summary>A stable word: the fact's name in kebab case.</summary>
    public static string Code(Ikev2Fact fact) => JsonNamingPolicy.KebabCaseLower.ConvertName(fact.GetType().Name);

    public static string Of(Ikev2Fact fact) => fact switch
    {
        Ikev2Fact.InitiationStarted => "we begin",
        Ikev2Fact.InitiationEnded f => $"our attempt failed: {f.Text}",
        Ikev2Fact.InitiationSuperseded => "our own attempt is called off, the peer's came first",
        Ikev2Fact.IkeSaEstablished f => $"IKE SA established with {f.Peer}, {(f.WeInitiated ? "we initiated" : "we responded")}, "
            + $"we are the {(f.WeAreDecider ? "Decider" : "Follower")}",
        Ikev2Fact.IkeSaRekeyed f => $"IKE SA replaced by {f.New}",
        Ikev2Fact.IkeSaClosed f => $"IKE SA closed: {Closed(f.Reason)}",
        Ikev2Fact.ChildSaEstablished f => $"child SA {f.InboundSpi:x8} in, {f.OutboundSpi:x8} out: {IkeNames.Of(f.Algorithm)}"
            + (f.ExtendedSequenceNumbers ? " with extended sequence numbers" : ""),
        Ikev2Fact.ChildSaRemoved f => $"child SA {f.InboundSpi:x8} in, {f.OutboundSpi:x8} out removed",
        Ikev2Fact.ChildSaRefused f => $"no child SA: {IkeNames.Of(f.Notify)}",
        Ikev2Fact.SurplusIkeSa f => $"both sides initiated: {f.Kept} stays, {f.Surplus} goes; "
            + (f.WeAreDecider ? "we decide" : "the peer decides"),
        Ikev2Fact.IkeSaReplaced f => $"the peer began anew: {f.New} takes the place of {f.Old}",
        Ikev2Fact.IkeSaReauthenticated f => $"authenticated again: {f.New} takes the place of {f.Old}",
        Ikev2Fact.RekeyCollision f => $"both ends rekeyed the {(f.OfIkeSa ? "IKE SA" : "child SA")} at once: "
            + (f.Won ? "ours stays" : "the peer's stays"),
        Ikev2Fact.LifetimeNear f => f.InboundSpi is { } spi ? $"child SA {spi:x8} nears its end: rekeying" : "the IKE SA nears its end: rekeying",
        Ikev2Fact.LifetimeOver f => (f.InboundSpi is { } spi ? $"child SA {spi:x8}" : "the IKE SA") + " ends: nobody replaced it in time",
        Ikev2Fact.Retransmitting f => $"no answer to {IkeNames.Of(f.Exchange)} request {f.MessageId}: sent for the {Ordinal(f.Attempt)} time",
        Ikev2Fact.ResponseRepeated f => $"the peer asked again: answer {f.MessageId} sent once more",
        Ikev2Fact.LivenessProbe f => f.Hinted ? "somebody says the peer lost this SA: we ask it" : "nothing heard for a while: does the peer live?",
        Ikev2Fact.PeerRefused f => $"peer refused ({f.Code}): {f.Text}",
        Ikev2Fact.RequestRefused f => $"{IkeNames.Of(f.Exchange)} refused with {IkeNames.Of(f.Notify)}: {f.Text}",
        Ikev2Fact.ErrorReceived f => $"the peer answered {IkeNames.Of(f.Exchange)} with {IkeNames.Of(f.Notify)}"
            + (f.Protected ? "" : " (unprotected, so anybody may have said it)"),
        Ikev2Fact.Malformed f => $"not understood: {f.Refusal}" + (f.Protected ? " inside a protected message" : ""),
        Ikev2Fact.Dropped f => $"ignored: {Dropped(f.Reason)}",
        Ikev2Fact.NatDetected => "addresses changed on the way (NAT)",
        Ikev2Fact.NatTraversed => "ESP goes in UDP, since addresses change on the way (NAT)",
        Ikev2Fact.PathMoved f => $"the peer is now reached from port {f.LocalPort} at port {f.RemotePort}",
        Ikev2Fact.PpkNotUsed => "no postquantum preshared key: the peer has none of ours",
        Ikev2Fact.Traced f => f.Message.ToString(),
        _ => fact.ToString(),
    };

    /// <summary>The end of a sentence: "closed: …".</summary>
    public static string Closed(ChannelCloseReason reason) => reason switch
    {
        ChannelCloseReason.PeerDelete => "the peer deleted it",
        ChannelCloseReason.DeadPeer => "the peer stopped answering",
        ChannelCloseReason.LinkDown => "the link went down",
        ChannelCloseReason.CertificateExpired => "a certificate in the peer's chain expired",
        ChannelCloseReason.PeerRefused => "we do not accept the peer (any more)",
        ChannelCloseReason.RefusedByPeer => "the peer does not accept our certificate; its log says why",
        ChannelCloseReason.Local => "we wished so",
        ChannelCloseReason.IdentityChanged => "the same address is now somebody else",
        ChannelCloseReason.ProtocolError => "the peer broke the protocol",
        ChannelCloseReason.Exhausted => "its lifetime ended without a successor",
        _ => reason.ToString(),
    };

    /// <summary>Whom a fact is about; null when it says only a channel, or nobody.</summary>
    public static (LinkId Link, Ipv6Address Remote)? PeerOf(Ikev2Fact fact) => fact switch
    {
        Ikev2Fact.InitiationStarted f => (f.Link, f.Remote),
        Ikev2Fact.InitiationEnded f => (f.Link, f.Remote),
        Ikev2Fact.InitiationSuperseded f => (f.Link, f.Remote),
        Ikev2Fact.IkeSaEstablished f => (f.Link, f.Remote),
        Ikev2Fact.IkeSaRekeyed f => (f.Link, f.Remote),
        Ikev2Fact.IkeSaClosed f => (f.Link, f.Remote),
        Ikev2Fact.ChildSaRefused f => (f.Link, f.Remote),
        Ikev2Fact.SurplusIkeSa f => (f.Link, f.Remote),
        Ikev2Fact.IkeSaReplaced f => (f.Link, f.Remote),
        Ikev2Fact.IkeSaReauthenticated f => (f.Link, f.Remote),
        Ikev2Fact.RekeyCollision f => (f.Link, f.Remote),
        Ikev2Fact.LifetimeNear f => (f.Link, f.Remote),
        Ikev2Fact.LifetimeOver f => (f.Link, f.Remote),
        Ikev2Fact.Retransmitting f => (f.Link, f.Remote),
        Ikev2Fact.ResponseRepeated f => (f.Link, f.Remote),
        Ikev2Fact.LivenessProbe f => (f.Link, f.Remote),
        Ikev2Fact.PeerRefused f => (f.Link, f.Remote),
        Ikev2Fact.RequestRefused f => (f.Link, f.Remote),
        Ikev2Fact.ErrorReceived f => (f.Link, f.Remote),
        Ikev2Fact.Malformed f => (f.Link, f.Remote),
        Ikev2Fact.Dropped f => (f.Link, f.Remote),
        Ikev2Fact.NatDetected f => (f.Link, f.Remote),
        Ikev2Fact.NatTraversed f => (f.Link, f.Remote),
        Ikev2Fact.PathMoved f => (f.Link, f.Remote),
        Ikev2Fact.PpkNotUsed f => (f.Link, f.Remote),
        Ikev2Fact.Traced f => f.Message.Path.Neighbor,
        _ => null,
    };

    public static IkeSaId? SaOf(Ikev2Fact fact) => fact switch
    {
        Ikev2Fact.InitiationStarted f => f.IkeSa,
        Ikev2Fact.InitiationEnded f => f.IkeSa,
        Ikev2Fact.InitiationSuperseded f => f.IkeSa,
        Ikev2Fact.IkeSaEstablished f => f.IkeSa,
        Ikev2Fact.IkeSaRekeyed f => f.Old,
        Ikev2Fact.IkeSaClosed f => f.IkeSa,
        Ikev2Fact.ChildSaEstablished f => f.IkeSa,
        Ikev2Fact.ChildSaRemoved f => f.IkeSa,
        Ikev2Fact.ChildSaRefused f => f.IkeSa,
        Ikev2Fact.SurplusIkeSa f => f.Kept,
        Ikev2Fact.IkeSaReplaced f => f.New,
        Ikev2Fact.IkeSaReauthenticated f => f.New,
        Ikev2Fact.RekeyCollision f => f.IkeSa,
        Ikev2Fact.LifetimeNear f => f.IkeSa,
        Ikev2Fact.LifetimeOver f => f.IkeSa,
        Ikev2Fact.Retransmitting f => f.IkeSa,
        Ikev2Fact.ResponseRepeated f => f.IkeSa,
        Ikev2Fact.LivenessProbe f => f.IkeSa,
        Ikev2Fact.PeerRefused f => f.IkeSa,
        Ikev2Fact.RequestRefused f => f.IkeSa,
        Ikev2Fact.ErrorReceived f => f.IkeSa,
        Ikev2Fact.Malformed f => f.IkeSa,
        Ikev2Fact.Dropped f => f.IkeSa,
        Ikev2Fact.NatDetected f => f.IkeSa,
        Ikev2Fact.NatTraversed f => f.IkeSa,
        Ikev2Fact.PathMoved f => f.IkeSa,
        Ikev2Fact.PpkNotUsed f => f.IkeSa,
        _ => null,
    };

    private static string Dropped(IkeDrop reason) => reason switch
    {
        IkeDrop.UnknownSpi => "no IKE SA of these SPIs",
        IkeDrop.WrongPath => "right SPIs, but another link, address or port",
        IkeDrop.NoMarker => "neither IKE nor a keepalive on the NAT traversal port",
        IkeDrop.Integrity => "the integrity check failed",
        IkeDrop.MessageId => "a message ID outside the window",
        IkeDrop.Unexpected => "nobody waits for it",
        IkeDrop.WrongState => "it does not fit the state of the SA",
        IkeDrop.Unprotected => "in the clear where protection is required",
        IkeDrop.HalfOpenLimit => "too many half-open SAs",
        IkeDrop.CookieDemanded => "it must bring a cookie first",
        IkeDrop.RateLimited => "answers of this kind are limited, and this is one too many",
        IkeDrop.Fragment => "a fragment that we have, or do not expect",
        IkeDrop.FragmentLimit => "more fragments than we hold, or they did not come in time",
        _ => reason.ToString(),
    };

    private static string Ordinal(int n) => n switch { 1 => "first", 2 => "second", 3 => "third", _ => $"{n}th" };
}
