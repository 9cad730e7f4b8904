namespace Acp.Wire.Grasp;

/// <summary>What is known of a flood's signature. Usable as a counter.</summary>
public enum FloodSignatureStatus
{
    /// <summary>Nobody asked: the policy for its objectives is off, or there is nobody here who could check.</summary>
    NotChecked = 0,

    /// <summary>Signed by the node that it says it is from.</summary>
    Verified,

    /// <summary>There is none.</summary>
    Unsigned,

    /// <summary>Only its objectives are signed, as a revision of the draft had it that nobody verifies (O-13).</summary>
    ObjectivesOnly,

    /// <summary>The certificate that it names is not known here (yet).</summary>
    UnknownCertificate,

    /// <summary>An algorithm that we do not have.</summary>
    UnsupportedAlgorithm,

    /// <summary>More signatures than we check in a second.</summary>
    RateLimited,

    /// <summary>Not a COSE_Sign1 with a detached payload. From here on the signature is not merely unknown, but wrong.</summary>
    Malformed,

    /// <summary>It does not verify: an octet was changed, or it was made with another key.</summary>
    BadSignature,

    /// <summary>Made by a member of our domain, but not by the one whose address is the initiator (O-07).</summary>
    WrongInitiator,

    /// <summary>The certificate fails the domain membership check.</summary>
    CertificateRefused,

    /// <summary>The certificate has expired.</summary>
    CertificateExpired,

    /// <summary>What was signed has expired: somebody says it again.</summary>
    Outdated,

    /// <summary>The same node has signed something newer about it, which we have: somebody says it again.</summary>
    Superseded,
}
