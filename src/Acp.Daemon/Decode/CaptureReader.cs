using System.Diagnostics.CodeAnalysis;

namespace Acp.Daemon.Decode;

/// <summary>
/// Reads the packets of a capture file one after the other, holding one at a time. A file may say anything: what it
/// announces is checked before anything is allocated for it, and nothing in it causes an exception.
/// </summary>
internal abstract class CaptureReader(Stream stream)
{
    /// <summary>Octets of one packet; what libpcap writes at most.</summary>
    public const int MaxPacket = 256 * 1024;

    private int _packets;

    /// <summary>Octets of the file that were read.</summary>
    public long Position { get; private set; }

    /// <summary>Why there are no more packets; None at the end of the file.</summary>
    public CaptureRefusal Refusal { get; protected set; }

    /// <summary>Whether these, the first octets of a file, are those of a capture.</summary>
    public static bool IsCapture(ReadOnlySpan<byte> start) => PcapReader.IsMagic(start) || PcapngReader.IsMagic(start);

    /// <param name="stream">At its start.</param>
    public static bool TryOpen(Stream stream, [NotNullWhen(true)] out CaptureReader? reader, out CaptureRefusal refusal)
    {
        Span<byte> magic = stackalloc byte[4];
        var read = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        reader = PcapReader.IsMagic(magic[..read]) ? PcapReader.Open(stream, magic, out refusal)
            : PcapngReader.IsMagic(magic[..read]) ? PcapngReader.Open(stream, out refusal)
            : Refuse(out refusal);
        return reader is not null;

        static CaptureReader? Refuse(out CaptureRefusal refusal)
        {
            refusal = CaptureRefusal.NotACapture;
            return null;
        }
    }

    /// <summary>The next packet; false at the end, or when the rest cannot be read.</summary>
    public abstract bool TryNext([NotNullWhen(true)] out CapturedPacket? packet);

    protected int CountPacket() => ++_packets;

    protected void Advance(int octets) => Position += octets;

    /// <summary>False, and nothing refused, at the end of the file; false and refused in the middle of what was wanted.</summary>
    protected bool TryFill(Span<byte> buffer, bool mayEnd = false)
    {
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        Position += read;
        if (read == buffer.Length)
            return true;
        if (read > 0 || !mayEnd)
            Refusal = CaptureRefusal.Truncated;
        return false;
    }

    /// <summary>Seconds and a part of one since 1970.</summary>
    protected static DateTimeOffset? Time(ulong seconds, double fraction) =>
        seconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds).AddTicks((long)(Math.Clamp(fraction, 0, 0.9999999) * TimeSpan.TicksPerSecond))
            : null;
}
