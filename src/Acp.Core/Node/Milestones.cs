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

    public Instant? LastRoute { get; init; }
}
