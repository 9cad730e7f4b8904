using Acp.Core;
using Acp.Core.Ikev2.Crypto;
using Acp.Linux.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Crypto;

/// <summary>
/// D-17, D-19, D-20. The vectors were made once with Debian's python3-cryptography: header 28 octets, generic payload
/// header 4, then IV, text and ICV as RFC 5282, RFC 7634 and RFC 7296 §3.14 order them.
/// </summary>
public class IkeCipherTests
{
    private const int BodyOffset = 32;
    private const string Gcm = "101112131415161720212223242526272e20230800000001000000662300004a0123456789abcdef3cf29a4fa27790062281d7cf564d90a6eabd6ddc1806f3d1ac17dc2f50b14eb07dbdeabff31487ed891eccfc3c9fb535572e0704c9f3233ac509bd41d498";
    private const string ChaCha = "101112131415161720212223242526272e20230800000001000000662300004a0123456789abcdef9d4a016edf29912d719a462adf46643d7e989ed8daff5d7c5d2e24f9ef5acd134b316d042ea9d96fd6184b1eac984c1d25a607b81ebaeabfc1d264cdb0dc";
    private const string Cbc256 = "101112131415161720212223242526272e202308000000010000007023000054808182838485868788898a8b8c8d8e8fa3b9e495cc6fbde692c75c3800455dd7456e702d48d222f0a4f3c5eb0f95b7b3871c4fc6749b94335cf5dc6655ccf7e5e33ae5f46cc1c5cbc2128a62c7370212";
    private const string Cbc384 = "101112131415161720212223242526272e20230800000001000000782300005c808182838485868788898a8b8c8d8e8fa3b9e495cc6fbde692c75c3800455dd7456e702d48d222f0a4f3c5eb0f95b7b3871c4fc6749b94335cf5dc6655ccf7e55d9c2b4a151407bc779d66edb3f62430589b8d032c32d35a";
    private const string Cbc512 = "101112131415161720212223242526272e202308000000010000008023000064808182838485868788898a8b8c8d8e8fa3b9e495cc6fbde692c75c3800455dd7456e702d48d222f0a4f3c5eb0f95b7b3871c4fc6749b94335cf5dc6655ccf7e5685f5d51a574e02b53b0c32a70c2b8b4a6b9a321fd0bc6948ca4a4d0d1eb65c0";
    private static readonly PlatformIkeCrypto Crypto = new();

    public static TheoryData<EncryptionAlgorithm, IntegrityAlgorithm, string> Vectors => new()
    {
        { EncryptionAlgorithm.AesGcm16, IntegrityAlgorithm.None, Gcm },
        { EncryptionAlgorithm.ChaCha20Poly1305, IntegrityAlgorithm.None, ChaCha },
        { EncryptionAlgorithm.AesCbc, IntegrityAlgorithm.HmacSha2_256_128, Cbc256 },
        { EncryptionAlgorithm.AesCbc, IntegrityAlgorithm.HmacSha2_384_192, Cbc384 },
        { EncryptionAlgorithm.AesCbc, IntegrityAlgorithm.HmacSha2_512_256, Cbc512 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void D17_vector_opens_and_seals_to_the_same_octets(EncryptionAlgorithm encryption, IntegrityAlgorithm integrity, string hex)
    {
        var vector = Convert.FromHexString(hex);
        using var cipher = Cipher(encryption, integrity);
        var message = vector.ToArray();
        Assert.True(cipher.TryOpen(message, BodyOffset));
        var text = message.AsSpan((BodyOffset + cipher.IvLength)..^cipher.IcvLength);
        Assert.Equal(0, text.Length % cipher.BlockLength);
        Assert.Equal(Text(), text[..45].ToArray());
        Assert.Equal(text.Length - 45 - 1, text[^1]);

        message.AsSpan(^cipher.IcvLength..).Clear();
        cipher.Seal(message, BodyOffset);
        Assert.Equal(hex, Convert.ToHexStringLower(message));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void D17_every_bit_counts_and_every_truncation_is_refused(EncryptionAlgorithm encryption, IntegrityAlgorithm integrity, string hex)
    {
        var vector = Convert.FromHexString(hex);
        using var cipher = Cipher(encryption, integrity);
        for (var bit = 0; bit < vector.Length * 8; bit++)
        {
            var message = vector.ToArray();
            message[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(cipher.TryOpen(message, BodyOffset), $"bit {bit}");
        }

        for (var length = BodyOffset; length < vector.Length; length++)
            Assert.False(cipher.TryOpen(vector.AsSpan(0, length).ToArray(), BodyOffset), $"length {length}");
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void D17_another_key_does_not_open(EncryptionAlgorithm encryption, IntegrityAlgorithm integrity, string hex)
    {
        using var cipher = Cipher(encryption, integrity, change: true);
        Assert.False(cipher.TryOpen(Convert.FromHexString(hex), BodyOffset));
    }

    [Fact]
    public void D17_short_keys_and_weak_algorithms_do_not_exist()
    {
        Assert.False(Crypto.Supports(EncryptionAlgorithm.AesGcm16, 128, IntegrityAlgorithm.None));
        Assert.False(Crypto.Supports(EncryptionAlgorithm.AesCbc, 128, IntegrityAlgorithm.HmacSha2_256_128));
        Assert.False(Crypto.Supports(EncryptionAlgorithm.AesCbc, 256, IntegrityAlgorithm.None));
        Assert.False(Crypto.Supports(EncryptionAlgorithm.AesCbc, 256, (IntegrityAlgorithm)2));
        Assert.False(Crypto.Supports(EncryptionAlgorithm.AesGcm16, 256, IntegrityAlgorithm.HmacSha2_256_128));
        Assert.False(Crypto.Supports((EncryptionAlgorithm)3, 192, IntegrityAlgorithm.HmacSha2_256_128));
        Assert.False(Crypto.Supports(EncryptionAlgorithm.Null, 0, IntegrityAlgorithm.HmacSha2_256_128));
    }

    private static byte[] Text() => [.. Enumerable.Range(0, 45).Select(i => (byte)(7 * i + 3))];

    private static IIkeCipher Cipher(EncryptionAlgorithm encryption, IntegrityAlgorithm integrity, bool change = false)
    {
        byte[] key = [.. Enumerable.Range(0x40, 32).Select(i => (byte)i)];
        byte[] salt = [0xa0, 0xa1, 0xa2, 0xa3];
        var length = integrity switch
        {
            IntegrityAlgorithm.HmacSha2_256_128 => 32,
            IntegrityAlgorithm.HmacSha2_384_192 => 48,
            IntegrityAlgorithm.HmacSha2_512_256 => 64,
            _ => 0,
        };
        byte[] integrityKey = [.. Enumerable.Range(0, length).Select(i => (byte)(5 * i + 1))];
        if (change)
            (length == 0 ? key : integrityKey)[0] ^= 1;
        Assert.True(Crypto.Supports(encryption, 256, integrity));
        return Crypto.CreateCipher(encryption, 256, integrity, length == 0 ? [.. key, .. salt] : key, integrityKey);
    }
}
