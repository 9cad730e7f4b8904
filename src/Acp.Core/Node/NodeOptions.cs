using Acp.Core.Dull;
using Acp.Core.Esp;
using Acp.Core.Grasp;
using Acp.Core.Ikev2;
using Acp.Core.Rpl;

namespace Acp.Core.Node;

/// <summary>The options of every machine in a node, with defaults that need no change on a box.</summary>
public sealed class NodeOptions
{
    public DullOptions Dull { get; init; } = new();

    public AdjacencyOptions Adjacency { get; init; } = new();

    public Ikev2Options Ikev2 { get; init; } = new();

    /// <summary>Whom an operator named; no two with one address and link.</summary>
    public IReadOnlyList<ConfiguredNeighbor> Neighbors { get; init; } = [];

    /// <summary>The longest packet that paths to remote neighbours carry, where the operator knows better than the interface.</summary>
    public int RemoteMtu { get; init; } = EspOverhead.MaximumOuterMtu;

    public RplOptions Rpl { get; init; } = new();

    /// <summary>
    /// Of the instance inside the ACP; DULL has its own. A stream there has cost a TLS handshake, so it is kept for a while.
    /// </summary>
    public GraspOptions Grasp { get; init; } = new() { KeepStreams = TimeSpan.FromSeconds(5) };

    public FloodingOptions Flooding { get; init; } = new();
}
