namespace Acp.Core;

/// <summary>
/// Why a peer was not let in: one value per cause, for counters, status output and tests. The peer itself only
/// ever hears AUTHENTICATION_FAILED (D-47).
/// </summary>
public enum PeerRefusal
{
    None = 0,

    /// <summary>No certificate came.</summary>
    NoCertificate,

    /// <summary>More or larger certificates than we look at.</summary>
    TooManyCertificates,

    /// <summary>Not DER, or not a certificate.</summary>
    MalformedCertificate,

    /// <summary>A certificate in the path is not X.509 v3 .</summary>
    NotX509v3,

    /// <summary>RSA below 2048 bits, or a curve below 256 .</summary>
    WeakKey,

    /// <summary>A key that we cannot check: neither RSA nor P-256, P-384 or P-521.</summary>
    UnsupportedKey,

    /// <summary>A certificate signed with something other than RSA or ECDSA over SHA-2 .</summary>
    WeakSignature,

    /// <summary>No path to one of our trust anchors (rule 2).</summary>
    NoTrustAnchorPath,

    /// <summary>A certificate in the path has expired (rule 2).</summary>
    Expired,

    /// <summary>A certificate in the path is not valid yet (rule 2).</summary>
    NotYetValid,

    /// <summary>Path validation failed otherwise: basic constraints, unknown critical extension … (rule 2).</summary>
    InvalidPath,

    /// <summary>The leaf's keyUsage does not allow signatures (RFC 4945 §5.1.3.2).</summary>
    KeyUsage,

    /// <summary>Revoked according to a CRL or OCSP (rule 3).</summary>
    Revoked,

    /// <summary>No AcpNodeName in the certificate (rule 4).</summary>
    NoAcpNodeName,

    /// <summary>An AcpNodeName that is not an IA5String in an otherName: rfc822Name, UTF8String, subject attribute .</summary>
    AcpNodeNameWrongEncoding,

    /// <summary>An AcpNodeName that does not follow the syntax of RFC 8994 §6.2.2 (rule 4).</summary>
    InvalidAcpNodeName,

    /// <summary>A member of another ACP domain (rule 4).</summary>
    OtherDomain,

    /// <summary>A domain member without acp-address: no secure channel (rule 5).</summary>
    NoAcpAddress,

    /// <summary>The ID payload is not ID_IPV6_ADDR with 16 octets (D-27).</summary>
    WrongIdType,

    /// <summary>The ID payload is not the certificate's acp-address (D-28).</summary>
    IdMismatch,

    /// <summary>The AlgorithmIdentifier in AUTH is not one we accept (D-24).</summary>
    UnsupportedSignatureAlgorithm,

    /// <summary>The AUTH signature does not verify: the key is not the peer's (rule 1).</summary>
    SignatureMismatch,
}
