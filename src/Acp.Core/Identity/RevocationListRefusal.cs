namespace Acp.Core.Identity;

/// <summary>Why octets are not a CRL that we can use.</summary>
public enum RevocationListRefusal
{
    None = 0,

    /// <summary>Not DER, or not the structure of RFC 5280 §5.1.</summary>
    Malformed,

    /// <summary>Signed with something other than RSA or ECDSA over SHA-2.</summary>
    SignatureAlgorithm,

    /// <summary>A critical extension: a delta CRL, one of only some certificates or reasons, an indirect one, or something unknown.</summary>
    CriticalExtension,

    /// <summary>More entries than we hold.</summary>
    TooManyEntries,
}
