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
