using System.Security.Cryptography;

namespace Acp.Core.Esp;

/// <summary>RFC 7634.</summary>
internal sealed class ChaChaEspCipher(ReadOnlySpan<byte> key) : EspCipher
{
    private readonly ChaCha20Poly1305 _aead = new ChaCha20Poly1305(key);

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> inPlace, Span<byte> icv) =>
        _aead.Encrypt(nonce, inPlace, inPlace, icv, associated);

    public override void Dispose() => _aead.Dispose();

    protected override void Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> inPlace, ReadOnlySpan<byte> icv) =>
        _aead.Decrypt(nonce, inPlace, icv, inPlace, associated);
}
