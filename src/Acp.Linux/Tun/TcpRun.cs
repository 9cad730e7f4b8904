using System.Buffers.Binary;

namespace Acp.Linux.Tun;

/// <summary>
/// Decides which received packets may reach the kernel as one (GRO): neighbours in one TCP stream that differ only in
/// sequence number, checksum and PSH, as tcp_gro_receive() in the kernel's net/ipv4/tcp_offload.c has it. Packets are
/// only ever joined with the one just before, so that their order stays.
/// </summary>
public struct TcpRun
{
    private const int MaximumLength = 65535 - TcpSegmenter.Ipv6HeaderSize;

    private uint _nextSequence;
    private int _payload;
    private bool _ended;

    /// <summary>Packets in the run; 0 when none, or the one before cannot be joined with anything.</summary>
    public int Count { get; private set; }

    /// <summary>IPv6 and TCP header octets of each packet.</summary>
    public int Headers { get; private set; }

    /// <summary>TCP payload octets of each packet but the last, which may have fewer.</summary>
    public int SegmentSize { get; private set; }

    /// <summary>Starts a run with this packet, if it is one that others may follow.</summary>
    public bool TryStart(ReadOnlySpan<byte> packet)
    {
        Count = 0;
        if (!IsCandidate(packet, out var headers) || !HasRightChecksum(packet))
            return false;
        Headers = headers;
        SegmentSize = packet.Length - headers;
        _payload = SegmentSize;
        _nextSequence = Sequence(packet) + (uint)SegmentSize;
        _ended = (packet[TcpSegmenter.Ipv6HeaderSize + 13] & TcpSegmenter.Psh) != 0;
        Count = 1;
        return true;
    }

    /// <summary>Joins the packet to the run, if it continues it.</summary>
    /// <param name="first">The run's first packet, as it was.</param>
    public bool TryAppend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> packet)
    {
        if (Count == 0 || _ended || !IsCandidate(packet, out var headers) || headers != Headers)
            return false;
        var size = packet.Length - headers;
        if (size > SegmentSize || Sequence(packet) != _nextSequence || Headers - TcpSegmenter.Ipv6HeaderSize + _payload + size > MaximumLength)
            return false;

        const int tcp = TcpSegmenter.Ipv6HeaderSize;

        // IPv6 but its length; ports; acknowledgement, offset; flags but PSH; window; urgent pointer and options.
        if (!packet[..4].SequenceEqual(first[..4]) || !packet[6..(tcp + 4)].SequenceEqual(first[6..(tcp + 4)])
            || !packet[(tcp + 8)..(tcp + 13)].SequenceEqual(first[(tcp + 8)..(tcp + 13)])
            || ((packet[tcp + 13] ^ first[tcp + 13]) & ~TcpSegmenter.Psh) != 0
            || !packet[(tcp + 14)..(tcp + 16)].SequenceEqual(first[(tcp + 14)..(tcp + 16)])
            || !packet[(tcp + 18)..headers].SequenceEqual(first[(tcp + 18)..headers])
            || !HasRightChecksum(packet))
            return false;

        Count++;
        _payload += size;
        _nextSequence += (uint)size;
        _ended = size < SegmentSize || (packet[tcp + 13] & TcpSegmenter.Psh) != 0;
        return true;
    }

    /// <summary>
    /// Makes the first packet's headers those of the whole run: the length, PSH if the last packet had it, and the
    /// pseudo-header's sum where the checksum goes, which is what NEEDS_CSUM means.
    /// </summary>
    public readonly void Finish(Span<byte> first, bool push)
    {
        var length = Headers - TcpSegmenter.Ipv6HeaderSize + _payload;
        BinaryPrimitives.WriteUInt16BigEndian(first[4..], (ushort)length);
        var tcp = first[TcpSegmenter.Ipv6HeaderSize..];
        if (push)
            tcp[13] |= TcpSegmenter.Psh;
        var pseudo = InternetChecksum.PseudoHeader(first, length, TcpSegmenter.TcpProtocol);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpSegmenter.TcpChecksumOffset..], InternetChecksum.Fold(pseudo));
    }

    /// <summary>Whether the packet carries PSH; only for packets of a run.</summary>
    public static bool HasPush(ReadOnlySpan<byte> packet) =>
        (packet[TcpSegmenter.Ipv6HeaderSize + 13] & TcpSegmenter.Psh) != 0;

    /// <summary>Plain TCP data: no extension headers, no flags but ACK and PSH.</summary>
    private static bool IsCandidate(ReadOnlySpan<byte> packet, out int headers)
    {
        const int tcp = TcpSegmenter.Ipv6HeaderSize;
        headers = 0;
        if (packet.Length <= tcp + TcpSegmenter.TcpHeaderSize || packet[6] != TcpSegmenter.TcpProtocol
            || (packet[tcp + 13] & ~TcpSegmenter.Psh) != 0x10)
            return false;
        headers = tcp + (packet[tcp + 12] >> 4) * 4;
        return headers >= tcp + TcpSegmenter.TcpHeaderSize && headers < packet.Length;
    }

    /// <summary>The kernel will not look at the checksum once told that the packet is ours to vouch for, so we do.</summary>
    private static bool HasRightChecksum(ReadOnlySpan<byte> packet)
    {
        const int tcp = TcpSegmenter.Ipv6HeaderSize;
        var sum = InternetChecksum.PseudoHeader(packet, packet.Length - tcp, TcpSegmenter.TcpProtocol);
        return InternetChecksum.Finish(InternetChecksum.Add(sum, packet[tcp..])) == 0;
    }

    private static uint Sequence(ReadOnlySpan<byte> packet) =>
        BinaryPrimitives.ReadUInt32BigEndian(packet[(TcpSegmenter.Ipv6HeaderSize + 4)..]);
}
