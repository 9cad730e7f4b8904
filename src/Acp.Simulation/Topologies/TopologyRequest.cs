namespace Acp.Simulation.Topologies;

/// <summary>What a generator is asked for. The same request gives the same topology.</summary>
/// <param name="Nodes">How many boxes.</param>
/// <param name="Seed">For those that throw dice, and for which links are slow.</param>
public sealed record TopologyRequest(int Nodes, ulong Seed)
{
    /// <summary>What every link is like.</summary>
    public LinkQuality Quality { get; init; } = new();

    /// <summary>Part of the links that carry <see cref="LinkAttributes.SlowBitsPerSecond"/> only, 0 to 1: which ones, the seed decides.</summary>
    public double SlowLinks { get; init; }
}
