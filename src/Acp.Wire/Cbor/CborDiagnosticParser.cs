using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Acp.Wire.Cbor;

/// <summary>A reader of diagnostic notation, by descent; one per text.</summary>
internal sealed class CborDiagnosticParser(string text)
{
    private readonly CborWriter _writer = new(CborConformanceMode.Lax);
    private int _position;
    private int _depth;

    public bool TryParse([NotNullWhen(true)] out byte[]? encoded, [NotNullWhen(false)] out string? error)
    {
        encoded = null;
        try
        {
            Item();
            Space();
            if (_position < text.Length)
                throw Wrong("there is more after the value");
            encoded = _writer.Encode();
            error = null;
            return true;
        }
        catch (FormatException e)
        {
            error = e.Message;
            return false;
        }
    }

    private FormatException Wrong(string what, int? at = null) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{what}, at character {(at ?? _position) + 1}"));

    private void Item()
    {
        if (++_depth > CborDiagnostic.MaxDepth)
            throw Wrong("nested too deeply");
        Space();
        switch (_position < text.Length ? text[_position] : '\0')
        {
            case '[':
                _position++;
                Items(']', open: _writer.WriteStartArray, close: _writer.WriteEndArray, pairs: false);
                break;
            case '{':
                _position++;
                Items('}', open: _writer.WriteStartMap, close: _writer.WriteEndMap, pairs: true);
                break;
            case '(':
                Chunks();
                break;
            case '"':
                String();
                break;
            case '\'' when Take("''_"):
                _writer.WriteStartIndefiniteLengthByteString();
                _writer.WriteEndIndefiniteLengthByteString();
                break;
            case '\'':
                _writer.WriteByteString(Encoding.UTF8.GetBytes(Quoted('\'')));
                break;
            case '<' when Take("<<"):
                Embedded();
                break;
            case '-' or (>= '0' and <= '9'):
                Number();
                break;
            case '\0':
                throw Wrong("a value is missing");
            default:
                Word();
                break;
        }
        _depth--;
    }

    private void Items(char end, Action<int?> open, Action close, bool pairs)
    {
        var indefinite = Take("_");
        var at = _position;
        // How many there are is known only when all are read: read them into a writer of their own, in their order.
        var items = new List<byte[]>();
        Space();
        while (!Take(end))
        {
            if (items.Count > 0)
            {
                Require(',', end);
                Space();
                if (Take(end))
                    break; // a comma at the end does no harm
            }
            items.Add(Apart());
            if (pairs)
            {
                Space();
                Require(':', ':');
                items.Add(Apart());
            }
            Space();
            if (_position >= text.Length)
                throw Wrong($"'{end}' is missing for what begins", at - 1);
        }
        open(indefinite ? null : pairs ? items.Count / 2 : items.Count);
        foreach (var item in items)
            _writer.WriteEncodedValue(item);
        close();
    }

    // (_ h'01', h'02') and (_ "a", "b")
    private void Chunks()
    {
        var at = _position;
        _position++;
        if (!Take("_"))
            throw Wrong("'(_' or a tag's number is missing", at);
        var chunks = new List<byte[]>();
        do
        {
            chunks.Add(Apart());
            Space();
        }
        while (Take(','));
        Require(')', ')');
        var major = chunks[0][0] >> 5;
        if (major is not (2 or 3) || chunks.Exists(c => c[0] >> 5 != major || (c[0] & 0x1f) == 31))
            throw Wrong("the parts must be all texts or all octets", at);
        if (major == 2)
            _writer.WriteStartIndefiniteLengthByteString();
        else
            _writer.WriteStartIndefiniteLengthTextString();
        foreach (var chunk in chunks)
        {
            var reader = new CborReader(chunk, CborConformanceMode.Lax);
            if (major == 2)
                _writer.WriteByteString(reader.ReadByteString());
            else
                _writer.WriteTextString(reader.ReadTextString());
        }
        if (major == 2)
            _writer.WriteEndIndefiniteLengthByteString();
        else
            _writer.WriteEndIndefiniteLengthTextString();
    }

    private void String()
    {
        if (Take("\"\"_"))
        {
            _writer.WriteStartIndefiniteLengthTextString();
            _writer.WriteEndIndefiniteLengthTextString();
            return;
        }
        _writer.WriteTextString(Quoted('"'));
    }

    private string Quoted(char quote)
    {
        var at = _position++;
        var read = new StringBuilder();
        while (_position < text.Length)
        {
            var c = text[_position++];
            if (c == quote)
                return IsUnicode(read) ? read.ToString() : throw Wrong("half a surrogate pair in the text", at);
            read.Append(c == '\\' ? Escaped() : c);
        }
        throw Wrong($"{quote} is missing for what begins", at);
    }

