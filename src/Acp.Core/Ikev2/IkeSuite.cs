using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>What was agreed for an IKE SA.</summary>
/// <param name="Integrity">None for an AEAD.</param>
public sealed record IkeSuite(EncryptionAlgorithm Encryption, ushort KeyBits, IntegrityAlgorithm Integrity, PrfAlgorithm Prf,
    DhGroup Group)
{
    public bool IsAead => IsAeadCipher(Encryption);

    /// <summary>Octets of PRF output and of SK_d, SK_pi, SK_pr.</summary>
    public int PrfLength => PrfLengthOf(Prf);

    /// <summary>Octets of SK_e: for an AEAD with its four octets of salt (RFC 5282 §7.1).</summary>
    public int EncryptionKeyLength => KeyBits / 8 + (IsAead ? 4 : 0);

    /// <summary>Octets of SK_a; 0 for an AEAD.</summary>
    public int IntegrityKeyLength => Integrity switch
    {
        IntegrityAlgorithm.HmacSha2_256_128 => 32,
        IntegrityAlgorithm.HmacSha2_384_192 => 48,
        IntegrityAlgorithm.HmacSha2_512_256 => 64,
        _ => 0,
    };

    public static bool IsAeadCipher(EncryptionAlgorithm encryption) =>
        encryption is EncryptionAlgorithm.AesGcm16 or EncryptionAlgorithm.ChaCha20Poly1305;

    /// <summary>ChaCha20-Poly1305 has no Key Length attribute (RFC 7634 §4): its key always has 256 bits.</summary>
    public static bool HasKeyLengthAttribute(EncryptionAlgorithm encryption) =>
        encryption != EncryptionAlgorithm.ChaCha20Poly1305;

    public override string ToString() =>
        Integrity == IntegrityAlgorithm.None
            ? $"{Encryption}-{KeyBits}/{Prf}/{Group}"
            : $"{Encryption}-{KeyBits}/{Integrity}/{Prf}/{Group}";

    private static int PrfLengthOf(PrfAlgorithm prf) => prf switch
    {
        PrfAlgorithm.HmacSha2_256 => 32,
        PrfAlgorithm.HmacSha2_384 => 48,
        PrfAlgorithm.HmacSha2_512 => 64,
        _ => throw new ArgumentOutOfRangeException(nameof(prf)),
    };
}
