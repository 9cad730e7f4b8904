namespace Acp.Wire.Ikev2;

/// <summary>Transform type 3.</summary>
public enum IntegrityAlgorithm : ushort
{
    None = 0,
    HmacSha2_256_128 = 12,
    HmacSha2_384_192 = 13,
    HmacSha2_512_256 = 14,
}
