using Acp.Core;

namespace Acp.Tests.Rpl;

/// <summary>A link of the simulated network, with the channels of its present life.</summary>
public sealed class RplLink
{
    public RplLink(RplNode a, RplNode b, int mbps)
    {
        (A, B, Mbps) = (a, b, mbps);
        a.Links.Add(this);
        b.Links.Add(this);
    }

    public RplNode A { get; }

    public RplNode B { get; }

    public int Mbps { get; }

    public bool IsUp { get; set; }

    public int Epoch { get; set; }

    public ChannelId ChannelA { get; set; }

    public ChannelId ChannelB { get; set; }

    public RplNode Other(RplNode node) => node == A ? B : A;

    public ChannelId ChannelOf(RplNode node) => node == A ? ChannelA : ChannelB;
}
