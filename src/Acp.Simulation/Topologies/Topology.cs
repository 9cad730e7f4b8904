namespace Acp.Simulation.Topologies;

/// <summary>Which boxes are joined to which. Boxes are numbered from 0; an edge joins two different ones.</summary>
/// <param name="Name">As an operator asked for it: "random-tree", "fat-tree", the name of a file.</param>
/// <param name="Nodes">How many boxes.</param>
/// <param name="Edges">The links, in a fixed order: the same request and seed give the same list. Two boxes may have several links.</param>
public sealed record Topology(string Name, int Nodes, IReadOnlyList<TopologyEdge> Edges)
{
    /// <summary>What a file calls its boxes, by number; null where they have numbers only.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>How far from the core a box was meant to be, by number, for pictures (spines 0, leaves 1); null where there is no such plan.</summary>
    public IReadOnlyList<int>? Tiers { get; init; }
}
