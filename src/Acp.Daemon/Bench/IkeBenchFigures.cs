namespace Acp.Daemon.Bench;

/// <summary>All that <c>acpd bench ike</c> found.</summary>
public sealed record IkeBenchFigures(IReadOnlyList<IkeBenchRow> Handshakes, IkeBenchScale? Scale);
