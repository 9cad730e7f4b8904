namespace Acp.Daemon.Control;

/// <summary>Our place in the routing tree (RFC 6550).</summary>
/// <param name="Role">"root", "router" (joined below a parent), or "detached".</param>
/// <param name="DodagId">The root's ACP address; null when detached.</param>
/// <param name="Version">DODAG version; null when detached.</param>
/// <param name="Rank">0xffff (infinite) when detached.</param>
/// <param name="Parent">Preferred parent's link-local address inside its channel; null for a root.</param>
/// <param name="ParentInterface">The channel interface it is on.</param>
public sealed record RplReport(
    string Role, string? DodagId, int? Version, int Rank, string? Parent, string? ParentInterface);
