using Acp.Core;
using Acp.Core.Node;
using Acp.Simulation.Toy;
using Acp.Wire;

namespace Acp.Simulation.Network;

/// <summary>One end of a link in one node.</summary>
public sealed class SimulatedPort
{
    private readonly NodeLink _up;

    internal SimulatedPort(SimulatedNode node, SimulatedLink link, int number, ulong seed)
    {
        Node = node;
        Link = link;
        Id = new LinkId(number);
        // Spread like addresses that come of a hash or a MAC: their last octet decides who initiates first.
        LinkLocal = new Ipv6Address(0xfe80UL << 48, ToyHash.Mix(seed ^ 0x9e3779b97f4a7c15, ((ulong)node.Number << 32 | (uint)number) + 1));
        _up = new NodeLink(Id, $"abut_p{number}", $"p{number}", LinkLocal, link.Quality.Mtu, (int)(link.Quality.BitsPerSecond / 1_000_000));
    }

    public SimulatedNode Node { get; }

    public SimulatedLink Link { get; }

    public LinkId Id { get; }

    public Ipv6Address LinkLocal { get; }

    /// <summary>The channels over this link that the node has open; one, when all is well.</summary>
    public IReadOnlyList<SimulatedChannel> Channels => Open;

    internal List<SimulatedChannel> Open { get; } = [];

    /// <summary>Tells the node, if it is on.</summary>
    internal void Up() => Node.HandleLinkUp(_up);

    /// <inheritdoc cref="Up"/>
    internal void Down() => Node.HandleLinkDown(Id);
}
