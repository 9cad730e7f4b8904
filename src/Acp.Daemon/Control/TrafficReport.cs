namespace Acp.Daemon.Control;

/// <summary>A channel's traffic since it opened; octets are of inner packets.</summary>
/// <param name="Dropped">Outbound packets that met no SA, a used-up one, or a system that would not take them; inbound ones the interface refused.</param>
public sealed record TrafficReport(
    long PacketsIn,
    long OctetsIn,
    long PacketsOut,
    long OctetsOut,
    long AuthenticationFailures,
    long Replays,
    long TooBig,
    long Malformed,
    long Dropped);
