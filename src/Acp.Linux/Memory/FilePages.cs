using System.Globalization;
using Acp.Linux.Interop;

namespace Acp.Linux.Memory;

/// <summary>
/// Gives back the pages of the program's own file that this process has mapped and not changed. The kernel maps sixteen
/// of a file's pages for each one that is asked for, and what only the start needed stays mapped for ever; what is still
/// needed comes back from the page cache at its next use, at the price of a page fault. Libraries are left alone: nobody
/// knows that they stay where they are until we have finished.
/// </summary>
internal static class FilePages
{
    private const int MadvDontneed = 4;

    public static unsafe void Release()
    {
        try
        {
            // What the kernel refuses stays as it is.
            foreach (var (start, length) in Unchanged(File.ReadAllLines("/proc/self/smaps"), Environment.ProcessPath ?? string.Empty))
                _ = LibC.madvise((void*)start, length, MadvDontneed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel without /proc/PID/smaps: nothing is lost but memory.
        }
    }

    /// <summary>
    /// The mappings that <c>/proc/PID/smaps</c> (proc(5)) shows as that file's, not writable, and without a page that differs
    /// from the file: only of these does the kernel have all that it takes to bring them back.
    /// </summary>
    internal static List<(nuint Start, nuint Length)> Unchanged(IEnumerable<string> smaps, string path)
    {
        List<(nuint, nuint)> unchanged = [];
        (nuint, nuint)? mapping = null;
        foreach (var line in smaps)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // "7f0a4000-7f0b4000 r-xp 00026000 fd:00 1234      /usr/lib/libc.so.6", then "Rss:      4 kB" and the like.
            if (words.Length >= 5 && !words[0].EndsWith(':'))
                mapping = words.Length == 6 && words[5] == path && words[1][1] == '-' ? Range(words[0]) : null;
            else if (mapping is { } open && words is ["Anonymous:", "0", ..])
                unchanged.Add(open);
        }

        return unchanged;
    }

    private static (nuint, nuint)? Range(string word)
    {
        var dash = word.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && nuint.TryParse(word.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var start)
            && nuint.TryParse(word.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var end)
            && end > start ? (start, end - start) : null;
    }
}
