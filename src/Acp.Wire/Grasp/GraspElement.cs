using System.Buffers.Binary;

namespace Acp.Wire.Grasp;

/// <summary>Tells the elements of a message apart by their beginnings.</summary>
internal static class GraspElement
{
    /// <param name="element">Well-formed CBOR.</param>
    /// <param name="option">The option's number; otherwise none that there is.</param>
    public static GraspElementKind KindOf(ReadOnlyMemory<byte> element, out ulong option)
    {
        // Asked of every element, so without a reader: the item is well-formed, and two initial octets tell (RFC 8949 §3).
        option = ulong.MaxValue;
        var bytes = element.Span;
        if (bytes[0] >> 5 != 4)
            return GraspElementKind.Other;
        var elements = Argument(bytes, out var head);
        if (elements == 0 || bytes[head] == 0xff)
            return GraspElementKind.Empty;
        var first = bytes[head..];
        switch (first[0] >> 5)
        {
            case 0:
                option = Argument(first, out _);
                return GraspElementKind.Option;
            case 3:
                return GraspElementKind.Objective;
            case 4:
                return GraspElementKind.Entry;
            default:
                return GraspElementKind.Other;
        }
    }

    // Of an initial octet with additional information 31, some number other than zero.
    private static ulong Argument(ReadOnlySpan<byte> bytes, out int head)
    {
        var info = bytes[0] & 0x1f;
        head = 1 + (info is >= 24 and <= 27 ? 1 << (info - 24) : 0);
        return info switch
        {
            24 => bytes[1],
            25 => BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]),
            26 => BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]),
            27 => BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]),
            _ => (ulong)info,
        };
    }
}
