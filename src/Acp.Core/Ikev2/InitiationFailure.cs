namespace Acp.Core.Ikev2;

/// <summary>Why our own attempt to reach a neighbour ended without a channel (the caller backs off; C-16).</summary>
public enum InitiationFailure
{
    /// <summary>No answer within the retransmission budget.</summary>
    Timeout,

    /// <summary>The peer found nothing acceptable in our proposals, or answered with something we did not propose.</summary>
    NoProposalChosen,

    /// <summary>The peer wants a key exchange group that we did not offer, or keeps asking for others.</summary>
    KeyExchangeGroup,

    /// <summary>The peer does not speak our major version.</summary>
    Version,

    /// <summary>The peer refused our credentials.</summary>
    AuthenticationFailed,

    /// <summary>We refused the peer's.</summary>
    PeerRefused,

    /// <summary>The peer lacks SIGNATURE_HASH_ALGORITHMS, or shares none with us (D-22).</summary>
    SignatureHash,

    /// <summary>The peer does not use a postquantum preshared key, and we demand one (RFC 8784).</summary>
    PpkMissing,

    /// <summary>Our selectors were not acceptable, or were narrowed (D-33).</summary>
    TrafficSelectors,

    /// <summary>The peer's answer was malformed or out of order.</summary>
    Protocol,

    /// <summary>We could not sign.</summary>
    Signing,

    /// <summary>The link went down.</summary>
    LinkDown,

    /// <summary>We called it off.</summary>
    Cancelled,
}
