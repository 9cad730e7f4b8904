namespace Acp.Simulation;

/// <summary>Text files of words in lines: an empty line, and everything after a <c>#</c>, is passed over.</summary>
internal static class WordLines
{
    private static readonly char[] Blanks = [' ', '\t', '\r'];

    /// <param name="text">The file's; it may begin with a byte order mark.</param>
    /// <param name="take">Takes the words of a line, one at least, and says what is wrong with them, or null.</param>
    /// <returns>The number of the first wrong line, from 1, and the reason; a null reason when all were taken.</returns>
    public static (int Line, string? Reason) Read(string text, Func<string[], string?> take)
    {
        var number = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            number++;
            var line = text.AsSpan()[range];
            if (line.IndexOf('#') is >= 0 and var comment)
                line = line[..comment];
            var words = line.ToString().TrimStart('\uFEFF').Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && take(words) is { } reason)
                return (number, reason);
        }

        return (number, null);
    }
}
