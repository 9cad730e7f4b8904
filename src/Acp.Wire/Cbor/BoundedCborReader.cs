using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Text;
using System.Text.Unicode;

namespace Acp.Wire.Cbor;

/// <summary>
/// Reads one CBOR data item from the network: the whole of it is checked against <see cref="CborLimits"/> before the
/// first read, any well-formed encoding is accepted (indefinite lengths, long forms), and every read is a try that leaves
/// the position alone when something of another kind stands there. <see cref="System.Formats.Cbor"/> does the reading; its exceptions stay inside.
/// </summary>
public sealed class BoundedCborReader
{
    [ThreadStatic]
    private static CborItemFramer? t_framer;

    private readonly CborReader _reader;

    private BoundedCborReader(ReadOnlyMemory<byte> bytes) => _reader = new CborReader(bytes, CborConformanceMode.Lax);

    /// <summary>
    /// Opens exactly one item. What the reader hands out later are slices of <paramref name="bytes"/> where possible, so
    /// these must not change.
    /// </summary>
    public static bool TryOpen(ReadOnlyMemory<byte> bytes, CborLimits limits,
        [NotNullWhen(true)] out BoundedCborReader? reader, out CborRefusal refusal)
    {
        reader = null;
        // One for each thread: most of what a small message would cost is the framer's table of levels.
        if (t_framer is null || !ReferenceEquals(t_framer.Limits, limits))
            t_framer = new CborItemFramer(limits);
        t_framer.Reset();
        switch (t_framer.Examine(bytes.Span, out var length, out refusal))
        {
            case CborFrame.NeedMore:
                refusal = CborRefusal.Truncated;
                return false;
            case CborFrame.Item when length < bytes.Length:
                refusal = CborRefusal.TrailingBytes;
                return false;
            case CborFrame.Item:
                reader = new BoundedCborReader(bytes);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Over an item that <see cref="TryReadEncoded"/> handed out, and that was therefore checked already.</summary>
    internal static BoundedCborReader OverChecked(ReadOnlyMemory<byte> encoded) => new(encoded);

    /// <summary>What comes next; <see cref="CborReaderState.Undefined"/> if it cannot be told.</summary>
    public CborReaderState Peek()
    {
        try
        {
            return _reader.PeekState();
        }
        catch (Exception e) when (IsExpected(e))
        {
            return CborReaderState.Undefined;
        }
    }

    /// <summary>True at the end of the innermost open array.</summary>
    public bool AtEndOfArray => Peek() == CborReaderState.EndArray;

    public bool TryReadStartArray() => TryRead(CborReaderState.StartArray, static r => r.ReadStartArray(), out _);

    /// <summary>Leaves the innermost array, which must have been read to its end.</summary>
    public bool TryReadEndArray() => TryRead(CborReaderState.EndArray, static r =>
    {
        r.ReadEndArray();
        return true;
    }, out _);

    public bool TryReadStartMap() => TryRead(CborReaderState.StartMap, static r => r.ReadStartMap(), out _);

    public bool TryReadEndMap() => TryRead(CborReaderState.EndMap, static r =>
    {
        r.ReadEndMap();
        return true;
    }, out _);

    /// <summary>An unsigned integer no greater than <paramref name="maximum"/>; a greater one is passed over, and false.</summary>
    public bool TryReadUInt(ulong maximum, out ulong value) =>
        TryRead(CborReaderState.UnsignedInteger, static r => r.ReadUInt64(), out value) && value <= maximum;

    /// <summary>An integer of either sign that fits 64 bits.</summary>
    public bool TryReadInt(out long value)
    {
        var state = Peek();
        value = 0;
        return state is CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger
            && TryRead(state, static r => r.ReadInt64(), out value);
    }

    /// <summary>The tag in front of the next item.</summary>
    public bool TryReadTag(out ulong tag) => TryRead(CborReaderState.Tag, static r => (ulong)r.ReadTag(), out tag);

    /// <summary>True at the end of the innermost open map.</summary>
    public bool AtEndOfMap => Peek() == CborReaderState.EndMap;

    public bool TryReadNull() => TryRead(CborReaderState.Null, static r =>
    {
        r.ReadNull();
        return true;
    }, out _);

    public bool TryReadBoolean(out bool value) => TryRead(CborReaderState.Boolean, static r => r.ReadBoolean(), out value);

    /// <summary>A byte string; chunks are joined.</summary>
    public bool TryReadBytes([NotNullWhen(true)] out byte[]? value)
    {
        var state = Peek();
        if (state is CborReaderState.ByteString or CborReaderState.StartIndefiniteLengthByteString)
            return TryRead(state, static r => r.ReadByteString(), out value);
        value = null;
        return false;
    }

    /// <summary>
    /// A text string; chunks are joined. Invalid UTF-8 is refused rather than repaired, or two names could become one
    /// (names are compared byte by byte, RFC 8990 §2.10.1).
    /// </summary>
    public bool TryReadText([NotNullWhen(true)] out string? value)
    {
        value = null;
        var state = Peek();
        if (state is not (CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString))
            return false;
        try
        {
            if (state == CborReaderState.TextString)
            {
                var text = _reader.ReadDefiniteLengthTextStringBytes().Span;
                value = Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : null;
                return value is not null;
            }

            var valid = true;
            var joined = new StringBuilder();
            _reader.ReadStartIndefiniteLengthTextString();
            while (_reader.PeekState() == CborReaderState.TextString)
            {
                // RFC 8949 §3.2.3: a character never straddles two chunks.
                var chunk = _reader.ReadDefiniteLengthTextStringBytes().Span;
                valid &= Utf8.IsValid(chunk);
                joined.Append(Encoding.UTF8.GetString(chunk));
            }
            _reader.ReadEndIndefiniteLengthTextString();
            value = valid ? joined.ToString() : null;
            return valid;
        }
        catch (Exception e) when (IsExpected(e))
        {
            return false;
        }
    }

    /// <summary>The next item, whatever it is, as it stands on the wire.</summary>
    public bool TryReadEncoded(out ReadOnlyMemory<byte> encoded)
    {
        try
        {
            encoded = _reader.ReadEncodedValue();
            return true;
        }
        catch (Exception e) when (IsExpected(e))
        {
            encoded = default;
            return false;
        }
    }

    /// <summary>Passes over the next item.</summary>
    public bool TrySkip() => TryReadEncoded(out _);

    private static bool IsExpected(Exception e) =>
        e is CborContentException or InvalidOperationException or OverflowException or ArgumentException;

    private bool TryRead<T>(CborReaderState expected, Func<CborReader, T> read, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (Peek() != expected)
            return false;
        try
        {
            value = read(_reader);
            return true;
        }
        catch (Exception e) when (IsExpected(e))
        {
            return false;
        }
    }
}
