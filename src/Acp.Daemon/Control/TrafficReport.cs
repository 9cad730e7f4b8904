namespace Acp.Daemon.Control;

/// <summary>A channel's traffic since it opened; octets are of inner packets.</summary>
public sealed record TrafficReport(
    long PacketsIn,
    long OctetsIn,
    long PacketsOut,
    long OctetsOut,
    long AuthenticationFailures,
    long Replays,
    long TooBig,
    long Malformed);
