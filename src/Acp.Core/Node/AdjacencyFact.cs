using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>What the <see cref="AdjacencyMachine"/> noticed, for logs and status.</summary>
public abstract record AdjacencyFact(LinkId Link, Ipv6Address Peer)
{
    public sealed record Added(LinkId Link, Ipv6Address Peer, AdjacencyState State) : AdjacencyFact(Link, Peer);

    public sealed record Changed(LinkId Link, Ipv6Address Peer, AdjacencyState From, AdjacencyState To, string Reason)
        : AdjacencyFact(Link, Peer);

    public sealed record Removed(LinkId Link, Ipv6Address Peer, string Reason) : AdjacencyFact(Link, Peer);

    /// <summary>The peer's attempt at us failed. It does not slow our own (C-17).</summary>
    public sealed record ResponderFailed(LinkId Link, Ipv6Address Peer, string Reason) : AdjacencyFact(Link, Peer);
}
