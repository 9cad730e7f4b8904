namespace Acp.Linux.Grasp;

/// <summary>Why a connection inside the ACP did not come about, or ended. Usable as a counter.</summary>
public enum SubstrateRefusal
{
    None = 0,

    /// <summary>To an address of ours that is neither the ACP address nor that of a channel: the host's window, for one.</summary>
    WrongAddress,

    /// <summary>From a link-local address of no channel that GRASP knows.</summary>
    UnknownChannel,

    /// <summary>More streams than we hold, all peers together.</summary>
    TooMany,

    /// <summary>More than one peer may have.</summary>
    TooManyOfPeer,

    /// <summary>Not open, or not done with its handshake, in time.</summary>
    Timeout,

    /// <summary>A handshake that failed otherwise than by a certificate: no certificate, no common version or suite, no TLS.</summary>
    HandshakeFailed,

    /// <summary>Not a member of our domain; counted by reason, too.</summary>
    NotMember,

    /// <summary>It was open when the peer's certificate or ours came to its end.</summary>
    CertificateEnded,

    /// <summary>The peer took nothing for so long that too much was waiting (J-14).</summary>
    Stalled,

    /// <summary>Not CBOR, or too much of it.</summary>
    BadItem,

    /// <summary>An IPv4 locator, or a name: nobody resolves those inside the ACP (H-50).</summary>
    NoRoute,
}
