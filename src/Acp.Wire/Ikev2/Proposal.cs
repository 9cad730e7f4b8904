using System.Buffers.Binary;

namespace Acp.Wire.Ikev2;

/// <summary>
/// Proposal substructure (RFC 7296 §3.3.1).
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | Last Substruc |   RESERVED    |         Proposal Length       |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | Proposal Num  |  Protocol ID  |    SPI Size   |Num  Transforms|
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~                        SPI (variable)                         ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~                        &lt;Transforms&gt;                           ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
/// <param name="Spi">Empty in IKE_SA_INIT, 8 octets for an IKE rekey, 4 for ESP.</param>
public sealed record Proposal(byte Number, ProtocolId Protocol, ReadOnlyMemory<byte> Spi, IReadOnlyList<Transform> Transforms)
{
    internal static IkeRefusal Decode(ReadOnlyMemory<byte> bytes, out Proposal? proposal, out bool last, out int length)
    {
        proposal = null;
        last = false;
        length = 0;
        var span = bytes.Span;
        if (span.Length < 8 || span[0] is not (0 or 2))
            return IkeRefusal.Proposal;
        last = span[0] == 0;
        length = BinaryPrimitives.ReadUInt16BigEndian(span[2..]);
        int spiSize = span[6];
        int count = span[7];
        if (length < 8 + spiSize || length > span.Length)
            return IkeRefusal.Proposal;
        var rest = bytes[(8 + spiSize)..length];
        var transforms = new List<Transform>();
        for (var i = 0; i < count; i++)
        {
            var refusal = Transform.Decode(rest, out var transform, out var lastTransform, out var used);
            if (transform is null)
                return refusal;
            if (lastTransform != (i == count - 1))
                return IkeRefusal.Transform;
            transforms.Add(transform);
            rest = rest[used..];
        }

        if (rest.Length != 0)
            return IkeRefusal.Proposal;
        proposal = new Proposal(span[4], (ProtocolId)span[5], bytes.Slice(8, spiSize), transforms);
        return IkeRefusal.None;
    }

    internal void Write(IkeWriter writer, bool last)
    {
        var start = writer.Length;
        writer.Byte(last ? (byte)0 : (byte)2);
        writer.Byte(0);
        writer.UInt16(0);
        writer.Byte(Number);
        writer.Byte((byte)Protocol);
        writer.Byte(checked((byte)Spi.Length));
        writer.Byte(checked((byte)Transforms.Count));
        writer.Octets(Spi.Span);
        for (var i = 0; i < Transforms.Count; i++)
            Transforms[i].Write(writer, i == Transforms.Count - 1);
        writer.PatchUInt16(start + 2, writer.Length - start);
    }
}
