using System.Security.Cryptography;
using Acp.Core.Ikev2.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Linux.Crypto;

/// <summary>
/// IKEv2's primitives from the platform: .NET's OpenSSL-backed ones, and libcrypto directly for MODP groups and
/// X25519. Only 256-bit ciphers exist here (D-17 … D-20). Stateless; safe from any thread.
/// </summary>
public sealed class PlatformIkeCrypto : IIkeCrypto
{
    private const int KeyBits = 256;

    public bool Supports(DhGroup group) => group is DhGroup.Ecp256 or DhGroup.Ecp384 or DhGroup.Ecp521
        or DhGroup.Curve25519 or DhGroup.Modp2048 or DhGroup.Modp3072 or DhGroup.Modp4096;

    public bool Supports(PrfAlgorithm prf) =>
        prf is PrfAlgorithm.HmacSha2_256 or PrfAlgorithm.HmacSha2_384 or PrfAlgorithm.HmacSha2_512;

    public bool Supports(EncryptionAlgorithm encryption, int keyBits, IntegrityAlgorithm integrity) => encryption switch
    {
        EncryptionAlgorithm.AesGcm16 => keyBits == KeyBits && integrity == IntegrityAlgorithm.None,
        // RFC 7634 §4: the key length attribute is not sent, so 0 stands for "not said".
        EncryptionAlgorithm.ChaCha20Poly1305 => keyBits is 0 or KeyBits && integrity == IntegrityAlgorithm.None
            && ChaCha20Poly1305.IsSupported,
        EncryptionAlgorithm.AesCbc => keyBits == KeyBits && integrity is IntegrityAlgorithm.HmacSha2_256_128
            or IntegrityAlgorithm.HmacSha2_384_192 or IntegrityAlgorithm.HmacSha2_512_256,
        _ => false,
    };

    public IKeyExchange CreateKeyExchange(DhGroup group) => group switch
    {
        DhGroup.Ecp256 or DhGroup.Ecp384 or DhGroup.Ecp521 => new EcpKeyExchange(group),
        DhGroup.Curve25519 => new X25519KeyExchange(),
        _ => new ModpKeyExchange(group),
    };

    public void Prf(PrfAlgorithm prf, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> output) =>
        Hmac(prf, key, data, output);

    public IIkeCipher CreateCipher(EncryptionAlgorithm encryption, int keyBits, IntegrityAlgorithm integrity,
        ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> integrityKey)
    {
        if (!Supports(encryption, keyBits, integrity))
            throw new ArgumentException($"{encryption}-{keyBits} with {integrity} is not supported", nameof(encryption));
        var isAead = integrity == IntegrityAlgorithm.None;
        if (encryptionKey.Length != AeadIkeCipher.KeyLength + (isAead ? AeadIkeCipher.SaltLength : 0))
            throw new ArgumentException($"SK_e has {encryptionKey.Length} octets", nameof(encryptionKey));
        return encryption switch
        {
            EncryptionAlgorithm.AesGcm16 => new AesGcmIkeCipher(encryptionKey),
            EncryptionAlgorithm.ChaCha20Poly1305 => new ChaCha20Poly1305IkeCipher(encryptionKey),
            _ => new AesCbcIkeCipher(integrity, encryptionKey, integrityKey),
        };
    }

    /// <summary>The whole HMAC; <paramref name="output"/> must have the hash's length.</summary>
    internal static void Hmac(PrfAlgorithm hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> output)
    {
        var length = hash switch
        {
            PrfAlgorithm.HmacSha2_256 => 32,
            PrfAlgorithm.HmacSha2_384 => 48,
            PrfAlgorithm.HmacSha2_512 => 64,
            _ => throw new ArgumentOutOfRangeException(nameof(hash), hash, "unknown PRF"),
        };
        if (output.Length != length)
            throw new ArgumentException($"{output.Length} octets for {hash}", nameof(output));
        _ = hash switch
        {
            PrfAlgorithm.HmacSha2_256 => HMACSHA256.HashData(key, data, output),
            PrfAlgorithm.HmacSha2_384 => HMACSHA384.HashData(key, data, output),
            _ => HMACSHA512.HashData(key, data, output),
        };
    }
}
