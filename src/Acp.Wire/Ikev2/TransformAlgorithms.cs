namespace Acp.Wire.Ikev2;

/// <summary>Transform type 1 (RFC 7296 §3.3.2 and IANA). Only what we may meet and understand is named.</summary>
public enum EncryptionAlgorithm : ushort
{
    None = 0,
    Null = 11,
    AesCbc = 12,
    AesGcm16 = 20,
    ChaCha20Poly1305 = 28,
}

/// <summary>Transform type 2.</summary>
public enum PrfAlgorithm : ushort
{
    None = 0,
    HmacSha2_256 = 5,
    HmacSha2_384 = 6,
    HmacSha2_512 = 7,
}

/// <summary>Transform type 3.</summary>
public enum IntegrityAlgorithm : ushort
{
    None = 0,
    HmacSha2_256_128 = 12,
    HmacSha2_384_192 = 13,
    HmacSha2_512_256 = 14,
}

/// <summary>Transform type 4, key exchange method.</summary>
public enum DhGroup : ushort
{
    None = 0,
    Modp2048 = 14,
    Modp3072 = 15,
    Modp4096 = 16,
    Ecp256 = 19,
    Ecp384 = 20,
    Ecp521 = 21,
    Curve25519 = 31,
}

/// <summary>SIGNATURE_HASH_ALGORITHMS values (RFC 7427 §4).</summary>
public enum SignatureHash : ushort
{
    Sha1 = 1,
    Sha2_256 = 2,
    Sha2_384 = 3,
    Sha2_512 = 4,
    Identity = 5,
}
