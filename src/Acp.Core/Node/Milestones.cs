using Acp.Core.Time;

namespace Acp.Core.Node;

/// <summary>When a node got how far; null for not yet. The lab accounts for its converging time with these.</summary>
public sealed record Milestones
{
    public Instant? FirstLink { get; init; }

    public Instant? FirstNeighbor { get; init; }

    public Instant? LastNeighbor { get; init; }

    public Instant? FirstChannel { get; init; }

    public Instant? LastChannel { get; init; }

    /// <summary>RPL found a parent, or became root again, for the latest time.</summary>
    public Instant? Joined { get; init; }

    public Instant? LastRoute { get; init; }

    /// <summary>The longest delay before an initiation that a neighbour's address asked for (RFC 8994 §6.6).</summary>
    public TimeSpan TieBreakWait { get; init; }
}
