using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2.Crypto;

/// <summary>
/// The primitives that IKEv2 composes. The platform's on a box; toy ones in a large simulation. Compositions (prf+,
/// SKEYSEED, KEYMAT) are protocol and live in <c>Acp.Core.Ikev2</c>.
/// </summary>
public interface IIkeCrypto
{
    bool Supports(DhGroup group);

    bool Supports(PrfAlgorithm prf);

    /// <summary><paramref name="integrity"/> is None for an AEAD.</summary>
    bool Supports(EncryptionAlgorithm encryption, int keyBits, IntegrityAlgorithm integrity);

    /// <summary>A fresh ephemeral key pair of a supported group. The caller disposes it.</summary>
    IKeyExchange CreateKeyExchange(DhGroup group);

    /// <summary>HMAC; <paramref name="output"/> has exactly the PRF's length (32, 48 or 64).</summary>
    void Prf(PrfAlgorithm prf, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> output);

    /// <summary>One direction's SK payload protection. Keys are copied; the caller still owns its own.</summary>
    /// <param name="encryptionKey">SK_e: for an AEAD key and salt in that order (RFC 5282 §7.1).</param>
    /// <param name="integrityKey">SK_a, empty for an AEAD.</param>
    IIkeCipher CreateCipher(EncryptionAlgorithm encryption, int keyBits, IntegrityAlgorithm integrity,
        ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> integrityKey);
}
