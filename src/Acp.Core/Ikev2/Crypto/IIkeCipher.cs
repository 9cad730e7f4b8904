namespace Acp.Core.Ikev2.Crypto;

/// <summary>
/// Protects or opens the SK payload in one direction (RFC 7296 §3.14, RFC 5282). Layout of an SK body:
/// IV ‖ ciphertext of (payloads ‖ padding ‖ pad length) ‖ ICV.
/// </summary>
public interface IIkeCipher : IDisposable
{
    /// <summary>8 for AES-GCM and ChaCha20-Poly1305, 16 for AES-CBC.</summary>
    int IvLength { get; }

    /// <summary>Plaintext (with its padding) is a multiple of this: 1 for AEAD, 16 for AES-CBC.</summary>
    int BlockLength { get; }

    /// <summary>16 for AEAD and HMAC-SHA2-256-128, 24 and 32 for the longer HMACs.</summary>
    int IcvLength { get; }

    /// <summary>
    /// Encrypts in place and fills the ICV. <paramref name="message"/> is the whole IKE message, header first, with the
    /// final length already in its header; the SK body starts at <paramref name="bodyOffset"/> and runs to the end of the
    /// message; its IV is filled in by the caller (random for CBC, a counter or random for AEAD), its plaintext stands where the ciphertext goes.
    /// Associated data for an AEAD are the octets before <paramref name="bodyOffset"/>; the HMAC covers everything before the ICV.
    /// </summary>
    void Seal(Span<byte> message, int bodyOffset);

    /// <summary>
    /// Checks the ICV (constant time) and decrypts in place. On success the plaintext (payloads ‖ padding ‖ pad length)
    /// stands at bodyOffset + IvLength, up to IcvLength before the end. False leaves <paramref name="message"/> unspecified.
    /// </summary>
    bool TryOpen(Span<byte> message, int bodyOffset);
}
