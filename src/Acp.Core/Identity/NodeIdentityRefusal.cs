namespace Acp.Core.Identity;

/// <summary>Why a certificate cannot be our own.</summary>
public enum NodeIdentityRefusal
{
    None = 0,

    /// <summary>Certificate and private key do not belong together.</summary>
    KeyMismatch,

    /// <summary>Version, key or signature do not meet RFC 8994 §6.2.1.</summary>
    WeakCertificate,

    /// <summary>No AcpNodeName, or an invalid one.</summary>
    BadAcpNodeName,

    /// <summary>acp-address is "0" or omitted: we must not guess one .</summary>
    NoAcpAddress,

    /// <summary>The address has a reserved type (F-11).</summary>
    ReservedAddressType,

    /// <summary>The address is of the Manual sub-scheme, which is not for certificates (F-14).</summary>
    ManualAddress,

    /// <summary>V bits are set (F-12).</summary>
    VBitsSet,

    /// <summary>The address is not in fd00::/8 (F-05).</summary>
    NotUla,

    /// <summary>No trust anchor .</summary>
    NoTrustAnchor,

    /// <summary>A trust anchor is not a self-signed CA certificate.</summary>
    BadTrustAnchor,

    /// <summary>Our own certificate does not lead to a trust anchor: no peer could believe it.</summary>
    NoTrustAnchorPath,
}
