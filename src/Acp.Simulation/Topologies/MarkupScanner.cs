using System.Globalization;
using System.Text;

namespace Acp.Simulation.Topologies;

/// <summary>
/// Cuts XML into tags and text, as much of XML as GraphML files have: attributes, comments, CDATA, the five entities and numeric ones,
/// processing instructions passed over. No document type: nobody's entities are expanded or fetched. (The library's reader would
/// make the published file a tenth larger.)
/// </summary>
internal sealed class MarkupScanner(string text)
{
    private int _at;
    private int _line = 1;

    public MarkupToken Next()
    {
        while (true)
        {
            if (_at >= text.Length)
                return new MarkupToken(MarkupTokenKind.End, _line, null, "", null, false);
            var line = _line;
            if (text[_at] != '<')
            {
                var end = text.IndexOf('<', _at);
                var raw = Take(end < 0 ? text.Length - _at : end - _at);
                line += raw.AsSpan(0, raw.Length - raw.AsSpan().TrimStart().Length).Count('\n');
                return Resolve(raw) is { } resolved ? new MarkupToken(MarkupTokenKind.Text, line, null, resolved, null, false) : Wrong(line, "there is an entity that is not known");
            }

            if (Starts("<!--"))
            {
                if (TakeThrough("-->") is null)
                    return Wrong(line, "a comment has no end");
            }
            else if (Starts("<?"))
            {
                if (TakeThrough("?>") is null)
                    return Wrong(line, "a processing instruction has no end");
            }
            else if (Starts("<![CDATA["))
            {
                return TakeThrough("]]>") is { } data
                    ? new MarkupToken(MarkupTokenKind.Text, line, null, data["<![CDATA[".Length..^3], null, false)
                    : Wrong(line, "a CDATA section has no end");
            }
            else if (Starts("<!"))
            {
                return Wrong(line, "document types are not read");
            }
            else
            {
                return Tag(line);
            }
        }
    }

    private MarkupToken Tag(int line)
    {
        Take(1);
        var closing = _at < text.Length && text[_at] == '/';
        if (closing)
            Take(1);
        var name = Name();
        if (name.Length == 0)
            return Wrong(line, "a '<' begins no tag");
        Dictionary<string, string>? attributes = null;
        while (true)
        {
            Blanks();
            if (_at >= text.Length)
                return Wrong(line, $"the tag '{name}' has no end");
            if (text[_at] == '>')
            {
                Take(1);
                return new MarkupToken(closing ? MarkupTokenKind.Close : MarkupTokenKind.Open, line, Local(name), "", attributes, false);
            }

            if (Starts("/>") && !closing)
            {
                Take(2);
                return new MarkupToken(MarkupTokenKind.Open, line, Local(name), "", attributes, true);
            }

            var attribute = Name();
            Blanks();
            if (attribute.Length == 0 || closing || _at >= text.Length || text[_at] != '=')
                return Wrong(_line, $"the tag '{name}' is not well-formed");
            Take(1);
            Blanks();
            if (_at >= text.Length || text[_at] is not ('"' or '\'') || text.IndexOf(text[_at], _at + 1) is not (> 0 and var quote))
                return Wrong(_line, $"the attribute '{attribute}' of '{name}' has no value in quotes");
            var raw = Take(quote + 1 - _at);
            if (Resolve(raw[1..^1]) is not { } value)
                return Wrong(_line, "there is an entity that is not known");
            if (!(attributes ??= new(StringComparer.Ordinal)).TryAdd(attribute, value))
                return Wrong(_line, $"the tag '{name}' has the attribute '{attribute}' twice");
        }
    }

    private static string Local(string name) => name[(name.IndexOf(':') + 1)..];

    private static MarkupToken Wrong(int line, string reason) => new(MarkupTokenKind.Wrong, line, null, reason, null, false);

    private bool Starts(string what) => string.CompareOrdinal(text, _at, what, 0, what.Length) == 0;

    private string Name()
    {
        var end = _at;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '-' or '.' or ':'))
            end++;
        return Take(end - _at);
    }

    private void Blanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            Take(1);
    }

    private string? TakeThrough(string end)
    {
        var found = text.IndexOf(end, _at, StringComparison.Ordinal);
        return found < 0 ? null : Take(found + end.Length - _at);
    }

    private string Take(int length)
    {
        var taken = text.Substring(_at, length);
        _line += taken.AsSpan().Count('\n');
        _at += length;
        return taken;
    }

    /// <summary>Null for an entity that is none of XML's own.</summary>
    private static string? Resolve(string raw)
    {
        if (!raw.Contains('&'))
            return raw;
        var result = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '&')
            {
                result.Append(raw[i]);
                continue;
            }

            var end = raw.IndexOf(';', i);
            if (end < 0 || Entity(raw[(i + 1)..end]) is not { } character)
                return null;
            result.Append(character);
            i = end;
        }

        return result.ToString();
    }

    private static string? Entity(string name) => name switch
    {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        ['#', 'x', .. var hex] => int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ? Character(code) : null,
        ['#', .. var digits] => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? Character(code) : null,
        _ => null,
    };

    private static string? Character(int code) => Rune.IsValid(code) ? new Rune(code).ToString() : null;
}
