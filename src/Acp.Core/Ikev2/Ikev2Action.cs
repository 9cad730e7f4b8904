using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>What <see cref="Ikev2Machine"/> wants done.</summary>
public abstract record Ikev2Action
{
    private Ikev2Action()
    {
    }

    /// <summary>Send one UDP datagram from our address and port on the link.</summary>
    public sealed record SendDatagram(LinkId Link, Ipv6Address Local, ushort LocalPort, Ipv6Address Remote, ushort RemotePort,
        ReadOnlyMemory<byte> Datagram) : Ikev2Action
    {
        public override string ToString() =>
            $"SendDatagram {Link} {Local}:{LocalPort} > {Remote}:{RemotePort} {Datagram.Length} octets";
    }

    /// <summary>
    /// Sign <paramref name="Octets"/> with our certificate's key, by a hash the peer takes; answer with
    /// <see cref="Ikev2Machine.HandleSigned"/>. An empty signature says that it could not be done.
    /// </summary>
    public sealed record SignAuth(RequestId Request, IkeSaId IkeSa, ReadOnlyMemory<byte> Octets,
        IReadOnlyList<SignatureHash> PeerHashes) : Ikev2Action;

    /// <summary>
    /// Check the peer's signature over <paramref name="SignedOctets"/>, its chain and its domain membership, and its ID against its
    /// certificate (D-28); answer with <see cref="Ikev2Machine.HandlePeerVerdict"/>.
    /// </summary>
    /// <param name="Certificates">DER, in the order received: leaf first.</param>
    public sealed record VerifyPeer(RequestId Request, IkeSaId IkeSa, LinkId Link, Ipv6Address Remote,
        IReadOnlyList<ReadOnlyMemory<byte>> Certificates, IdType IdType, ReadOnlyMemory<byte> IdData,
        ReadOnlyMemory<byte> SignedOctets, ReadOnlyMemory<byte> AlgorithmIdentifier, ReadOnlyMemory<byte> Signature)
        : Ikev2Action;

    /// <summary>A neighbour's valid IKE_SA_INIT arrived: do not start a competing one that has not begun yet.</summary>
    public sealed record PeerInitiated(LinkId Link, Ipv6Address Remote) : Ikev2Action;

    /// <summary>
    /// A new channel: make its interface. Its first <see cref="InstallChildSa"/> follows. Fires once per channel;
    /// rekeyed and replaced IKE SAs keep it.
    /// </summary>
    public sealed record ChannelEstablished(ChannelId Channel, LinkId Link, Ipv6Address Local, Ipv6Address Remote, IkeSaId IkeSa,
        PeerIdentity Peer, bool WeAreDecider) : Ikev2Action
    {
        /// <summary>ESP goes in UDP, at first; null for native ESP.</summary>
        public UdpEncapsulation? Encapsulation { get; init; }
    }

    /// <summary>The channel's ESP in UDP goes to another port from now on: a NAT before the peer changed its mapping.</summary>
    public sealed record ChannelMoved(ChannelId Channel, UdpEncapsulation Encapsulation) : Ikev2Action;

    /// <summary>
    /// The same neighbour authenticated again, having lost its old IKE SA (it restarted, most likely). The channel and
    /// its interface stay; sessions inside are probably dead on the other end.
    /// </summary>
    public sealed record ChannelRenewed(ChannelId Channel, LinkId Link, Ipv6Address Remote, IkeSaId IkeSa, PeerIdentity Peer)
        : Ikev2Action;

    /// <summary>The same neighbour authenticated again, or we to it, while the channel goes on: its certificate may be another.</summary>
    public sealed record ChannelReauthenticated(ChannelId Channel, LinkId Link, Ipv6Address Remote, IkeSaId IkeSa, PeerIdentity Peer)
        : Ikev2Action;

    /// <summary>
    /// Install both directions. The keys now belong to whoever takes this action. When <paramref name="SendAtOnce"/> is
    /// false, only the inbound direction is to be used until <see cref="SwitchOutbound"/>: the peer may not have
    /// its half yet.
    /// </summary>
    public sealed record InstallChildSa(ChildSaParameters ChildSa, bool SendAtOnce, IkeSaId IkeSa) : Ikev2Action
    {
        public override string ToString() =>
            $"InstallChildSa {ChildSa.Channel} in {ChildSa.InboundSpi:x8} out {ChildSa.OutboundSpi:x8} {ChildSa.Algorithm} "
            + $"esn={ChildSa.ExtendedSequenceNumbers} sendAtOnce={SendAtOnce} {IkeSa}";
    }

    /// <summary>From now on the channel sends on this child SA, named by its inbound SPI.</summary>
    public sealed record SwitchOutbound(ChannelId Channel, uint InboundSpi) : Ikev2Action;

    /// <summary>Remove both directions of one child SA.</summary>
    public sealed record RemoveChildSa(ChannelId Channel, uint InboundSpi, uint OutboundSpi) : Ikev2Action;

    /// <summary>The channel is gone, its child SAs were removed before.</summary>
    public sealed record ChannelClosed(ChannelId Channel, LinkId Link, Ipv6Address Remote, ChannelCloseReason Reason,
        bool ByPeerDelete) : Ikev2Action;

    /// <summary>
    /// The keys of a new IKE SA, for a protocol analyser; only with <see cref="Ikev2Options.RevealKeys"/>. They are copies
    /// and belong to whoever takes this action. An action, never a fact: facts are printed.
    /// </summary>
    /// <param name="SkAi">Of no length for an AEAD, as <paramref name="SkAr"/>.</param>
    /// <param name="SkEi">For an AEAD with its salt at the end, as <paramref name="SkEr"/>.</param>
    public sealed record RevealIkeKeys(IkeSaId IkeSa, IkeSuite Suite, SecretBytes SkEi, SecretBytes SkEr, SecretBytes SkAi,
        SecretBytes SkAr) : Ikev2Action, IDisposable
    {
        public void Dispose()
        {
            SkEi.Dispose();
            SkEr.Dispose();
            SkAi.Dispose();
            SkAr.Dispose();
        }

        public override string ToString() => $"RevealIkeKeys {IkeSa} {Suite}";
    }

    /// <summary>Our attempt ended without an IKE SA.</summary>
    public sealed record InitiationFailed(LinkId Link, Ipv6Address Remote, InitiationFailure Reason, string Text) : Ikev2Action;

    /// <summary>We refused what the peer initiated, after it had shown its credentials.</summary>
    public sealed record ResponderRefused(LinkId Link, Ipv6Address Remote, string Text) : Ikev2Action;
}
