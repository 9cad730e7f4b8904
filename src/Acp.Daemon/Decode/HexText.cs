using System.Globalization;

namespace Acp.Daemon.Decode;

/// <summary>
/// Hex as people and programs write it. Each of these is one message:
/// <code>
/// 8401 1ae4:20-3f 0x80             digits, in any groups, over as many lines as they like
/// 0000  60 00 00 00 00 20   `....  a dump with offsets: tshark -x, hexdump -C, od -A x -t x1, xxd
/// 00000000: 6000 0000  `...
/// NOOP [tab] 8100 [tab] what it is      a line of columns: the last one of hex counts, the first is a label
/// </code>
/// An empty line, or an offset of zero, begins another message; lines that begin with # are comments.
/// </summary>
internal static class HexText
{
    /// <summary>Octets of one message.</summary>
    public const int MaxMessage = 1024 * 1024;

    private const int OctetsOfDumpLine = 16;

    /// <param name="wrong">The line that is no hex, and why.</param>
    public static bool TryRead(string text, out List<HexMessage> messages, out string wrong)
    {
        messages = [];
        wrong = "";
        var current = new List<byte>();
        var begins = 0;
        var number = 0;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw.TrimEnd();
            if (line.TrimStart().StartsWith('#'))
                continue;
            if (line.IsWhiteSpace())
            {
                Finish(messages, current, begins);
                continue;
            }

            if (line.Contains('\t') && TryColumns(line, out var label, out var octets))
            {
                Finish(messages, current, begins);
                messages.Add(new HexMessage(number, label, octets));
                continue;
            }

            // hexdump and od end with the length alone.
            if (current.Count > 0 && line.Length is >= 6 and <= 8
                && int.TryParse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length) && length == current.Count)
            {
                Finish(messages, current, begins);
                continue;
            }

            if (TryDumpLine(line, current.Count, out var offset, out octets))
            {
                if (offset == 0)
                    Finish(messages, current, begins);
            }
            else if (!TryDigits(line, out octets))
            {
                wrong = $"line {number}: neither hex digits in pairs nor a line of a hexdump";
                return false;
            }

            if (current.Count == 0)
                begins = number;
            current.AddRange(octets);
            if (current.Count > MaxMessage)
            {
                wrong = $"line {number}: a message of more than {MaxMessage} octets";
                return false;
            }
        }

        Finish(messages, current, begins);
        return true;
    }

    private static void Finish(List<HexMessage> messages, List<byte> current, int begins)
    {
        if (current.Count > 0)
            messages.Add(new HexMessage(begins, null, current.ToArray()));
        current.Clear();
    }

    private static bool TryColumns(ReadOnlySpan<char> line, out string? label, out byte[] octets)
    {
        label = null;
        octets = [];
        var first = true;
        foreach (var range in line.Split('\t'))
        {
            var column = line[range].Trim();
            // A single octet is more likely a number, such as a hop limit.
            if (column.Length >= 4 && column.Length % 2 == 0 && IsHex(column))
            {
                // The last one: in a list of encrypted messages it is what they say.
                octets = Convert.FromHexString(column);
            }
            else if (first)
            {
                label = column.ToString();
            }

            first = false;
        }

        return octets.Length > 0;
    }

    private static bool TryDumpLine(ReadOnlySpan<char> line, int soFar, out int offset, out byte[] octets)
    {
        octets = [];
        offset = 0;
        line = line.TrimStart();
        var end = line.IndexOfAny(' ', ':');
        if (end is < 3 or > 8 || !int.TryParse(line[..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out offset))
            return false;
        var colon = line[end] == ':';
        if ((offset != 0 && offset != soFar) || (colon && line.Length > end + 1 && line[end + 1] != ' '))
            return false;
        var rest = line[(end + 1)..].TrimStart();
        // What follows so many spaces is the same in characters.
        var gap = rest.IndexOf(colon ? "  " : "   ", StringComparison.Ordinal);
        if (gap >= 0)
            rest = rest[..gap];
        var found = new List<byte>();
        foreach (var range in rest.Split(' '))
        {
            var group = rest[range];
            if (group.IsEmpty)
                continue;
            if (found.Count >= OctetsOfDumpLine || group[0] == '|' || !IsHex(group) || group.Length % 2 != 0)
                break;
            // Without a colon, only single octets tell a dump from digits in groups.
            if (!colon && group.Length != 2)
                return false;
            found.AddRange(Convert.FromHexString(group));
        }

        octets = [.. found];
        return octets.Length is > 0 and <= OctetsOfDumpLine;
    }

    private static bool TryDigits(ReadOnlySpan<char> line, out byte[] octets)
    {
        octets = [];
        var digits = new char[line.Length];
        var count = 0;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c is ' ' or '\t' or ':' or '-' or ',')
                continue;
            if ((c == '0' || c == '\\') && i + 1 < line.Length && line[i + 1] is 'x' or 'X')
            {
                i++;
                continue;
            }

            if (!char.IsAsciiHexDigit(c))
                return false;
            digits[count++] = c;
        }

        if (count % 2 != 0)
            return false;
        octets = Convert.FromHexString(digits.AsSpan(0, count));
        return true;
    }

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }

        return !text.IsEmpty;
    }
}
