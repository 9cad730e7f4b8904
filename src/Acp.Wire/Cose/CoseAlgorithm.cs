namespace Acp.Wire.Cose;

/// <summary>Signature algorithms under COSE's own names and numbers (RFC 9053 §2, RFC 8230 §2).</summary>
public enum CoseAlgorithm
{
    None = 0,

    /// <summary>ECDSA with SHA-256.</summary>
    ES256 = -7,

    /// <summary>ECDSA with SHA-384.</summary>
    ES384 = -35,

    /// <summary>ECDSA with SHA-512.</summary>
    ES512 = -36,

    /// <summary>RSASSA-PSS with SHA-256, and a salt as long.</summary>
    PS256 = -37,
}
