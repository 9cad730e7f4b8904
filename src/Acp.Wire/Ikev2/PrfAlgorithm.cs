namespace Acp.Wire.Ikev2;

/// <summary>Transform type 2.</summary>
public enum PrfAlgorithm : ushort
{
    None = 0,
    HmacSha2_256 = 5,
    HmacSha2_384 = 6,
    HmacSha2_512 = 7,
}
