namespace Acp.Simulation.Topologies;

/// <summary>A point-to-point link between two boxes, by their numbers (0 to <see cref="Topology.Nodes"/> − 1).</summary>
public sealed record TopologyEdge(int A, int B, LinkQuality Quality);
