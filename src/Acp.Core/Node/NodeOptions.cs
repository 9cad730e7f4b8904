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
    /// What an operator wants a link to cost in RPL instead of what follows from its speed (RFC 8994 §9.3.4), by the host's interface;
    /// <c>host</c> for all neighbours that are met over the host's network.
    /// </summary>
    public IReadOnlyDictionary<string, int> RankFactors { get; init; } = new Dictionary<string, int>();

    /// <summary>
    /// Of the instance inside the ACP; DULL has its own. A stream there has cost a TLS handshake, so it is kept for a while.
    /// </summary>
    public GraspOptions Grasp { get; init; } = new() { KeepStreams = TimeSpan.FromSeconds(5) };

    public FloodingOptions Flooding { get; init; } = new();
}
