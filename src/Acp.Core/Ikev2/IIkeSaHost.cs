using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>What an <see cref="IkeSa"/> and its exchanges need from the machine that owns them.</summary>
internal interface IIkeSaHost
{
    Ikev2Options Options { get; }

    Ikev2Identity Identity { get; }

    IIkeCrypto Crypto { get; }

    RandomSource Random { get; }

    ProposalSelector Proposals { get; }

    Outbox<Ikev2Action> Actions { get; }

    Outbox<Ikev2Fact> Facts { get; }

    FragmentBudget Fragments { get; }

    /// <summary>Null when nobody reads along.</summary>
    IkeTracer? Tracer { get; }

    /// <summary>A name for a question whose answer goes to the SA's handshake.</summary>
    RequestId Ask(IkeSa sa);

    /// <summary>An unused inbound ESP SPI (E-23).</summary>
    uint NewEspSpi();

    void ReleaseEspSpi(uint spi);

    /// <summary>An unused IKE SPI of ours.</summary>
    ulong NewIkeSpi();

    /// <summary>Begins to replace an IKE SA, unless that is under way.</summary>
    void RekeyIke(Instant now, IkeSa sa);

    /// <summary>An IKE SA that a rekeying made, pending until <see cref="Inherit"/>. Takes over the keys.</summary>
    IkeSa AddRekeyed(Instant now, IkeSa old, IkeSaId id, KeyMaterial keys, bool weInitiated);

    /// <summary>A rekeyed IKE SA takes the place and the children of the old one, which is only waiting for its DELETE.</summary>
    void Inherit(Instant now, IkeSa old, IkeSa made);

    /// <summary>The peer's rekeying stays rather than ours: what it made inherits. If the peer closed that already, all ends.</summary>
    void TakePeerRekey(Instant now, IkeSa old);

    /// <summary>The IKE SA's time or message IDs are over: it ends with its children.</summary>
    void Exhausted(Instant now, IkeSa sa);

    /// <summary>Ends an IKE SA by a DELETE.</summary>
    void BeginDelete(Instant now, IkeSa sa);

    /// <summary>The peer is authenticated and accepted.</summary>
    void Established(Instant now, IkeSa sa, PeerIdentity peer);

    /// <summary>Hands a new child SA to its channel and the data plane.</summary>
    /// <param name="weInitiated">We began the exchange that made it: the peer has its half already.</param>
    /// <param name="redundant">It lost a collision: it receives until it is deleted, and never sends.</param>
    ChildSa InstallChild(Instant now, IkeSa sa, EspSuite suite, uint inboundSpi, SecretBytes inboundKey, SecretBytes outboundKey,
        bool weInitiated, ChildSa? replaces, bool redundant);

    /// <summary>Ends a child SA by a DELETE; it receives until that is answered.</summary>
    void DeleteChild(Instant now, ChildSa child);

    void RemoveChild(Instant now, ChildSa child);

    /// <summary>The peer deleted the last child SA of the channel: it can carry nothing, and routing must know at once.</summary>
    void LostLastChild(Instant now, IkeSa sa);

    /// <summary>Decides between several IKE SAs of one channel; called when the messages that made a new one have been sent.</summary>
    void Settle(Instant now, IkeSa sa);

    /// <summary>The IKE SA is over for the given reason, whatever its state; nothing more is sent on it except repeated answers.</summary>
    void Ended(Instant now, IkeSa sa, ChannelCloseReason reason, bool byPeerDelete);

    /// <summary>The closing exchange of an SA is complete.</summary>
    void Finished(Instant now, IkeSa sa);

    /// <summary>Our attempt failed before authentication was complete.</summary>
    void InitiationFailed(Instant now, IkeSa sa, InitiationFailure reason, string text);

    /// <summary>The ports of its path changed.</summary>
    void PathMoved(IkeSa sa);

    /// <summary>A sign that the peer has its half of a new IKE SA.</summary>
    void PeerActive(IkeSa sa);
}
