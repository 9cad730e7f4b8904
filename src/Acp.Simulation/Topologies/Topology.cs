namespace Acp.Simulation.Topologies;

/// <summary>Which boxes are joined to which. Boxes are numbered from 0; an edge joins two different ones.</summary>
/// <param name="Name">As an operator asked for it: "random-tree", "fat-tree", the name of a file.</param>
/// <param name="Nodes">How many boxes.</param>
/// <param name="Edges">The links, in a fixed order: the same request and seed give the same list.</param>
public sealed record Topology(string Name, int Nodes, IReadOnlyList<TopologyEdge> Edges);
