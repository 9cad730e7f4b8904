using System.Security.Cryptography;
using Acp.Core;
using Acp.Core.Ikev2.Crypto;

namespace Acp.Linux.Crypto;

/// <summary>
/// AES-GCM-16 (RFC 5282) and ChaCha20-Poly1305 (RFC 7634 §2), which share everything but the primitive:
/// key material is 32 octets key ‖ 4 octets salt, the nonce is salt ‖ IV, the associated data are the octets of the
/// IKE message before the SK body.
/// </summary>
internal abstract class AeadIkeCipher : IIkeCipher
{
    internal const int KeyLength = 32;
    internal const int SaltLength = 4;
    private const int NonceLength = 12;
    private readonly SecretBytes _salt;

    private protected AeadIkeCipher(ReadOnlySpan<byte> salt) => _salt = new SecretBytes(salt);

    public int IvLength => NonceLength - SaltLength;

    public int BlockLength => 1;

    public int IcvLength => 16;

    public void Seal(Span<byte> message, int bodyOffset)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        _salt.Span.CopyTo(nonce);
        message.Slice(bodyOffset, IvLength).CopyTo(nonce[SaltLength..]);
        var text = message[(bodyOffset + IvLength)..^IcvLength];
        Encrypt(nonce, text, message[^IcvLength..], message[..bodyOffset]);
    }

    public bool TryOpen(Span<byte> message, int bodyOffset)
    {
        // One octet of text at least: the pad length.
        if (message.Length - bodyOffset < IvLength + 1 + IcvLength)
            return false;
        Span<byte> nonce = stackalloc byte[NonceLength];
        _salt.Span.CopyTo(nonce);
        message.Slice(bodyOffset, IvLength).CopyTo(nonce[SaltLength..]);
        var text = message[(bodyOffset + IvLength)..^IcvLength];
        try
        {
            Decrypt(nonce, text, message[^IcvLength..], message[..bodyOffset]);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public virtual void Dispose() => _salt.Dispose();

    /// <summary>In place.</summary>
    private protected abstract void Encrypt(ReadOnlySpan<byte> nonce, Span<byte> text, Span<byte> tag, ReadOnlySpan<byte> associated);

    /// <summary>In place; throws <see cref="AuthenticationTagMismatchException"/>.</summary>
    private protected abstract void Decrypt(ReadOnlySpan<byte> nonce, Span<byte> text, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated);
}
