using System.Security.Cryptography;

namespace Acp.Linux.Crypto;

/// <summary>ENCR_CHACHA20_POLY1305.</summary>
internal sealed class ChaCha20Poly1305IkeCipher(ReadOnlySpan<byte> keyAndSalt) : AeadIkeCipher(keyAndSalt[KeyLength..])
{
    private readonly ChaCha20Poly1305 _key = new ChaCha20Poly1305(keyAndSalt[..KeyLength]);

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
