using Acp.Wire;

namespace Acp.Core.Dull;

/// <summary>What a <see cref="DullMachine"/> noticed, for logs and status.</summary>
public abstract record DullFact(LinkId Link)
{
    /// <summary>Announcements start, or start again with another address.</summary>
    public sealed record Started(LinkId Link, Ipv6Address LinkLocal) : DullFact(Link);

    public sealed record Stopped(LinkId Link) : DullFact(Link);

    /// <summary>A neighbour that was not in the cache.</summary>
    public sealed record NeighborFound(LinkId Link, Ipv6Address Peer, ValueList<ChannelMethod> Methods) : DullFact(Link);

    /// <param name="Evicted">To make room, rather than at the end of its ttl .</param>
    public sealed record NeighborLost(LinkId Link, Ipv6Address Peer, bool Evicted) : DullFact(Link);
}
