using Acp.Core;
using Acp.Core.Node;
using Acp.Wire;

namespace Acp.Sim;

/// <summary>One end of a cable in one node. Every time it comes up it is a new link, as after a restart on a box.</summary>
public sealed class VirtualPort(VirtualNode node, VirtualLink link, int number)
{
    public VirtualNode Node { get; } = node;

    public VirtualLink Link { get; } = link;

    public LinkId Id { get; } = new(number);

    public Ipv6Address LinkLocal { get; } = new(((UInt128)0xfe80 << 112) | (UInt128)(ulong)((node.Number << 8) | number));

    public void Up()
    {
        if (Node.IsRunning)
            Node.Tell((machine, now) => machine.HandleLinkUp(now, new NodeLink(Id, $"abut_p{Id.Value}", $"p{Id.Value}", LinkLocal, 1500, 1000)));
    }

    public void Down()
    {
        if (Node.IsRunning)
            Node.Tell((machine, now) => machine.HandleLinkDown(now, Id));
    }
}
