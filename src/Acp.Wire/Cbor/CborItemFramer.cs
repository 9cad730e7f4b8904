using System.Buffers.Binary;

namespace Acp.Wire.Cbor;

/// <summary>
/// Finds the end of one CBOR data item in a buffer that grows: GRASP over TCP has no framing but CBOR itself (trap 3).
/// Checks well-formedness and limits on the way, octet by octet, without exceptions and without allocating from
/// announced lengths; it never looks at an octet twice. UTF-8 is not checked here. Not thread-safe: one per stream.
/// </summary>
public sealed class CborItemFramer(CborLimits limits)
{
    public CborLimits Limits => limits;

    // One open array, map or indefinite-length string each.
    private readonly Level[] _open = new Level[limits.MaxDepth];
    private int _depth;
    private int _position;
    private int _elements;
    private int _tags; // directly before what comes next
    private CborRefusal _refusal;

    /// <summary>
    /// Looks at <paramref name="buffer"/>, which starts where the item starts and holds at least what it held at the last
    /// call. After <see cref="CborFrame.Item"/> the first <paramref name="length"/> octets are the item and the framer is
    /// ready for the next one; after <see cref="CborFrame.Refused"/> it stays refused: close the stream.
    /// </summary>
    public CborFrame Examine(ReadOnlySpan<byte> buffer, out int length, out CborRefusal refusal)
    {
        length = 0;
        while (_refusal == CborRefusal.None)
        {
            switch (Step(buffer))
            {
                case Progress.Starved:
                    refusal = CborRefusal.None;
                    return CborFrame.NeedMore;
                case Progress.Complete:
                    length = _position;
                    refusal = CborRefusal.None;
                    Reset();
                    return CborFrame.Item;
                default:
                    continue;
            }
        }
        refusal = _refusal;
        return CborFrame.Refused;
    }

    /// <summary>Forgets what was seen; the next buffer starts a new item.</summary>
    public void Reset()
    {
        _depth = 0;
        _position = 0;
        _elements = 0;
        _tags = 0;
        _refusal = CborRefusal.None;
    }

    // RFC 8949 §3: an initial octet of major type (3 bits) and additional information (5 bits); 24 to 27 say that the
    // argument follows in 1, 2, 4 or 8 octets; 31 opens an indefinite length or, in major type 7, is the break.
    private Progress Step(ReadOnlySpan<byte> buffer)
    {
        if (_position >= limits.MaxSize)
            return Refuse(CborRefusal.TooLarge);
        if (_position >= buffer.Length)
            return Progress.Starved;

        var initial = buffer[_position];
        var major = initial >> 5;
        var info = initial & 0x1f;

        if (initial == 0xff)
            return Break();
        if (info is 28 or 29 or 30)
            return Refuse(CborRefusal.Malformed);

        var head = 1 + (info is >= 24 and <= 27 ? 1 << (info - 24) : 0);
        if (_position + head > limits.MaxSize)
            return Refuse(CborRefusal.TooLarge);
        if (_position + head > buffer.Length)
            return Progress.Starved;
        var argument = Argument(buffer[(_position + 1)..], info);

        if (_depth > 0 && _open[_depth - 1].Chunks is { } chunks && (major != chunks || info == 31))
            return Refuse(CborRefusal.Malformed); // §3.2.3: chunks are definite-length strings of the same major type
        if (_elements >= limits.MaxElements)
            return Refuse(CborRefusal.TooManyElements);

        switch (major)
        {
            case 0 or 1:
                if (info == 31)
                    return Refuse(CborRefusal.Malformed);
                return Leaf(head);
            case 2 or 3:
                if (info == 31)
                    return Open(head, new Level(null, major, false));
                if (major == 3 && argument > (ulong)limits.MaxTextLength)
                    return Refuse(CborRefusal.TextTooLong);
                if (argument > (ulong)(limits.MaxSize - _position - head))
                    return Refuse(CborRefusal.TooLarge);
                if ((int)argument > buffer.Length - _position - head)
                    return Progress.Starved;
                return Leaf(head + (int)argument);
            case 4 or 5:
                if (info == 31)
                    return Open(head, new Level(null, null, major == 5));
                // Every announced element takes an element of the budget and at least an octet: refuse at once what cannot fit.
                var most = (ulong)(limits.MaxElements - _elements - 1);
                if (argument > most || (major == 5 && argument * 2 > most))
                    return Refuse(CborRefusal.TooManyElements);
                var items = (int)argument * (major == 5 ? 2 : 1);
                return items == 0 ? Leaf(head) : Open(head, new Level(items, null, false));
            case 6:
                if (info == 31)
                    return Refuse(CborRefusal.Malformed);
                // A tag in a tag in a tag is as deep as an array in an array.
                if (_depth + _tags >= limits.MaxDepth)
                    return Refuse(CborRefusal.TooDeep);
                _elements++;
                _position += head;
                _tags++;
                return Progress.Made;
            default:
                if (info == 24 && argument < 32)
                    return Refuse(CborRefusal.Malformed); // §3.3: simple values below 32 have no two-octet form
                return Leaf(head);
        }
    }

    private static ulong Argument(ReadOnlySpan<byte> rest, int info) => info switch
    {
        24 => rest[0],
        25 => BinaryPrimitives.ReadUInt16BigEndian(rest),
        26 => BinaryPrimitives.ReadUInt32BigEndian(rest),
        27 => BinaryPrimitives.ReadUInt64BigEndian(rest),
        _ => (ulong)info,
    };

    private Progress Leaf(int octets)
    {
        _position += octets;
        _elements++;
        return Complete();
    }

    private Progress Open(int octets, Level level)
    {
        if (_depth >= limits.MaxDepth)
            return Refuse(CborRefusal.TooDeep);
        _position += octets;
        _elements++;
        _tags = 0;
        _open[_depth++] = level;
        return Progress.Made;
    }

    private Progress Break()
    {
        if (_depth == 0 || _tags > 0 || _open[_depth - 1] is not { Remaining: null, OddMap: false })
            return Refuse(CborRefusal.Malformed);
        _position++;
        _depth--;
        return Complete();
    }

    // An item has ended: its container may have, too.
    private Progress Complete()
    {
        _tags = 0;
        while (_depth > 0)
        {
            ref var level = ref _open[_depth - 1];
            if (level.Remaining is not { } remaining)
            {
                if (level.IsMap)
                    level.OddMap = !level.OddMap;
                return Progress.Made;
            }
            level.Remaining = remaining - 1;
            if (remaining > 1)
                return Progress.Made;
            _depth--;
        }
        return Progress.Complete;
    }

    private Progress Refuse(CborRefusal refusal)
    {
        _refusal = refusal;
        return Progress.Made;
    }

    private enum Progress
    {
        Made,
        Starved,
        Complete,
    }

    /// <param name="Remaining">Items still to come; null for an indefinite length.</param>
    /// <param name="Chunks">The major type of the chunks, when this is an indefinite-length string.</param>
    /// <param name="IsMap">An indefinite-length map, which must hold an even number of items.</param>
    private record struct Level(int? Remaining, int? Chunks, bool IsMap)
    {
        /// <summary>A key was read whose value is still to come.</summary>
        public bool OddMap { get; set; }
    }
}
