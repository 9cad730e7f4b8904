namespace Acp.Simulation.Topologies;

/// <summary>
/// Links as lines: <c>a b</c>, and then attributes (<c>latency=20ms loss=1%</c>). Names are any words; a pair twice is two links; an
/// empty line, and everything after a <c>#</c>, is passed over.
/// </summary>
internal static class PairsReader
{
    public static (int Line, string? Reason) Read(string text, FileDraft draft) => WordLines.Read(text, words => Link(words, draft));

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
