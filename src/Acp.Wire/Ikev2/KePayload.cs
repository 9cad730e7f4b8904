using System.Buffers.Binary;

namespace Acp.Wire.Ikev2;

/// <summary>
/// Key Exchange (RFC 7296 §3.4).
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   Diffie-Hellman Group Num    |           RESERVED            |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~                       Key Exchange Data                       ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
public sealed record KePayload(DhGroup Group, ReadOnlyMemory<byte> Data) : IkePayload(PayloadType.KeyExchange)
{
    internal static IkeRefusal Decode(ReadOnlyMemory<byte> body, out IkePayload? payload)
    {
        payload = body.Length <= 4 ? null : new KePayload((DhGroup)BinaryPrimitives.ReadUInt16BigEndian(body.Span), body[4..]);
        return payload is null ? IkeRefusal.KeyExchange : IkeRefusal.None;
    }

    internal override void WriteBody(IkeWriter writer)
    {
        writer.UInt16((ushort)Group);
        writer.UInt16(0);
        writer.Octets(Data.Span);
    }
}