    private char Escaped()
    {
        var c = _position < text.Length ? text[_position++] : '\0';
        switch (c)
        {
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case '"' or '\'' or '\\' or '/':
                return c;
            case 'u' when _position + 4 <= text.Length
                && ushort.TryParse(text.AsSpan(_position, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                _position += 4;
                return (char)unit;
            default:
                throw Wrong("an unknown escape", _position - 1);
        }
    }

    private static bool IsUnicode(StringBuilder read)
    {
        for (var i = 0; i < read.Length; i++)
        {
            if (char.IsHighSurrogate(read[i]) && i + 1 < read.Length && char.IsLowSurrogate(read[i + 1]))
                i++;
            else if (char.IsSurrogate(read[i]))
                return false;
        }
        return true;
    }

    // RFC 8610 Appendix G.3: << … >> are octets that hold the items between.
    private void Embedded()
    {
        var octets = new List<byte>();
        Space();
        while (!Take(">>"))
        {
            if (octets.Count > 0)
                Require(',', '>');
            octets.AddRange(Apart());
            Space();
            if (_position >= text.Length)
                throw Wrong("'>>' is missing");
        }
        _writer.WriteByteString([.. octets]);
    }

    private void Number()
    {
        var at = _position;
        if (Take("-Infinity"))
        {
            _writer.WriteShortest(double.NegativeInfinity);
            return;
        }
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] is '.' or '-'
            || (text[_position] == '+' && text[_position - 1] is 'e' or 'E')))
            _position++;
        var number = text.AsSpan(at, _position - at);
        if (number.StartsWith("0x") || number.StartsWith("-0x"))
        {
            Integer(ParseHex(number, at));
        }
        else if (number.ContainsAny('.', 'e', 'E'))
        {
            if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
                throw Wrong($"'{number}' is no number", at);
            _writer.WriteShortest(value);
        }
        else if (BigInteger.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            if (integer >= 0 && Take('('))
                Tagged(integer, at);
            else
                Integer(integer);
        }
        else
        {
            throw Wrong($"'{number}' is no number", at);
        }
    }

    private BigInteger ParseHex(ReadOnlySpan<char> number, int at)
    {
        var negative = number[0] == '-';
        // The zero in front keeps the first digit from being taken for a sign.
        if (!BigInteger.TryParse(
            string.Concat("0", number[(negative ? 3 : 2)..]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || number.Length == (negative ? 3 : 2))
            throw Wrong($"'{number}' is no number", at);
        return negative ? -value : value;
    }

    private void Tagged(BigInteger tag, int at)
    {
        if (tag > ulong.MaxValue)
            throw Wrong("a tag is at most 18446744073709551615", at);
        _writer.WriteTag((CborTag)(ulong)tag);
        Item();
        Space();
        Require(')', ')');
    }

    private void Integer(BigInteger value)
    {
        if (value >= 0 && value <= ulong.MaxValue)
            _writer.WriteUInt64((ulong)value);
        else if (value < 0 && -1 - value <= ulong.MaxValue)
            _writer.WriteCborNegativeIntegerRepresentation((ulong)(-1 - value));
        else
            _writer.WriteBigInteger(value);
    }

    private void Word()
    {
        var at = _position;
        if (Take("h'"))
            _writer.WriteByteString(Octets(at, Convert.FromHexString));
        else if (Take("b64'"))
            _writer.WriteByteString(Octets(at, FromBase64));
        else if (Take("simple("))
            SimpleValue(at);
        else if (Take("true"))
            _writer.WriteBoolean(true);
        else if (Take("false"))
            _writer.WriteBoolean(false);
        else if (Take("null"))
            _writer.WriteNull();
        else if (Take("undefined"))
            _writer.WriteSimpleValue(CborSimpleValue.Undefined);
        else if (Take("NaN"))
            _writer.WriteShortest(double.NaN);
        else if (Take("Infinity"))
            _writer.WriteShortest(double.PositiveInfinity);
        else
            throw Wrong(char.IsLetter(text[at]) ? "a text needs quotes" : $"'{text[at]}' begins no value");
    }

    private byte[] Octets(int at, Func<string, byte[]> convert)
    {
        var end = text.IndexOf('\'', _position);
        if (end < 0)
            throw Wrong("' is missing for what begins", at);
        var digits = string.Concat(text[_position..end].Where(c => !char.IsWhiteSpace(c)));
        _position = end + 1;
        try
        {
            return convert(digits);
        }
        catch (FormatException)
        {
            throw Wrong("these are no octets", at);
        }
    }

    private static byte[] FromBase64(string digits)
    {
        var plain = digits.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        return Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='));
    }

    private void SimpleValue(int at)
    {
        var end = text.IndexOf(')', _position);
        if (end < 0 || !byte.TryParse(text.AsSpan(_position, end - _position), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            || value is >= 24 and < 32)
            throw Wrong("a simple value is 0 to 23 or 32 to 255", at);
        _position = end + 1;
        _writer.WriteSimpleValue((CborSimpleValue)value);
    }

    /// <summary>The next item, encoded, and not written yet.</summary>
    private byte[] Apart()
    {
        var inner = new CborDiagnosticParser(text) { _position = _position, _depth = _depth };
        inner.Item();
        _position = inner._position;
        return inner._writer.Encode();
    }

    /// <summary>White space and / comments /.</summary>
    private void Space()
    {
        while (_position < text.Length)
        {
            if (char.IsWhiteSpace(text[_position]))
            {
                _position++;
            }
            else if (text[_position] == '/')
            {
                var end = text.IndexOf('/', _position + 1);
                _position = end < 0 ? throw Wrong("a comment has no end") : end + 1;
            }
            else
            {
                return;
            }
        }
    }

    private void Require(char wanted, char or)
    {
        if (!Take(wanted))
            throw Wrong(wanted == or ? $"'{wanted}' is missing" : $"',' or '{or}' is missing");
    }

    private bool Take(char wanted)
    {
        if (_position >= text.Length || text[_position] != wanted)
            return false;
        _position++;
        return true;
    }

    private bool Take(string wanted)
    {
        if (string.CompareOrdinal(text, _position, wanted, 0, wanted.Length) != 0)
            return false;
        _position += wanted.Length;
        return true;
    }
}
