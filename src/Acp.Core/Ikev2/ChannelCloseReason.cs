namespace Acp.Core.Ikev2;

/// <summary>Why a secure channel ended.</summary>
public enum ChannelCloseReason
{
    /// <summary>The peer sent a Delete payload or an error that ends the IKE SA.</summary>
    PeerDelete,

    /// <summary>No answer within the retransmission budget (D-44).</summary>
    DeadPeer,

    /// <summary>The link went down.</summary>
    LinkDown,

    /// <summary>A certificate in the peer's chain expired (C-19).</summary>
    CertificateExpired,

    /// <summary>Revocation, or another late refusal of the peer .</summary>
    PeerRefused,

    /// <summary>We accepted the peer, and then it told us that it does not accept us (RFC 7296 §2.21.2).</summary>
    RefusedByPeer,

    /// <summary>The peer began anew and said that it has no older SA (INITIAL_CONTACT, D-37).</summary>
    PeerRestarted,

    /// <summary>Our own wish: shutdown, administration.</summary>
    Local,

    /// <summary>The same link-local address now authenticates as somebody else.</summary>
    IdentityChanged,

    /// <summary>The peer broke the protocol (D-48).</summary>
    ProtocolError,

    /// <summary>Message IDs or lifetime are used up and no rekey replaced the SA (D-09).</summary>
    Exhausted,
}
