using System.Diagnostics.CodeAnalysis;

namespace Acp.Core.Node;

/// <summary>
/// The <c>--interface</c> patterns: shell-like (<c>*</c>, <c>?</c>), a leading <c>!</c> excludes. The last pattern
/// that matches a name decides, as in .gitignore; a name that none matches is left to the default rules.
/// </summary>
public sealed class InterfacePatterns
{
    public static readonly InterfacePatterns None = new([]);

    private readonly IReadOnlyList<string> _patterns;

    private InterfacePatterns(IReadOnlyList<string> patterns) => _patterns = patterns;

    /// <summary>Patterns known to be right; throws <see cref="FormatException"/> otherwise.</summary>
    public static InterfacePatterns Parse(params IEnumerable<string> patterns) =>
        TryParse(patterns, out var parsed, out var reason) ? parsed : throw new FormatException(reason);

    /// <summary>As written, in order.</summary>
    public IReadOnlyList<string> Patterns => _patterns;

    /// <summary>True to include, false to exclude, null when no pattern says anything about this name.</summary>
    public bool? Decide(string interfaceName) => DecidingPattern(interfaceName) is { } pattern ? pattern[0] != '!' : null;

    /// <summary>The pattern that decides, for the reason that <c>acpd status</c> shows.</summary>
    public string? DecidingPattern(string interfaceName)
    {
        for (var i = _patterns.Count - 1; i >= 0; i--)
        {
            if (Matches(_patterns[i].AsSpan().TrimStart('!'), interfaceName))
                return _patterns[i];
        }

        return null;
    }

    public static bool TryParse(
        IEnumerable<string> patterns, [NotNullWhen(true)] out InterfacePatterns? parsed, [NotNullWhen(false)] out string? reason)
    {
        var all = patterns.SelectMany(p => p.Split(',', StringSplitOptions.TrimEntries)).ToArray();
        parsed = null;
        foreach (var pattern in all)
        {
            var name = pattern.AsSpan(pattern.StartsWith('!') ? 1 : 0);
            // IFNAMSIZ is 16 with the final zero; the kernel allows neither '/' nor white space.
            reason = name.Length == 0 ? $"'{pattern}' names no interface"
                : name.Length > 15 ? $"'{pattern}' is longer than the 15 characters an interface name may have"
                : name.ContainsAny("/! \t") ? $"'{pattern}' has a character that no interface name has"
                : null;
            if (reason is not null)
                return false;
        }

        parsed = new InterfacePatterns(all);
        reason = null;
        return true;
    }

    public override string ToString() => string.Join(',', _patterns);

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        // The usual two-pointer walk: on a mismatch, let the last '*' swallow one more character.
        int p = 0, n = 0, star = -1, mark = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = n;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++mark;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].Trim('*').IsEmpty;
    }
}
