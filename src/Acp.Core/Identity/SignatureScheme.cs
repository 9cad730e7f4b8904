namespace Acp.Core.Identity;

/// <summary>How a signature is made.</summary>
public enum SignatureScheme
{
    /// <summary>RSASSA-PKCS1-v1_5.</summary>
    RsaPkcs1,

    /// <summary>RSASSA-PSS with MGF1 over the same hash.</summary>
    RsaPss,

    /// <summary>ECDSA; the signature is DER SEQUENCE(r, s).</summary>
    Ecdsa,
}
