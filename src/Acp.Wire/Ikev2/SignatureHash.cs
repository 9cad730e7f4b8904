namespace Acp.Wire.Ikev2;

/// <summary>SIGNATURE_HASH_ALGORITHMS values (RFC 7427 §4).</summary>
public enum SignatureHash : ushort
{
    Sha1 = 1,
    Sha2_256 = 2,
    Sha2_384 = 3,
    Sha2_512 = 4,
    Identity = 5,
}
