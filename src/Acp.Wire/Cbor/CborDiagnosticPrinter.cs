using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Acp.Wire.Cbor;

/// <summary>Walks over one item that <see cref="CborItemFramer"/> found well-formed.</summary>
internal ref struct CborDiagnosticPrinter(ReadOnlySpan<byte> item)
{
    private const byte Stop = 0xff;

    private readonly ReadOnlySpan<byte> _item = item;
    private readonly StringBuilder _text = new();
    private int _position;

    public string Print()
    {
        Item();
        return _text.ToString();
    }

    private void Item()
    {
        var initial = _item[_position];
        var major = initial >> 5;
        var argument = Argument(out var indefinite);
        switch (major)
        {
            case 0:
                _text.Append(CultureInfo.InvariantCulture, $"{argument}");
                break;
            case 1:
                _text.Append(CultureInfo.InvariantCulture, $"{-1 - (Int128)argument}");
                break;
            case 2 or 3 when indefinite:
                Chunks(major);
                break;
            case 2:
                Bytes(Take(argument));
                break;
            case 3:
                Text(Take(argument));
                break;
            case 4:
                Container('[', ']', argument, indefinite, pairs: false);
                break;
            case 5:
                Container('{', '}', argument, indefinite, pairs: true);
                break;
            case 6:
                Tag(argument);
                break;
            default:
                Simple(initial & 0x1f, argument);
                break;
        }
    }

    // RFC 8949 §3: 24 to 27 say that the argument follows in 1, 2, 4 or 8 octets, 31 that there is none.
    private ulong Argument(out bool indefinite)
    {
        var info = _item[_position++] & 0x1f;
        indefinite = info == 31;
        if (info is < 24 or > 27)
            return indefinite ? 0 : (ulong)info;
        var octets = _item.Slice(_position, 1 << (info - 24));
        _position += octets.Length;
        return octets.Length switch
        {
            1 => octets[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(octets),
            4 => BinaryPrimitives.ReadUInt32BigEndian(octets),
            _ => BinaryPrimitives.ReadUInt64BigEndian(octets),
        };
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        var octets = _item.Slice(_position, (int)length);
        _position += octets.Length;
        return octets;
    }

    private readonly void Bytes(ReadOnlySpan<byte> octets) =>
        _text.Append("h'").Append(Convert.ToHexStringLower(octets)).Append('\'');

    private readonly void Text(ReadOnlySpan<byte> utf8)
    {
        _text.Append('"');
        foreach (var rune in Encoding.UTF8.GetString(utf8).EnumerateRunes())
        {
            if (rune.Value is '"' or '\\')
                _text.Append('\\').Append((char)rune.Value);
            else if (rune.Value == '\n')
                _text.Append("\\n");
            else if (IsPrintable(rune))
                _text.Append(rune.ToString());
            else
                Escape(rune);
        }
        _text.Append('"');
    }

    // What would move a cursor, turn the direction of writing or not be seen at all is written as its number.
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private readonly void Escape(Rune rune)
    {
        foreach (var unit in rune.ToString())
            _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
    }

    private void Chunks(int major)
    {
        if (_item[_position] == Stop)
        {
            _position++;
            _text.Append(major == 2 ? "''_" : "\"\"_"); // §8.1: "(_ )" would not say of what kind
            return;
        }
        _text.Append("(_ ");
        for (var first = true; _item[_position] != Stop; first = false)
        {
            if (!first)
                _text.Append(", ");
            Item();
        }
        _position++;
        _text.Append(')');
    }

    private void Container(char open, char close, ulong count, bool indefinite, bool pairs)
    {
        _text.Append(open);
        if (indefinite)
            _text.Append("_ ");
        for (var n = 0UL; indefinite ? _item[_position] != Stop : n < count; n++)
        {
            if (n > 0)
                _text.Append(", ");
            Item();
            if (!pairs)
                continue;
            _text.Append(": ");
            Item();
        }
        if (indefinite)
            _position++;
        _text.Append(close);
    }

    private void Tag(ulong tag)
    {
        if (tag is 2 or 3 && TryBignum(tag == 3, out var number))
        {
            _text.Append(number.ToString(CultureInfo.InvariantCulture));
            return;
        }
        _text.Append(CultureInfo.InvariantCulture, $"{tag}(");
        Item();
        _text.Append(')');
    }

    // A number only if reading it again gives the same octets.
    private bool TryBignum(bool negative, out BigInteger number)
    {
        var here = _position;
        if (_item[_position] >> 5 == 2)
        {
            var length = Argument(out var indefinite);
            if (!indefinite && length > 8)
            {
                var octets = Take(length);
                number = new BigInteger(octets, isUnsigned: true, isBigEndian: true);
                number = negative ? -1 - number : number;
                if (octets[0] != 0)
                    return true;
            }
        }
        _position = here;
        number = default;
        return false;
    }

    private readonly void Simple(int info, ulong argument)
    {
        switch (info)
        {
            case 20:
                _text.Append("false");
                break;
            case 21:
                _text.Append("true");
                break;
            case 22:
                _text.Append("null");
                break;
            case 23:
                _text.Append("undefined");
                break;
            case 25:
                _text.Append(Number((double)BitConverter.UInt16BitsToHalf((ushort)argument)));
                break;
            case 26:
                _text.Append(Number(BitConverter.UInt32BitsToSingle((uint)argument)));
                break;
            case 27:
                _text.Append(Number(BitConverter.UInt64BitsToDouble(argument)));
                break;
            default:
                _text.Append(CultureInfo.InvariantCulture, $"simple({argument})");
                break;
        }
    }

    /// <summary>As JavaScript writes numbers, but never like an integer.</summary>
    private static string Number(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        // The shortest digits that read back as the same number, and where their point is.
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var sign = double.IsNegative(value) ? "-" : "";
        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        var mantissa = e < 0 ? shortest : shortest[..e];
        var exponent = e < 0 ? 0 : int.Parse(shortest[(e + 1)..], CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        mantissa = mantissa.Replace(".", "", StringComparison.Ordinal);
        var zeros = mantissa.Length - mantissa.TrimStart('0').Length;
        (mantissa, exponent) = (mantissa.Trim('0'), exponent - zeros);
        if (mantissa.Length == 0)
            return sign + "0.0";
        return sign + exponent switch
        {
            < -6 or > 20 => Dotted(mantissa, 1) + (exponent < 0 ? "e-" : "e+") + Math.Abs(exponent).ToString(CultureInfo.InvariantCulture),
            < 0 => "0." + new string('0', -exponent - 1) + mantissa,
            _ => Dotted(mantissa.PadRight(exponent + 1, '0'), exponent + 1),
        };
    }

    private static string Dotted(string digits, int point) => digits[..point] + "." + (digits.Length > point ? digits[point..] : "0");
}
