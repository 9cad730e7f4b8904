using System.Diagnostics.CodeAnalysis;

namespace Acp.Wire.Cbor;

/// <summary>
/// CBOR's diagnostic notation (RFC 8949 §8, with RFC 8610 Appendix G): CBOR for people to read and write. JSON is a part
/// of it.
/// </summary>
public static class CborDiagnostic
{
    /// <summary>More than GRASP ever carries; what nests deeper is not printed.</summary>
    public const int MaxDepth = 64;

    private static readonly CborLimits Limits = new(int.MaxValue, MaxDepth, int.MaxValue, int.MaxValue);

    /// <summary>
    /// One item on one line. What is no CBOR, or too deep, is its octets with a note in front. Safe for a terminal: control
    /// characters in texts are escaped.
    /// </summary>
    public static string Print(ReadOnlyMemory<byte> encoded) =>
        new CborItemFramer(Limits).Examine(encoded.Span, out var length, out _) == CborFrame.Item && length == encoded.Length
            ? new CborDiagnosticPrinter(encoded.Span).Print()
            : $"/ not one CBOR item / h'{Convert.ToHexStringLower(encoded.Span)}'";

    /// <summary>Reads one item; numbers become their shortest encoding.</summary>
    /// <param name="error">What is wrong and where, for people.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out byte[]? encoded, [NotNullWhen(false)] out string? error) =>
        new CborDiagnosticParser(text).TryParse(out encoded, out error);
}
