using System.Security.Cryptography;
using Acp.Wire.Esp;

namespace Acp.Core.Esp;

/// <summary>RFC 4106.</summary>
internal sealed class AesGcmEspCipher(ReadOnlySpan<byte> key) : EspCipher
{
    private readonly AesGcm _aead = new AesGcm(key, EspHeader.IcvSize);

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> inPlace, Span<byte> icv) =>
        _aead.Encrypt(nonce, inPlace, inPlace, icv, associated);

    public override void Dispose() => _aead.Dispose();

    protected override void Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> inPlace, ReadOnlySpan<byte> icv) =>
        _aead.Decrypt(nonce, inPlace, icv, inPlace, associated);
}
