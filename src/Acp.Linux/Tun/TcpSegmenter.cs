using System.Buffers.Binary;

namespace Acp.Linux.Tun;

/// <summary>
/// Cuts a TCP "super packet", which the kernel hands over instead of up to fifty ordinary ones (TSO), into the packets
/// that belong on the wire. Our own kernel made it, but nothing here trusts its lengths.
/// </summary>
public ref struct TcpSegmenter
{
    internal const int Ipv6HeaderSize = 40;
    internal const int TcpHeaderSize = 20;
    internal const byte TcpProtocol = 6;
    internal const int TcpChecksumOffset = 16;
    internal const byte Fin = 0x01;
    internal const byte Psh = 0x08;

    private readonly ReadOnlySpan<byte> _packet;
    private readonly int _transport;
    private readonly int _headers;
    private readonly int _segmentSize;
    private readonly uint _sequence;
    private int _sent;

    private TcpSegmenter(ReadOnlySpan<byte> packet, int transport, int headers, int segmentSize)
    {
        _packet = packet;
        _transport = transport;
        _headers = headers;
        _segmentSize = segmentSize;
        _sequence = BinaryPrimitives.ReadUInt32BigEndian(packet[(transport + 4)..]);
    }

    /// <param name="packet">From the IPv6 header on.</param>
    /// <param name="transport">Where the TCP header starts (csum_start).</param>
    /// <param name="segmentSize">TCP payload octets per packet (gso_size).</param>
    public static bool TryStart(ReadOnlySpan<byte> packet, int transport, int segmentSize, out TcpSegmenter segmenter)
    {
        segmenter = default;
        if (segmentSize <= 0 || transport < Ipv6HeaderSize || packet.Length < transport + TcpHeaderSize || packet[0] >> 4 != 6)
            return false;
        var headers = transport + (packet[transport + 12] >> 4) * 4;
        if (headers < transport + TcpHeaderSize || headers > packet.Length)
            return false;
        segmenter = new TcpSegmenter(packet, transport, headers, segmentSize);
        return true;
    }

    /// <summary>Everything has been written.</summary>
    public readonly bool IsDone => _sent >= _packet.Length - _headers;

    /// <summary>Writes the next packet, complete with its checksum; false when there is none, or no room for it.</summary>
    public bool TryNext(Span<byte> destination, out int length)
    {
        length = 0;
        var payload = _packet[_headers..];
        var count = Math.Min(_segmentSize, payload.Length - _sent);
        if (count <= 0 || destination.Length < _headers + count)
            return false;

        length = _headers + count;
        _packet[.._headers].CopyTo(destination);
        payload.Slice(_sent, count).CopyTo(destination[_headers..]);

        var tcp = destination[_transport..length];
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], (ushort)(length - Ipv6HeaderSize));
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], _sequence + (uint)_sent);
        _sent += count;
        if (_sent < payload.Length)
            tcp[13] &= unchecked((byte)~(Fin | Psh)); // these belong to the end of the data
        Checksum(destination, tcp, TcpChecksumOffset, TcpProtocol);
        return true;
    }

    /// <summary>Writes the checksum of a transport segment whose pseudo-header comes from <paramref name="ipv6"/>.</summary>
    internal static void Checksum(ReadOnlySpan<byte> ipv6, Span<byte> segment, int offset, byte protocol)
    {
        segment.Slice(offset, 2).Clear();
        var sum = InternetChecksum.Add(InternetChecksum.PseudoHeader(ipv6, segment.Length, protocol), segment);
        BinaryPrimitives.WriteUInt16BigEndian(segment[offset..], InternetChecksum.Finish(sum));
    }
}
