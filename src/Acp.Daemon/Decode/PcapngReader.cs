using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Acp.Daemon.Decode;

/// <summary>
/// The newer format (draft-ietf-opsawg-pcapng): sections, each with its byte order and interfaces. Blocks that hold no packets are
/// passed over.
/// <code>
/// block:            type(32) | total length(32) | body, a multiple of 4 octets | total length(32)
/// section header:   byte-order magic(32) | major(16) | minor(16) | section length(64) | options
/// interface:        link type(16) | reserved(16) | snap length(32) | options
/// enhanced packet:  interface(32) | time, high(32) | time, low(32) | captured length(32) | original length(32) | octets | options
/// simple packet:    original length(32) | octets
/// option:           code(16) | length(16) | value, padded to 4 octets
/// </code>
/// </summary>
internal sealed class PcapngReader : CaptureReader
{
    public const int MaxInterfaces = 1024;

    /// <summary>A packet, its fields and its options.</summary>
    private const int MaxBlock = MaxPacket + 64 * 1024;

    private const uint SectionHeader = 0x0a0d0d0a;
    private const uint ByteOrderMagic = 0x1a2b3c4d;
    private const uint InterfaceDescription = 1;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const ushort TimeResolution = 9;

    private readonly List<Interface> _interfaces = [];
    private bool _bigEndian;

    private PcapngReader(Stream stream)
        : base(stream)
    {
    }

    public static bool IsMagic(ReadOnlySpan<byte> start) => start.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(start) == SectionHeader;

    /// <summary>After the first block's type.</summary>
    public static PcapngReader? Open(Stream stream, out CaptureRefusal refusal)
    {
        var reader = new PcapngReader(stream);
        reader.Advance(4);
        var opened = reader.TryReadSection();
        refusal = reader.Refusal;
        return opened ? reader : null;
    }

    public override bool TryNext([NotNullWhen(true)] out CapturedPacket? packet)
    {
        packet = null;
        Span<byte> start = stackalloc byte[4];
        while (Refusal == CaptureRefusal.None && TryFill(start, mayEnd: true))
        {
            // The type of a section header reads the same in both byte orders; all else only in that of its section.
            if (IsMagic(start))
            {
                TryReadSection();
                continue;
            }

            var type = UInt32(start);
            if (!TryReadBody(type is InterfaceDescription or SimplePacket or EnhancedPacket, out var body))
                return false;
            packet = type switch
            {
                EnhancedPacket => Enhanced(body),
                SimplePacket => Simple(body),
                _ => null,
            };
            if (type == InterfaceDescription)
                Describe(body);
            if (packet is not null)
                return true;
        }

        return false;
    }

    private bool TryReadSection()
    {
        Span<byte> fields = stackalloc byte[8];
        if (!TryFill(fields))
            return false;
        var big = BinaryPrimitives.ReadUInt32BigEndian(fields[4..]) == ByteOrderMagic;
        if (!big && BinaryPrimitives.ReadUInt32LittleEndian(fields[4..]) != ByteOrderMagic)
        {
            Refusal = CaptureRefusal.BadBlock;
            return false;
        }

        _bigEndian = big;
        _interfaces.Clear();
        return TryFinish(UInt32(fields), already: 4, least: 28, keep: false, out _);
    }

    private bool TryReadBody(bool keep, out ReadOnlyMemory<byte> body)
    {
        body = default;
        Span<byte> length = stackalloc byte[4];
        return TryFill(length) && TryFinish(UInt32(length), already: 0, least: 12, keep, out body);
    }

    /// <param name="already">Octets of the body that were read.</param>
    private bool TryFinish(uint total, int already, int least, bool keep, out ReadOnlyMemory<byte> body)
    {
        body = default;
        if (total % 4 != 0 || total < least)
        {
            Refusal = CaptureRefusal.BadBlock;
            return false;
        }

        if (keep && total > MaxBlock)
        {
            Refusal = CaptureRefusal.BlockTooLong;
            return false;
        }

        var left = (long)total - 12 - already;
        Span<byte> trailer = stackalloc byte[4];
        if (keep)
        {
            var octets = new byte[left];
            if (!TryFill(octets))
                return false;
            body = octets;
        }
        else
        {
            Span<byte> passed = stackalloc byte[4096];
            for (; left > 0; left -= Math.Min(left, passed.Length))
            {
                if (!TryFill(passed[..(int)Math.Min(left, passed.Length)]))
                    return false;
            }
        }

        if (!TryFill(trailer))
            return false;
        if (UInt32(trailer) == total)
            return true;
        Refusal = CaptureRefusal.BadBlock;
        return false;
    }

    private void Describe(ReadOnlyMemory<byte> body)
    {
        var b = body.Span;
        if (b.Length < 8)
        {
            Refusal = CaptureRefusal.BadBlock;
            return;
        }

        if (_interfaces.Count == MaxInterfaces)
        {
            Refusal = CaptureRefusal.TooManyInterfaces;
            return;
        }

        var unit = 1e-6;
        for (var options = b[8..]; options.Length >= 4;)
        {
            var code = UInt16(options);
            var length = UInt16(options[2..]);
            if (code == 0 || length > options.Length - 4)
                break;
            if (code == TimeResolution && length >= 1)
                unit = (options[4] & 0x80) != 0 ? Math.Pow(2, -(options[4] & 0x7f)) : Math.Pow(10, -options[4]);
            var padded = 4 + (length + 3) / 4 * 4;
            options = padded <= options.Length ? options[padded..] : default;
        }

        _interfaces.Add(new Interface((CaptureLink)UInt16(b), UInt32(b[4..]), unit));
    }

    private CapturedPacket? Enhanced(ReadOnlyMemory<byte> body)
    {
        var b = body.Span;
        if (b.Length < 20 || UInt32(b[12..]) > b.Length - 20)
            return Bad(CaptureRefusal.BadBlock);
        if (UInt32(b) >= _interfaces.Count)
            return Bad(CaptureRefusal.UnknownInterface);
        var from = _interfaces[(int)UInt32(b)];
        var time = ((ulong)UInt32(b[4..]) << 32 | UInt32(b[8..])) * from.Unit;
        var seconds = Math.Floor(time);
        return new CapturedPacket(
            CountPacket(), Time((ulong)seconds, time - seconds), from.Link, body.Slice(20, (int)UInt32(b[12..])), UInt32(b[16..]));
    }

    private CapturedPacket? Simple(ReadOnlyMemory<byte> body)
    {
        if (body.Length < 4)
            return Bad(CaptureRefusal.BadBlock);
        if (_interfaces.Count == 0)
            return Bad(CaptureRefusal.UnknownInterface);
        var original = UInt32(body.Span);
        var from = _interfaces[0];
        var captured = Math.Min(original, from.SnapLength == 0 ? uint.MaxValue : from.SnapLength);
        return captured > body.Length - 4
            ? Bad(CaptureRefusal.BadBlock)
            : new CapturedPacket(CountPacket(), null, from.Link, body.Slice(4, (int)captured), original);
    }

    private CapturedPacket? Bad(CaptureRefusal refusal)
    {
        Refusal = refusal;
        return null;
    }

    private ushort UInt16(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint UInt32(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private sealed record Interface(CaptureLink Link, uint SnapLength, double Unit);
}
