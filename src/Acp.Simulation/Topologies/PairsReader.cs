namespace Acp.Simulation.Topologies;

/// <summary>
/// Links as lines: <c>a b</c>, and then attributes (<c>latency=20ms loss=1%</c>). Names are any words; a pair twice is two links; an
/// empty line, and everything after a <c>#</c>, is passed over.
/// </summary>
internal static class PairsReader
{
    private static readonly char[] Blanks = [' ', '\t', '\r'];

    public static (int Line, string? Reason) Read(string text, FileDraft draft)
    {
        var number = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            number++;
            var line = text.AsSpan()[range];
            if (line.IndexOf('#') is >= 0 and var comment)
                line = line[..comment];
            var words = line.ToString().TrimStart('\uFEFF').Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && Link(words, draft) is { } reason)
                return (number, reason);
        }

        return (number, null);
    }

    private static string? Link(string[] words, FileDraft draft)
    {
        if (words.Length == 1)
            return $"'{words[0]}' stands alone: a line names two boxes, and then attributes such as latency=5ms";
        var quality = draft.Preset;
        foreach (var word in words.AsSpan(2))
        {
            var equals = word.IndexOf('=');
            if (equals < 0)
                return $"'{word}' is no attribute such as latency=5ms";
            if (!LinkAttributes.TryApply(quality, word[..equals], word[(equals + 1)..], out var changed, out var reason))
                return reason;
            quality = changed;
        }

        return draft.Name(words[0], out var a) ?? draft.Name(words[1], out var b) ?? draft.Join(a, b, quality);
    }
}
