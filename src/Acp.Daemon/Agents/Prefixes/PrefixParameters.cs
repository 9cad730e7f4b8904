using System.Formats.Cbor;
using System.Globalization;
using Acp.Asa;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>
/// PrefixManager.Params (RFC 8992 §6): which role gets how long a prefix. RFC 8992 leaves the shape to whoever floods it, so that any of
/// these is read, and what is not understood passed over (N-10); the first is written, as graspy's pfxm3 has it.
/// <code>
/// [[["role", "RSG"], ["prefix_length", 34]], …]
/// [{"role": "RSG", "prefix_length": 34}, …]
/// {"RSG": 34, …}
/// [{"role": [{"role_name": "RSG"}, {"role_characteristic": [{"prefix_length": "34"}]}]}, …]
/// </code>
/// </summary>
internal sealed record PrefixParameters(IReadOnlyDictionary<string, int> Lengths)
{
    public const string ObjectiveName = "PrefixManager.Params";

    private const int MaxRoles = 256;

    /// <summary>"RSG=34,ASG=44".</summary>
    public static bool TryParse(string text, out PrefixParameters parameters)
    {
        var lengths = new Dictionary<string, int>();
        parameters = new PrefixParameters(lengths);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Split('=') is not [{ Length: > 0 } role, var number]
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > 128 || !lengths.TryAdd(role, length))
                return false;
        }

        return true;
    }

    /// <summary>Never throws; roles that cannot be read are not there.</summary>
    public static PrefixParameters Of(CborValue value)
    {
        var lengths = new Dictionary<string, int>();
        foreach (var (role, length) in Entries(value).Take(MaxRoles))
            lengths.TryAdd(role, length);
        return new PrefixParameters(lengths);
    }

    public CborValue ToCbor() => CborValue.Array([.. Lengths.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => CborValue.Array(
        CborValue.Array("role", l.Key),
        CborValue.Array("prefix_length", l.Value)))]);

    private static IEnumerable<(string Role, int Length)> Entries(CborValue value)
    {
        if (KindOf(value) == CborReaderState.StartMap)
            return Map(value).Where(e => TryText(e.Key, out _) && TryLength(e.Value, out _)).Select(e => (e.Key.ToText(), Length(e.Value)));
        return Items(value).Select(item =>
        {
            string? role = null;
            int? length = null;
            Look(item, ref role, ref length);
            return (role, length);
        }).Where(e => e is { role: not null, length: not null }).Select(e => (e.role!, e.length!.Value));
    }

    // Pairs wherever they stand, as map entries or arrays of two; the depth is bounded where the message was read.
    private static void Look(CborValue value, ref string? role, ref int? length)
    {
        var pairs = new List<(CborValue Key, CborValue Value)>();
        var items = Items(value);
        if (items.Count == 2 && TryText(items[0], out _))
            pairs.Add((items[0], items[1]));
        pairs.AddRange(Map(value).Select(e => (e.Key, e.Value)));
        foreach (var (key, said) in pairs)
        {
            if (!TryText(key, out var name))
                continue;
            if (name is "role" or "role_name" && TryText(said, out var text))
                role ??= text;
            else if (name == "prefix_length" && TryLength(said, out var number))
                length ??= number;
            else
                Look(said, ref role, ref length);
        }

        foreach (var item in items)
            Look(item, ref role, ref length);
    }

    private static CborReaderState KindOf(CborValue value) => new CborReader(value.Encoded).PeekState();

    private static IReadOnlyList<CborValue> Items(CborValue value) => KindOf(value) == CborReaderState.StartArray ? value.ToArray() : [];

    private static IReadOnlyList<KeyValuePair<CborValue, CborValue>> Map(CborValue value) => KindOf(value) == CborReaderState.StartMap ? value.ToMap() : [];

    private static bool TryText(CborValue value, out string text)
    {
        try
        {
            text = KindOf(value) == CborReaderState.TextString ? value.ToText() : "";
            return text.Length > 0;
        }
        catch (FormatException) // not UTF-8
        {
            text = "";
            return false;
        }
    }

    private static bool TryLength(CborValue value, out int length)
    {
        length = KindOf(value) switch
        {
            CborReaderState.UnsignedInteger when new CborReader(value.Encoded).ReadUInt64() is <= 128 and var number => (int)number,
            CborReaderState.TextString when TryText(value, out var text)
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 128 => number,
            _ => -1,
        };
        return length >= 0;
    }

    private static int Length(CborValue value) => TryLength(value, out var length) ? length : 0;
}
