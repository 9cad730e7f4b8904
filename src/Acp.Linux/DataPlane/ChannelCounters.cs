namespace Acp.Linux.DataPlane;

/// <summary>One channel's traffic since it opened (E-24). Octets are of inner packets.</summary>
public readonly record struct ChannelCounters(
    long PacketsIn,
    long OctetsIn,
    long PacketsOut,
    long OctetsOut,
    long AuthenticationFailures,
    long Replays,
    long TooBig,
    long Malformed);
