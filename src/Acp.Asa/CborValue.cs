using System.Formats.Cbor;
using Acp.Wire;
using Acp.Wire.Cbor;

namespace Acp.Asa;

/// <summary>
/// The value of an objective: any one CBOR item. Numbers, texts, octets and truth values convert by themselves; for
/// records write an <see cref="ICborConverter{T}"/>. Compares by its octets.
/// </summary>
public readonly struct CborValue : IEquatable<CborValue>
{
    private static readonly byte[] EncodedNull = [0xf6];

    private readonly ReadOnlyMemory<byte>? _encoded;

    private CborValue(ReadOnlyMemory<byte> encoded) => _encoded = encoded;

    /// <summary>CBOR null, which is also what <c>default</c> is.</summary>
    public static CborValue Null => default;

    /// <summary>The item as it stands in a message.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded ?? EncodedNull;

    public bool IsNull => Encoded.Span is [0xf6];

    public static implicit operator CborValue(int value) => Write(w => w.WriteInt32(value));

    public static implicit operator CborValue(long value) => Write(w => w.WriteInt64(value));

    public static implicit operator CborValue(ulong value) => Write(w => w.WriteUInt64(value));

    public static implicit operator CborValue(double value) => Write(w => w.WriteShortest(value));

    public static implicit operator CborValue(bool value) => Write(w => w.WriteBoolean(value));

    public static implicit operator CborValue(string? value) => Write(w =>
    {
        if (value is null)
            w.WriteNull();
        else
            w.WriteTextString(value);
    });

    public static implicit operator CborValue(byte[] value) => Write(w => w.WriteByteString(value));

    public static bool operator ==(CborValue left, CborValue right) => left.Equals(right);

    public static bool operator !=(CborValue left, CborValue right) => !left.Equals(right);

    /// <summary>Takes an item that is CBOR already.</summary>
    /// <exception cref="FormatException">It is not exactly one well-formed item.</exception>
    public static CborValue FromEncoded(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            var reader = new CborReader(encoded);
            reader.SkipValue();
            return reader.BytesRemaining == 0 ? new CborValue(encoded) : throw new FormatException("octets follow the CBOR item");
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException)
        {
            throw new FormatException("not one well-formed CBOR item", e);
        }
    }

    /// <summary>
    /// Octets that are CBOR of their own, as tag 24 (RFC 8949 §3.4.5.1): RFC 8991's way to pass values that the sender encoded
    /// itself. graspy wraps whatever octets it can decode, and at times some that it cannot, so these are not looked at.
    /// </summary>
    public static CborValue Embedded(ReadOnlyMemory<byte> octets) => Write(w =>
    {
        w.WriteTag(CborTag.EncodedCborDataItem);
        w.WriteByteString(octets.Span);
    });

    /// <summary>Tag 24 around octets. What reads a value looks inside by itself: peers send the same value either way.</summary>
    public bool IsEmbedded => TryUnwrap(out _);

    /// <summary>The octets inside, or those of the item itself where there is no tag.</summary>
    public ReadOnlyMemory<byte> Unwrapped => TryUnwrap(out var octets) ? octets : Encoded;

    /// <summary>An array of values.</summary>
    public static CborValue Array(params IReadOnlyList<CborValue> items) => Write(w =>
    {
        w.WriteStartArray(items.Count);
        foreach (var item in items)
            w.WriteEncodedValue(item.Encoded.Span);
        w.WriteEndArray();
    });

    /// <summary>Reads diagnostic notation, of which JSON is a part.</summary>
    /// <exception cref="FormatException">It is neither; the message says where.</exception>
    public static CborValue Parse(string diagnostic) => CborDiagnostic.TryParse(diagnostic, out var encoded, out var error)
        ? new CborValue(encoded)
        : throw new FormatException(error);

    /// <summary>A value of one's own type.</summary>
    public static CborValue From<T>(T value, ICborConverter<T> converter) => Write(w => converter.Write(w, value));

    /// <exception cref="FormatException">It is something else, or too large.</exception>
    public long ToInt64() => Read(r => r.ReadInt64(), "an integer");

    /// <exception cref="FormatException">It is something else.</exception>
    public string ToText() => Read(r => r.ReadTextString(), "a text");

    /// <summary>Octets; those inside, if they are embedded.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public byte[] ToBytes() => TryUnwrap(out var octets) ? octets.ToArray() : Read(r => r.ReadByteString(), "octets");

    /// <exception cref="FormatException">It is something else.</exception>
    public bool ToBoolean() => Read(r => r.ReadBoolean(), "true or false");

    /// <exception cref="FormatException">It is something else.</exception>
    public double ToDouble() => Read(
        r => r.PeekState() is CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger ? r.ReadInt64() : r.ReadDouble(), "a number");

    /// <exception cref="FormatException">It is something else.</exception>
    public IReadOnlyList<CborValue> ToArray() => Read(
        r =>
        {
            var items = new List<CborValue>();
            r.ReadStartArray();
            while (r.PeekState() != CborReaderState.EndArray)
                items.Add(new CborValue(r.ReadEncodedValue()));
            r.ReadEndArray();
            return items;
        }, "an array");

    /// <summary>Its entries, in the order they came in.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public IReadOnlyList<KeyValuePair<CborValue, CborValue>> ToMap() => Read(
        r =>
        {
            var entries = new List<KeyValuePair<CborValue, CborValue>>();
            r.ReadStartMap();
            while (r.PeekState() != CborReaderState.EndMap)
                entries.Add(new(new CborValue(r.ReadEncodedValue()), new CborValue(r.ReadEncodedValue())));
            r.ReadEndMap();
            return entries;
        }, "a map");

    /// <exception cref="FormatException">The converter cannot read it.</exception>
    public T To<T>(ICborConverter<T> converter) => Read(converter.Read, typeof(T).Name);

    public bool Equals(CborValue other) => Encoded.Span.SequenceEqual(other.Encoded.Span);

    public override bool Equals(object? obj) => obj is CborValue other && Equals(other);

    public override int GetHashCode() => new ByteString(Encoded).GetHashCode();

    /// <summary>CBOR's diagnostic notation (RFC 8949 §8).</summary>
    public override string ToString() => CborDiagnostic.Print(Encoded);

    internal static CborValue FromWire(ByteString? value) => value is { } given ? new CborValue(given.Memory) : default;

    private static CborValue Write(Action<CborWriter> write)
    {
        var writer = new CborWriter();
        write(writer);
        return new CborValue(writer.Encode());
    }

    private bool TryUnwrap(out ReadOnlyMemory<byte> octets)
    {
        octets = default;
        if (Encoded.Span is not [0xd8, 24, ..])
            return false;
        var reader = new CborReader(Encoded);
        reader.ReadTag();
        if (reader.PeekState() is not (CborReaderState.ByteString or CborReaderState.StartIndefiniteLengthByteString))
            return false;
        octets = reader.ReadByteString();
        return true;
    }

    private T Read<T>(Func<CborReader, T> read, string wanted)
    {
        try
        {
            var reader = new CborReader(Unwrapped);
            var value = read(reader);
            return reader.BytesRemaining == 0 ? value : throw new FormatException($"{this} is more than {wanted}");
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException)
        {
            throw new FormatException($"{this} is not {wanted}", e);
        }
    }
}
