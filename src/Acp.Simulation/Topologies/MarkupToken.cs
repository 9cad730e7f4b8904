namespace Acp.Simulation.Topologies;

/// <summary>A piece of XML.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Name">Of a tag, without its namespace prefix; null for text.</param>
/// <param name="Text">What stands between tags, entities resolved; the whole reason when <paramref name="Kind"/> is <see cref="MarkupTokenKind.Wrong"/>.</param>
/// <param name="IsEmpty">Of an opening tag: it is closed as well.</param>
internal readonly record struct MarkupToken(MarkupTokenKind Kind, int Line, string? Name, string Text, Dictionary<string, string>? Attributes, bool IsEmpty);
