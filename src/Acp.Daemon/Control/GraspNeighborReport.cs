namespace Acp.Daemon.Control;

/// <summary>What floods and discoveries go over to one neighbour: a TCP connection in its channel.</summary>
/// <param name="Interface">The channel's, in the acp namespace.</param>
/// <param name="LinkLocal">The neighbour's address there; null before anything was heard from it.</param>
/// <param name="State">"connected", "connecting" or "waiting".</param>
/// <param name="OpenedBy">"us" or "neighbor"; null unless connected.</param>
/// <param name="Seconds">Since it was opened; null unless connected.</param>
/// <param name="NextAttemptInSeconds">Null unless waiting to try (again).</param>
public sealed record GraspNeighborReport(
    string Interface, string? LinkLocal, string State, string? OpenedBy, double? Seconds, double? NextAttemptInSeconds);
