using Acp.Core.Ikev2.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Seals and opens the SK payloads of one IKE SA (RFC 7296 §3.14, RFC 5282). Not thread-safe.</summary>
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

    /// <summary>One message whose only outer payload is SK, with <paramref name="payloads"/> inside.</summary>
    public byte[] Seal(IkeHeader header, IReadOnlyList<IkePayload> payloads)
    {
        var inner = IkePayloadCodec.EncodeInner(payloads);
        var pad = (_out.BlockLength - (inner.Length + 1) % _out.BlockLength) % _out.BlockLength;
        var bodyLength = _out.IvLength + inner.Length + pad + 1 + _out.IcvLength;
        var first = payloads.Count == 0 ? PayloadType.None : payloads[0].Type;
        var body = new byte[bodyLength];
        FillIv(body.AsSpan(0, _out.IvLength));
        inner.CopyTo(body.AsSpan(_out.IvLength));
        body[_out.IvLength + inner.Length + pad] = (byte)pad;
        const int bodyOffset = IkeHeader.Size + IkePayloadCodec.HeaderSize;
        var message = IkeMessage.Encode(header, [new EncryptedPayload(first, body, bodyOffset)]);
        _out.Seal(message, bodyOffset);
        return message;
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

    /// <summary>An AEAD needs a fresh IV, a counter is one (RFC 5282 §3.1); CBC needs an unpredictable one.</summary>
    private void FillIv(Span<byte> iv)
    {
        if (_out.BlockLength > 1)
            _random.Fill(iv);
        else
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(iv, ++_counter);
    }
}
