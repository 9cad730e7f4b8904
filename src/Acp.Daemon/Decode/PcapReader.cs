using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Acp.Daemon.Decode;

/// <summary>
/// The classic format (draft-ietf-opsawg-pcap), in either byte order and with micro- or nanoseconds.
/// <code>
/// file:   magic(32) | major(16) | minor(16) | reserved(32) | reserved(32) | snap length(32) | FCS(4) link type(28)
/// packet: seconds(32) | micro- or nanoseconds(32) | captured length(32) | original length(32) | octets
/// </code>
/// </summary>
internal sealed class PcapReader : CaptureReader
{
    private const uint Microseconds = 0xa1b2c3d4;
    private const uint Nanoseconds = 0xa1b23c4d;

    private readonly bool _swapped;
    private readonly double _unit;
    private CaptureLink _link;

    private PcapReader(Stream stream, bool swapped, double unit)
        : base(stream)
    {
        _swapped = swapped;
        _unit = unit;
    }

    public static bool IsMagic(ReadOnlySpan<byte> start) =>
        start.Length >= 4 && (BinaryPrimitives.ReadUInt32LittleEndian(start) is Microseconds or Nanoseconds
            || BinaryPrimitives.ReadUInt32BigEndian(start) is Microseconds or Nanoseconds);

    /// <summary>After the magic number.</summary>
    public static PcapReader? Open(Stream stream, ReadOnlySpan<byte> magic, out CaptureRefusal refusal)
    {
        var swapped = BinaryPrimitives.ReadUInt32LittleEndian(magic) is not (Microseconds or Nanoseconds);
        var number = swapped ? BinaryPrimitives.ReadUInt32BigEndian(magic) : BinaryPrimitives.ReadUInt32LittleEndian(magic);
        var reader = new PcapReader(stream, swapped, number == Nanoseconds ? 1e-9 : 1e-6);
        reader.Advance(magic.Length);
        Span<byte> rest = stackalloc byte[20];
        if (!reader.TryFill(rest))
        {
            refusal = reader.Refusal;
            return null;
        }

        reader._link = (CaptureLink)(reader.UInt32(rest[16..]) & 0x0fffffff);
        refusal = CaptureRefusal.None;
        return reader;
    }

    public override bool TryNext([NotNullWhen(true)] out CapturedPacket? packet)
    {
        packet = null;
        Span<byte> header = stackalloc byte[16];
        if (Refusal != CaptureRefusal.None || !TryFill(header, mayEnd: true))
            return false;
        var length = UInt32(header[8..]);
        if (length > MaxPacket)
        {
            Refusal = CaptureRefusal.PacketTooLong;
            return false;
        }

        var bytes = new byte[length];
        if (!TryFill(bytes))
            return false;
        packet = new CapturedPacket(CountPacket(), Time(UInt32(header), UInt32(header[4..]) * _unit), _link, bytes, UInt32(header[12..]));
        return true;
    }

    private uint UInt32(ReadOnlySpan<byte> bytes) =>
        _swapped ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
