using System.Buffers.Binary;

namespace Acp.Wire.Ikev2;

/// <summary>
/// Transform substructure (RFC 7296 §3.3.2, §3.3.5).
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | Last Substruc |   RESERVED    |        Transform Length       |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |Transform Type |   RESERVED    |          Transform ID         |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~                      Transform Attributes                     ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///
/// |A|       Attribute Type        |    AF=0  Attribute Length     |
/// |F|                             |    AF=1  Attribute Value      |
/// </code>
/// </summary>
public sealed record Transform(TransformType Type, ushort Id, IReadOnlyList<TransformAttribute> Attributes)
{
    private const int MaxAttributes = 8;

    public Transform(TransformType type, ushort id, ushort? keyBits = null)
        : this(type, id, keyBits is { } bits ? [new TransformAttribute(TransformAttribute.KeyLength, bits, default)] : [])
    {
    }

    /// <summary>The Key Length attribute in bits, or null.</summary>
    public ushort? KeyBits
    {
        get
        {
            foreach (var attribute in Attributes)
            {
                if (attribute.Type == TransformAttribute.KeyLength)
                    return attribute.Value;
            }

            return null;
        }
    }

    /// <summary>Carries an attribute that we do not know: such a transform must not be chosen (RFC 7296 §3.3.6).</summary>
    public bool HasUnknownAttribute => Attributes.Any(a => a.Type != TransformAttribute.KeyLength || a.Value is null);

    /// <summary>Reads one transform from the start of <paramref name="bytes"/>.</summary>
    internal static IkeRefusal Decode(ReadOnlyMemory<byte> bytes, out Transform? transform, out bool last, out int length)
    {
        transform = null;
        last = false;
        length = 0;
        var span = bytes.Span;
        if (span.Length < 8 || span[0] is not (0 or 3))
            return IkeRefusal.Transform;
        last = span[0] == 0;
        length = BinaryPrimitives.ReadUInt16BigEndian(span[2..]);
        if (length < 8 || length > span.Length)
            return IkeRefusal.Transform;
        var attributes = new List<TransformAttribute>();
        for (var offset = 8; offset < length;)
        {
            if (length - offset < 4 || attributes.Count == MaxAttributes)
                return IkeRefusal.Attribute;
            var head = BinaryPrimitives.ReadUInt16BigEndian(span[offset..]);
            var value = BinaryPrimitives.ReadUInt16BigEndian(span[(offset + 2)..]);
            offset += 4;
            if ((head & 0x8000) != 0)
            {
                attributes.Add(new TransformAttribute((ushort)(head & 0x7fff), value, default));
                continue;
            }

            if (value > length - offset)
                return IkeRefusal.Attribute;
            attributes.Add(new TransformAttribute(head, null, bytes.Slice(offset, value)));
            offset += value;
        }

        transform = new Transform((TransformType)span[4], BinaryPrimitives.ReadUInt16BigEndian(span[6..]), attributes);
        return IkeRefusal.None;
    }

    internal void Write(IkeWriter writer, bool last)
    {
        var start = writer.Length;
        writer.Byte(last ? (byte)0 : (byte)3);
        writer.Byte(0);
        writer.UInt16(0);
        writer.Byte((byte)Type);
        writer.Byte(0);
        writer.UInt16(Id);
        foreach (var attribute in Attributes)
        {
            writer.UInt16((ushort)(attribute.Value is null ? attribute.Type : attribute.Type | 0x8000));
            writer.UInt16(attribute.Value ?? checked((ushort)attribute.Octets.Length));
            writer.Octets(attribute.Octets.Span);
        }

        writer.PatchUInt16(start + 2, writer.Length - start);
    }
}
