using System.Buffers.Binary;

namespace Acp.Wire.Rpl;

/// <summary>
/// The ICMPv6 checksum with its pseudo-header (RFC 4443 §2.3, RFC 8200 §8.1). A Linux raw ICMPv6 socket computes and
/// checks it itself; simulation and tests have no such socket.
/// </summary>
public static class Icmpv6Checksum
{
    /// <summary>The checksum of <paramref name="icmpv6"/>, whose own checksum field (octets 2 and 3) counts as zero.</summary>
    public static ushort Compute(Ipv6Address source, Ipv6Address destination, ReadOnlySpan<byte> icmpv6)
    {
        // Source(128) | Destination(128) | Upper-Layer Packet Length(32) | zero(24) | Next Header(8) = 58
        Span<byte> pseudo = stackalloc byte[40];
        source.Write(pseudo);
        destination.Write(pseudo[16..]);
        BinaryPrimitives.WriteInt32BigEndian(pseudo[32..], icmpv6.Length);
        BinaryPrimitives.WriteInt32BigEndian(pseudo[36..], 58);
        ulong sum = Sum(pseudo) + Sum(icmpv6);
        if (icmpv6.Length >= 4)
            sum -= BinaryPrimitives.ReadUInt16BigEndian(icmpv6[2..]);
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>Writes the checksum into octets 2 and 3.</summary>
    public static void Write(Ipv6Address source, Ipv6Address destination, Span<byte> icmpv6) =>
        BinaryPrimitives.WriteUInt16BigEndian(icmpv6[2..], Compute(source, destination, icmpv6));

    /// <summary>True when octets 2 and 3 hold the right checksum.</summary>
    public static bool Verify(Ipv6Address source, Ipv6Address destination, ReadOnlySpan<byte> icmpv6) =>
        icmpv6.Length >= 4
        && BinaryPrimitives.ReadUInt16BigEndian(icmpv6[2..]) == Compute(source, destination, icmpv6);

    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        while (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }
        return bytes.Length == 1 ? sum + (ulong)(bytes[0] << 8) : sum;
    }
}
