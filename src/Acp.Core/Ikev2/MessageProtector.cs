using Acp.Core.Ikev2.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Seals and opens the SK and SKF payloads of one IKE SA (RFC 7296 §3.14, RFC 5282, RFC 7383). Not thread-safe.</summary>
internal sealed class MessageProtector : IDisposable
{
    private readonly IIkeCipher _out;
    private readonly IIkeCipher _in;
    private readonly RandomSource _random;
    private ulong _counter;

    public MessageProtector(IIkeCrypto crypto, KeyMaterial keys, bool weInitiated, RandomSource random)
    {
        var suite = keys.Suite;
        _random = random;
        var initiator = crypto.CreateCipher(suite.Encryption, suite.KeyBits, suite.Integrity, keys.SkEi.Span, keys.SkAi.Span);
        var responder = crypto.CreateCipher(suite.Encryption, suite.KeyBits, suite.Integrity, keys.SkEr.Span, keys.SkAr.Span);
        (_out, _in) = weInitiated ? (initiator, responder) : (responder, initiator);
    }

    /// <summary>
    /// One message whose only outer payload is SK, with <paramref name="payloads"/> inside; or, if that would be longer than
    /// <paramref name="limit"/>, its fragments in SKF (RFC 7383 §2.5). Datagrams in the order to send.
    /// </summary>
    public IReadOnlyList<byte[]> Seal(IkeHeader header, IReadOnlyList<IkePayload> payloads, int limit)
    {
        var inner = IkePayloadCodec.EncodeInner(payloads);
        var first = payloads.Count == 0 ? PayloadType.None : payloads[0].Type;
        const int bodyOffset = IkeHeader.Size + IkePayloadCodec.HeaderSize;
        if (bodyOffset + BodyLength(inner.Length) <= limit)
            return [Seal(header, bodyOffset, inner, body => new EncryptedPayload(first, body, bodyOffset))];

        // The two fragment numbers come before the body.
        const int fragmentOffset = bodyOffset + 4;
        var room = limit - fragmentOffset - _out.IvLength - _out.IcvLength;
        var size = room - room % _out.BlockLength - 1;
        var total = (inner.Length + size - 1) / size;
        var fragments = new byte[total][];
        for (var i = 0; i < total; i++)
        {
            var number = (ushort)(i + 1);
            var part = inner.AsSpan(i * size, Math.Min(size, inner.Length - i * size));
            fragments[i] = Seal(header, fragmentOffset, part, body => new EncryptedFragmentPayload(
                number == 1 ? first : PayloadType.None, number, (ushort)total, body, fragmentOffset));
        }

        return fragments;
    }

    /// <summary>Opens in place; on success <paramref name="inner"/> holds the payloads, padding removed.</summary>
    public bool TryOpen(byte[] message, int bodyOffset, out ReadOnlyMemory<byte> inner)
    {
        inner = default;
        var cipherLength = message.Length - bodyOffset - _in.IvLength - _in.IcvLength;
        if (cipherLength < 1 || cipherLength % _in.BlockLength != 0 || !_in.TryOpen(message, bodyOffset))
            return false;
        var plain = message.AsMemory(bodyOffset + _in.IvLength, cipherLength);
        var pad = plain.Span[^1];
        if (pad + 1 > plain.Length)
            return false;
        inner = plain[..(plain.Length - pad - 1)];
        return true;
    }

    public void Dispose()
    {
        _out.Dispose();
        _in.Dispose();
    }

    private int Padding(int length) => (_out.BlockLength - (length + 1) % _out.BlockLength) % _out.BlockLength;

    private int BodyLength(int length) => _out.IvLength + length + Padding(length) + 1 + _out.IcvLength;

    private byte[] Seal(IkeHeader header, int bodyOffset, ReadOnlySpan<byte> inner, Func<byte[], IkePayload> wrap)
    {
        var pad = Padding(inner.Length);
        var body = new byte[BodyLength(inner.Length)];
        FillIv(body.AsSpan(0, _out.IvLength));
        inner.CopyTo(body.AsSpan(_out.IvLength));
        body[_out.IvLength + inner.Length + pad] = (byte)pad;
        var message = IkeMessage.Encode(header, [wrap(body)]);
        _out.Seal(message, bodyOffset);
        return message;
    }

    /// <summary>An AEAD needs a fresh IV, a counter is one (RFC 5282 §3.1); CBC needs an unpredictable one.</summary>
    private void FillIv(Span<byte> iv)
    {
        if (_out.BlockLength > 1)
            _random.Fill(iv);
        else
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(iv, ++_counter);
    }
}
