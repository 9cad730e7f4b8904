using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Acp.Wire.Ikev2;

/// <summary>
/// Chains of payloads, in the clear or decrypted out of an SK payload (RFC 7296 §3.2).
/// <code>
///                      1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | Next Payload  |C|  RESERVED   |         Payload Length        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
public static class IkePayloadCodec
{
    /// <summary>Octets of the generic payload header.</summary>
    public const int HeaderSize = 4;

    /// <summary>Decodes the payloads inside an SK payload. <paramref name="bytes"/> is kept, not copied.</summary>
    public static bool TryDecodeInner(PayloadType first, ReadOnlyMemory<byte> bytes,
        [NotNullWhen(true)] out IReadOnlyList<IkePayload>? payloads, out IkeRefusal refusal) =>
        TryDecodeChain(first, bytes, 0, false, out payloads, out refusal);

    /// <summary>
    /// A message whose only payload is SK, or SKF when <paramref name="fragment"/> says which of how many it is. Its last
    /// <paramref name="bodyLength"/> octets are zero: IV, content and ICV are put there, in place (RFC 7296 §3.14, RFC 7383 §2.5).
    /// </summary>
    /// <param name="first">The type of the first payload inside.</param>
    /// <param name="header">Its length and next payload are computed.</param>
    public static byte[] EncodeEnvelope(IkeHeader header, PayloadType first, (ushort Number, ushort Total)? fragment, int bodyLength)
    {
        var numbers = fragment is null ? 0 : EncryptedFragmentPayload.NumbersSize;
        var message = new byte[IkeHeader.Size + HeaderSize + numbers + bodyLength];
        var type = fragment is null ? PayloadType.Encrypted : PayloadType.EncryptedFragment;
        (header with { NextPayload = type, Length = (uint)message.Length }).Write(message);
        var payload = message.AsSpan(IkeHeader.Size);
        payload[0] = (byte)first;
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], checked((ushort)payload.Length));
        if (fragment is { } part)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload[HeaderSize..], part.Number);
            BinaryPrimitives.WriteUInt16BigEndian(payload[(HeaderSize + 2)..], part.Total);
        }

        return message;
    }

    /// <summary>The chain as it stands inside an SK payload.</summary>
    public static byte[] EncodeInner(IReadOnlyList<IkePayload> payloads)
    {
        if (payloads.Count == 0)
            return [];
        var writer = new IkeWriter();
        EncodeChain(payloads, writer);
        return writer.ToArray();
    }

    internal static bool TryDecodeChain(PayloadType first, ReadOnlyMemory<byte> bytes, int offset, bool outermost,
        [NotNullWhen(true)] out IReadOnlyList<IkePayload>? payloads, out IkeRefusal refusal)
    {
        if (first == PayloadType.None)
        {
            // Most messages say no more than "I am here".
            refusal = offset == bytes.Length ? IkeRefusal.None : IkeRefusal.TrailingOctets;
            payloads = refusal == IkeRefusal.None ? [] : null;
            return payloads is not null;
        }

        payloads = null;
        var list = new List<IkePayload>();
        var type = first;
        while (type != PayloadType.None)
        {
            if (list.Count == IkeMessage.MaxPayloads)
            {
                refusal = IkeRefusal.TooManyPayloads;
                return false;
            }

            var rest = bytes.Span[offset..];
            if (rest.Length < HeaderSize)
            {
                refusal = IkeRefusal.PayloadTruncated;
                return false;
            }

            var next = (PayloadType)rest[0];
            var critical = (rest[1] & 0x80) != 0;
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length < HeaderSize || length > rest.Length)
            {
                refusal = length < HeaderSize ? IkeRefusal.PayloadLength : IkeRefusal.PayloadTruncated;
                return false;
            }

            var body = bytes.Slice(offset + HeaderSize, length - HeaderSize);
            refusal = DecodeBody(type, next, critical, body, offset + HeaderSize, outermost, out var payload);
            if (payload is null)
                return false;
            list.Add(payload);
            offset += length;
            // SK and SKF stand last; their next-payload field speaks of what is inside (RFC 7296 §3.14).
            if (type is PayloadType.Encrypted or PayloadType.EncryptedFragment)
                break;
            type = next;
        }

        refusal = offset == bytes.Length ? IkeRefusal.None : IkeRefusal.TrailingOctets;
        payloads = refusal == IkeRefusal.None ? list : null;
        return payloads is not null;
    }

    internal static void EncodeChain(IReadOnlyList<IkePayload> payloads, IkeWriter writer)
    {
        for (var i = 0; i < payloads.Count; i++)
        {
            var start = writer.Length;
            writer.Byte((byte)NextOf(payloads, i));
            writer.Byte(payloads[i] is OpaquePayload { Critical: true } ? (byte)0x80 : (byte)0);
            writer.UInt16(0);
            payloads[i].WriteBody(writer);
            writer.PatchUInt16(start + 2, writer.Length - start);
        }
    }

    private static PayloadType NextOf(IReadOnlyList<IkePayload> payloads, int index) => payloads[index] switch
    {
        EncryptedPayload sk => sk.FirstInner,
        EncryptedFragmentPayload skf => skf.FirstInner,
        _ => index + 1 < payloads.Count ? payloads[index + 1].Type : PayloadType.None,
    };

    private static IkeRefusal DecodeBody(PayloadType type, PayloadType next, bool critical, ReadOnlyMemory<byte> body,
        int offset, bool outermost, out IkePayload? payload)
    {
        payload = null;
        switch (type)
        {
            case PayloadType.SecurityAssociation:
                return SaPayload.Decode(body, out payload);
            case PayloadType.KeyExchange:
                return KePayload.Decode(body, out payload);
            case PayloadType.IdInitiator:
            case PayloadType.IdResponder:
                return IdPayload.Decode(type, body, out payload);
            case PayloadType.Certificate:
                return CertPayload.Decode(body, out payload);
            case PayloadType.CertificateRequest:
                return CertReqPayload.Decode(body, out payload);
            case PayloadType.Authentication:
                return AuthPayload.Decode(body, out payload);
            case PayloadType.Nonce:
                return NoncePayload.Decode(body, out payload);
            case PayloadType.Notify:
                return NotifyPayload.Decode(body, out payload);
            case PayloadType.Delete:
                return DeletePayload.Decode(body, out payload);
            case PayloadType.VendorId:
                payload = new VendorIdPayload(body);
                return IkeRefusal.None;
            case PayloadType.TrafficSelectorInitiator:
            case PayloadType.TrafficSelectorResponder:
                return TsPayload.Decode(type, body, out payload);
            case PayloadType.Encrypted when outermost:
                payload = new EncryptedPayload(next, body, offset);
                return IkeRefusal.None;
            case PayloadType.EncryptedFragment when outermost:
                return EncryptedFragmentPayload.Decode(next, body, offset, out payload);
            case PayloadType.Encrypted:
            case PayloadType.EncryptedFragment:
                return IkeRefusal.NestedEncryption;
            default:
                payload = new OpaquePayload(type, critical, body);
                return IkeRefusal.None;
        }
    }
}
