using Acp.Core.Ikev2.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// Seals and opens the SK and SKF payloads of one IKE SA (RFC 7296 §3.14, RFC 5282, RFC 7383). Its ciphers live for one message: an IKE SA
/// speaks every few seconds, and making one takes a microsecond while keeping two takes more memory than all the rest of the SA.
/// Not thread-safe.
/// </summary>
internal sealed class MessageProtector(IIkeCrypto crypto, KeyMaterial keys, bool weInitiated, RandomSource random)
{
    private ulong _counter;

    /// <summary>
    /// One message whose only outer payload is SK, with <paramref name="payloads"/> inside; or, if that would be longer than
    /// <paramref name="limit"/>, its fragments in SKF (RFC 7383 §2.5). Datagrams in the order to send.
    /// </summary>
    public IReadOnlyList<byte[]> Seal(IkeHeader header, IReadOnlyList<IkePayload> payloads, int limit)
    {
        using var cipher = Cipher(weInitiated);
        var inner = IkePayloadCodec.EncodeInner(payloads);
        var first = payloads.Count == 0 ? PayloadType.None : payloads[0].Type;
        const int bodyOffset = IkeHeader.Size + IkePayloadCodec.HeaderSize;
        if (bodyOffset + BodyLength(cipher, inner.Length) <= limit)
            return [Seal(cipher, header, first, null, inner)];

        // The two fragment numbers come before the body.
        const int fragmentOffset = bodyOffset + EncryptedFragmentPayload.NumbersSize;
        var room = limit - fragmentOffset - cipher.IvLength - cipher.IcvLength;
        var size = room - room % cipher.BlockLength - 1;
        var total = (inner.Length + size - 1) / size;
        var fragments = new byte[total][];
        for (var i = 0; i < total; i++)
        {
            var number = (ushort)(i + 1);
            var part = inner.AsSpan(i * size, Math.Min(size, inner.Length - i * size));
            fragments[i] = Seal(cipher, header, number == 1 ? first : PayloadType.None, (number, (ushort)total), part);
        }

        return fragments;
    }

    /// <summary>Opens in place; on success <paramref name="inner"/> holds the payloads, padding removed.</summary>
    public bool TryOpen(byte[] message, int bodyOffset, out ReadOnlyMemory<byte> inner)
    {
        inner = default;
        using var cipher = Cipher(!weInitiated);
        var cipherLength = message.Length - bodyOffset - cipher.IvLength - cipher.IcvLength;
        if (cipherLength < 1 || cipherLength % cipher.BlockLength != 0 || !cipher.TryOpen(message, bodyOffset))
            return false;
        var plain = message.AsMemory(bodyOffset + cipher.IvLength, cipherLength);
        var pad = plain.Span[^1];
        if (pad + 1 > plain.Length)
            return false;
        inner = plain[..(plain.Length - pad - 1)];
        return true;
    }

    private static int Padding(IIkeCipher cipher, int length) => (cipher.BlockLength - (length + 1) % cipher.BlockLength) % cipher.BlockLength;

    private static int BodyLength(IIkeCipher cipher, int length) => cipher.IvLength + length + Padding(cipher, length) + 1 + cipher.IcvLength;

    private IIkeCipher Cipher(bool ofInitiator) => ofInitiator
        ? crypto.CreateCipher(keys.Suite.Encryption, keys.Suite.KeyBits, keys.Suite.Integrity, keys.SkEi.Span, keys.SkAi.Span)
        : crypto.CreateCipher(keys.Suite.Encryption, keys.Suite.KeyBits, keys.Suite.Integrity, keys.SkEr.Span, keys.SkAr.Span);

    private byte[] Seal(IIkeCipher cipher, IkeHeader header, PayloadType first, (ushort Number, ushort Total)? fragment, ReadOnlySpan<byte> inner)
    {
        var pad = Padding(cipher, inner.Length);
        var length = BodyLength(cipher, inner.Length);
        var message = IkePayloadCodec.EncodeEnvelope(header, first, fragment, length);
        var body = message.AsSpan(message.Length - length);
        FillIv(cipher, body[..cipher.IvLength]);
        inner.CopyTo(body[cipher.IvLength..]);
        body[cipher.IvLength + inner.Length + pad] = (byte)pad;
        cipher.Seal(message, message.Length - length);
        return message;
    }

    /// <summary>An AEAD needs a fresh IV, a counter is one (RFC 5282 §3.1); CBC needs an unpredictable one.</summary>
    private void FillIv(IIkeCipher cipher, Span<byte> iv)
    {
        if (cipher.BlockLength > 1)
            random.Fill(iv);
        else
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(iv, ++_counter);
    }
}
