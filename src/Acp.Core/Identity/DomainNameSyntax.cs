namespace Acp.Core.Identity;

/// <summary>Domain names as RFC 1034 §3.5 writes them; RFC 8994 §6.2.2 refers to it for rsub and acp-domain-name.</summary>
internal static class DomainNameSyntax
{
    /// <summary>255 octets on the wire are 253 characters of text.</summary>
    internal const int MaxLength = 253;

    private const int MaxLabelLength = 63;

    // <subdomain>   ::= <label> | <subdomain> "." <label>
    // <label>       ::= <letter> [ [ <ldh-str> ] <let-dig> ]
    // <let-dig-hyp> ::= <let-dig> | "-"
    internal static bool IsSubdomain(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength)
            return false;
        foreach (var range in text.Split('.'))
        {
            var label = text[range];
            if (label.Length is 0 or > MaxLabelLength || !char.IsAsciiLetter(label[0]) || label[^1] == '-')
                return false;
            foreach (var c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                    return false;
            }
        }

        return true;
    }
}
