using System.Security.Cryptography;

namespace Acp.Linux.Crypto;

/// <summary>ENCR_AES_GCM_16 with a 256-bit key.</summary>
internal sealed class AesGcmIkeCipher(ReadOnlySpan<byte> keyAndSalt) : AeadIkeCipher(keyAndSalt[KeyLength..])
{
    private readonly AesGcm _key = new AesGcm(keyAndSalt[..KeyLength], 16);

    public override void Dispose()
    {
        _key.Dispose();
        base.Dispose();
    }

    private protected override void Encrypt(ReadOnlySpan<byte> nonce, Span<byte> text, Span<byte> tag, ReadOnlySpan<byte> associated) =>
        _key.Encrypt(nonce, text, text, tag, associated);

    private protected override void Decrypt(ReadOnlySpan<byte> nonce, Span<byte> text, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated) =>
        _key.Decrypt(nonce, text, tag, text, associated);
}
