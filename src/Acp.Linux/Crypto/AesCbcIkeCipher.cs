using System.Security.Cryptography;
using Acp.Core;
using Acp.Core.Ikev2.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Linux.Crypto;

/// <summary>
/// ENCR_AES_CBC with a 256-bit key and an HMAC of the SHA-2 family over everything before the ICV
/// (RFC 7296 §3.14; RFC 4868). The ICV is checked, in constant time, before anything is decrypted.
/// </summary>
internal sealed class AesCbcIkeCipher : IIkeCipher
{
    private const int AesBlock = 16;
    private readonly Aes _aes;
    private readonly SecretBytes _integrityKey;
    private readonly PrfAlgorithm _hmac;

    internal AesCbcIkeCipher(IntegrityAlgorithm integrity, ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> integrityKey)
    {
        (_hmac, IcvLength) = integrity switch
        {
            IntegrityAlgorithm.HmacSha2_256_128 => (PrfAlgorithm.HmacSha2_256, 16),
            IntegrityAlgorithm.HmacSha2_384_192 => (PrfAlgorithm.HmacSha2_384, 24),
            IntegrityAlgorithm.HmacSha2_512_256 => (PrfAlgorithm.HmacSha2_512, 32),
            _ => throw new ArgumentOutOfRangeException(nameof(integrity), integrity, "CBC needs an HMAC"),
        };
        // RFC 4868 §2.1.1: the key is as long as the hash, twice the ICV.
        if (integrityKey.Length != 2 * IcvLength)
            throw new ArgumentException($"SK_a has {integrityKey.Length} octets", nameof(integrityKey));
        _integrityKey = new SecretBytes(integrityKey);
        _aes = Aes.Create();
        _aes.SetKey(encryptionKey);
    }

    public int IvLength => AesBlock;

    public int BlockLength => AesBlock;

    public int IcvLength { get; }

    public void Seal(Span<byte> message, int bodyOffset)
    {
        var text = message[(bodyOffset + AesBlock)..^IcvLength];
        _aes.EncryptCbc(text, message.Slice(bodyOffset, AesBlock), text, PaddingMode.None);
        Span<byte> mac = stackalloc byte[2 * IcvLength];
        PlatformIkeCrypto.Hmac(_hmac, _integrityKey.Span, message[..^IcvLength], mac);
        mac[..IcvLength].CopyTo(message[^IcvLength..]);
    }

    public bool TryOpen(Span<byte> message, int bodyOffset)
    {
        var textLength = message.Length - bodyOffset - AesBlock - IcvLength;
        if (textLength < AesBlock || textLength % AesBlock != 0)
            return false;
        Span<byte> mac = stackalloc byte[2 * IcvLength];
        PlatformIkeCrypto.Hmac(_hmac, _integrityKey.Span, message[..^IcvLength], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac[..IcvLength], message[^IcvLength..]))
            return false;
        var text = message.Slice(bodyOffset + AesBlock, textLength);
        _aes.DecryptCbc(text, message.Slice(bodyOffset, AesBlock), text, PaddingMode.None);
        return true;
    }

    public void Dispose()
    {
        _aes.Dispose();
        _integrityKey.Dispose();
    }
}
