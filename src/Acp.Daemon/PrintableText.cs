namespace Acp.Daemon;

/// <summary>Nothing that a neighbour said, or that was captured, reaches the terminal as a control character.</summary>
internal static class PrintableText
{
    /// <returns>The same string where it has none; empty for null.</returns>
    public static string Of(string? text) => text switch
    {
        null => "",
        _ when text.Any(char.IsControl) => string.Concat(text.Select(c => char.IsControl(c) ? '\ufffd' : c)),
        _ => text,
    };
}
