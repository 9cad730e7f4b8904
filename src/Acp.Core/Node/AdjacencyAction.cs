using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>What the <see cref="AdjacencyMachine"/> wants done.</summary>
public abstract record AdjacencyAction
{
    /// <summary>Start IKEv2 with this neighbour, to this UDP port; 500 unless it announces only another (B-23, B-37).</summary>
    public sealed record Initiate(LinkId Link, Ipv6Address Peer, ushort Port) : AdjacencyAction;
}
