using System.Buffers.Binary;

namespace Acp.Wire.Ikev2;

/// <summary>
/// Delete (RFC 7296 §3.11): the IKE SA itself (no SPIs) or ESP SAs by the SPIs the sender receives on.
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | Protocol ID   |   SPI Size    |          Num of SPIs          |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~               Security Parameter Index(es) (SPI)              ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
public sealed record DeletePayload(ProtocolId Protocol, IReadOnlyList<uint> Spis) : IkePayload(PayloadType.Delete)
{
    public static DeletePayload IkeSa() => new(ProtocolId.Ike, []);

    public static DeletePayload Esp(params uint[] spis) => new(ProtocolId.Esp, spis);

    internal static IkeRefusal Decode(ReadOnlyMemory<byte> body, out IkePayload? payload)
    {
        payload = null;
        if (body.Length < 4)
            return IkeRefusal.Delete;
        var protocol = (ProtocolId)body.Span[0];
        int size = body.Span[1];
        int count = BinaryPrimitives.ReadUInt16BigEndian(body.Span[2..]);
        var expectedSize = protocol == ProtocolId.Ike ? 0 : 4;
        if (size != expectedSize && count != 0 || body.Length != 4 + size * count || (protocol == ProtocolId.Ike && count != 0))
            return IkeRefusal.Delete;
        var spis = new uint[count];
        for (var i = 0; i < count; i++)
            spis[i] = BinaryPrimitives.ReadUInt32BigEndian(body.Span[(4 + 4 * i)..]);
        payload = new DeletePayload(protocol, spis);
        return IkeRefusal.None;
    }

    internal override void WriteBody(IkeWriter writer)
    {
        writer.Byte((byte)Protocol);
        writer.Byte(Protocol == ProtocolId.Ike ? (byte)0 : (byte)4);
        writer.UInt16(checked((ushort)Spis.Count));
        foreach (var spi in Spis)
            writer.UInt32(spi);
    }
}
