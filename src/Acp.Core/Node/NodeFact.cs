using Acp.Core.Dull;
using Acp.Core.Grasp;
using Acp.Core.Ikev2;
using Acp.Core.Rpl;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>What a node noticed. The shell turns these into log lines; tests assert on them.</summary>
public abstract record NodeFact
{
    private NodeFact()
    {
    }

    public sealed record LinkUp(NodeLink Link) : NodeFact;

    public sealed record LinkDown(NodeLink Link) : NodeFact;

    /// <summary>Somebody who is not configured sent IKE over the host's network: it was not looked at.</summary>
    public sealed record StrangerIgnored(Ipv6Address Remote, ushort RemotePort) : NodeFact;

    public sealed record ChannelUp(ChannelSpec Channel, PeerIdentity Peer, bool WeDecide) : NodeFact;

    public sealed record ChannelDown(ChannelSpec Channel, ChannelCloseReason Reason) : NodeFact;

    /// <summary>The system took a channel away, or never gave it.</summary>
    public sealed record ChannelBroken(ChannelSpec Channel, string Reason) : NodeFact;

    public sealed record RouteSet(Ipv6Prefix Prefix, ChannelId Channel, Ipv6Address NextHop) : NodeFact;

    public sealed record RouteRemoved(Ipv6Prefix Prefix) : NodeFact;

    public sealed record DullNoted(NodeLink Link, DullFact Fact) : NodeFact;

    public sealed record AdjacencyNoted(AdjacencyFact Fact) : NodeFact;

    public sealed record Ikev2Noted(Ikev2Fact Fact) : NodeFact;

    public sealed record RplNoted(RplFact Fact) : NodeFact;

    public sealed record GraspNoted(GraspFact Fact) : NodeFact;
}
