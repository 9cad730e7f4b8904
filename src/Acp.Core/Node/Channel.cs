using Acp.Core.Time;

namespace Acp.Core.Node;

/// <summary>A secure channel as the node sees it: its interface, who is at the other end, the child SAs that carry it.</summary>
internal sealed class Channel(ChannelSpec spec, PeerIdentity peer, bool weDecide, Instant since)
{
    public ChannelSpec Spec { get; } = spec;

    public PeerIdentity Peer { get; set; } = peer;

    public bool WeDecide { get; set; } = weDecide;

    public Instant Since { get; } = since;

    /// <summary>What is installed, oldest first. Numbers only: the keys belong to the data plane.</summary>
    public List<(uint Inbound, uint Outbound, EspAlgorithm Algorithm, bool Esn, Instant Since)> ChildSas { get; } = [];

    /// <summary>RPL and GRASP were told that packets pass.</summary>
    public bool InService { get; set; }

    public ChannelStatus Status => new(Spec, Peer, WeDecide, Since, [.. ChildSas]);
}
