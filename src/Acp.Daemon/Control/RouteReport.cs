namespace Acp.Daemon.Control;

/// <summary>One route of the acp namespace that we own.</summary>
/// <param name="Destination">A prefix; "::/0" is the way up to the root.</param>
/// <param name="NextHop">Link-local address inside the channel; null when directly attached.</param>
/// <param name="Interface">A channel interface, <c>lo</c>, or the acp namespace's end of <c>acp0</c>.</param>
/// <param name="Origin">"parent" (default route), "dao" (learned from a child), "own", "blackhole", "host", "unreachable" (behind the default route, for a root).</param>
/// <param name="ExpiresInSeconds">Null for one that does not expire by itself.</param>
public sealed record RouteReport(
    string Destination, string? NextHop, string Interface, string Origin, double? ExpiresInSeconds);
