using System.Buffers.Binary;

namespace Acp.Wire.Ikev2;

/// <summary>
/// Notify (RFC 7296 §3.10).
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Protocol ID  |   SPI Size    |      Notify Message Type      |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~                Security Parameter Index (SPI)                 ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~                       Notification Data                       ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
public sealed record NotifyPayload(ProtocolId Protocol, ReadOnlyMemory<byte> Spi, NotifyType Notify, ReadOnlyMemory<byte> Data)
    : IkePayload(PayloadType.Notify)
{
    public NotifyPayload(NotifyType notify, ReadOnlyMemory<byte> data = default)
        : this(ProtocolId.None, default, notify, data)
    {
    }

    /// <summary>Types below 16384 tell of errors (RFC 7296 §3.10.1).</summary>
    public bool IsError => (ushort)Notify < 16384;

    internal static IkeRefusal Decode(ReadOnlyMemory<byte> body, out IkePayload? payload)
    {
        payload = null;
        if (body.Length < 4 || body.Length < 4 + body.Span[1])
            return IkeRefusal.Notify;
        var spiSize = body.Span[1];
        payload = new NotifyPayload((ProtocolId)body.Span[0], body.Slice(4, spiSize),
            (NotifyType)BinaryPrimitives.ReadUInt16BigEndian(body.Span[2..]), body[(4 + spiSize)..]);
        return IkeRefusal.None;
    }

    internal override void WriteBody(IkeWriter writer)
    {
        writer.Byte((byte)Protocol);
        writer.Byte(checked((byte)Spi.Length));
        writer.UInt16((ushort)Notify);
        writer.Octets(Spi.Span);
        writer.Octets(Data.Span);
    }
}
