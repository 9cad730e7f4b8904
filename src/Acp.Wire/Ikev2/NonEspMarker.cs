using System.Buffers.Binary;

namespace Acp.Wire.Ikev2;

/// <summary>
/// Four zero octets before every IKE message on the NAT traversal port, where ESP has its SPI (RFC 3948 §2.2), which is
/// never zero.
/// </summary>
public static class NonEspMarker
{
    public const int Size = 4;

    /// <summary>The NAT keepalive packet: one octet (RFC 3948 §2.3).</summary>
    public static readonly ReadOnlyMemory<byte> Keepalive = new byte[] { 0xff };

    public static bool IsAt(ReadOnlySpan<byte> datagram) => datagram.Length >= Size && BinaryPrimitives.ReadUInt32BigEndian(datagram) == 0;

    public static bool IsKeepalive(ReadOnlySpan<byte> datagram) => datagram is [0xff];

    /// <summary>A copy with the marker before it.</summary>
    public static byte[] Put(ReadOnlySpan<byte> message)
    {
        var datagram = new byte[Size + message.Length];
        message.CopyTo(datagram.AsSpan(Size));
        return datagram;
    }
}
