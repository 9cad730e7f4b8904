namespace Acp.Wire.Ikev2;

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
