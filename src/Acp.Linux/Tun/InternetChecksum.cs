using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Acp.Linux.Tun;

/// <summary>
/// The Internet checksum (RFC 1071), eight octets at a time. Sums are kept in the host's byte order, which RFC 1071
/// §2(B) shows to be right, and turned once at the end.
/// </summary>
public static class InternetChecksum
{
    /// <summary>Adds octets to a running sum. Only the last piece may have an odd length.</summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);

        // Two independent chains, each adding both halves of a word: no carry can get lost below 2^32 words.
        ulong a = 0, b = 0;
        foreach (var word in words)
        {
            a += (uint)word;
            b += word >> 32;
        }

        sum = Fold32(sum) + Fold32(a) + Fold32(b);
        var rest = bytes[(words.Length * 8)..];
        while (rest.Length >= 2)
        {
            sum += MemoryMarshal.Read<ushort>(rest);
            rest = rest[2..];
        }

        if (rest.Length == 1)
            sum += BitConverter.IsLittleEndian ? rest[0] : (ulong)rest[0] << 8;
        return sum;
    }

    /// <summary>The IPv6 pseudo-header of RFC 8200 §8.1: both addresses, length and protocol.</summary>
    /// <param name="ipv6">The IPv6 header.</param>
    /// <param name="length">Octets of transport header and payload.</param>
    public static ulong PseudoHeader(ReadOnlySpan<byte> ipv6, int length, byte protocol)
    {
        Span<byte> tail = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(tail, (uint)length);
        BinaryPrimitives.WriteUInt32BigEndian(tail[4..], protocol);
        return Add(Add(0, ipv6.Slice(8, 32)), tail);
    }

    /// <summary>Folded to 16 bits, not complemented, as a big-endian number: what "partial" checksum fields hold.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = Fold32(sum);
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((ushort)sum) : (ushort)sum;
    }

    /// <summary>The finished checksum. Over octets that include a right checksum it is zero.</summary>
    public static ushort Finish(ulong sum) => (ushort)~Fold(sum);

    private static ulong Fold32(ulong sum) => (sum & 0xffff_ffff) + (sum >> 32);
}
