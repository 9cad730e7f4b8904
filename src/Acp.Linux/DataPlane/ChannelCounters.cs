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
    long Malformed)
{
    /// <summary>Cover traffic of the peer, dropped as it should be (E-13).</summary>
    public long Dummies { get; init; }

    /// <summary>Outbound packets that met no SA, a used-up one, or a system that would not take them; inbound ones the interface refused.</summary>
    public long Dropped { get; init; }
}
