using Acp.Wire;

namespace Acp.Core.Dull;

/// <summary>Settings of a DULL instance. The defaults are the RFC's, or ours where it leaves them open.</summary>
public sealed record DullOptions
{
    /// <summary>
    /// What we offer: one AN_ACP objective each, all in one flood (B-24). The ports are announced explicitly, each in an
    /// O_IPv6_LOCATOR.
    /// </summary>
    public ValueList<ChannelMethod> Methods { get; init; } = [new ChannelMethod(ChannelMethod.IkeV2, ChannelMethod.IkeV2DefaultPort)];

    /// <summary>Between floods, give or take <see cref="PeriodJitter"/> (RFC 8994 §6.4).</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>To either side of <see cref="Period"/>, so that boxes do not fall into step (B-38).</summary>
    public TimeSpan PeriodJitter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Of AN_ACP: three and a half periods, so that two lost floods do no harm (RFC 8994 §6.4).</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromMilliseconds(210_000);

    /// <summary>Of AN_Proxy (L-06; trap 8: it differs).</summary>
    public TimeSpan ProxyTtl { get; init; } = TimeSpan.FromMilliseconds(180_000);

    /// <summary>
    /// Repeats after the flood at link-up, since then: the first one may have left before the other box listened, or before
    /// the switch port forwarded.
    /// </summary>
    public ValueList<TimeSpan> FastStart { get; init; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)];

    /// <summary>Added to each repeat.</summary>
    public TimeSpan FastStartJitter { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A neighbour not heard before is answered within this time, so that it hears us at once.</summary>
    public TimeSpan AnswerJitter { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>No two answers are closer, however many neighbours appear.</summary>
    public TimeSpan AnswerSpacing { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A known neighbour whose floods come early, as after a restart, is answered unless we flooded this recently. The
    /// answer is itself such a flood, and dies out because whoever it answers has just flooded.
    /// </summary>
    public TimeSpan RestartAnswerSpacing { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Neighbours remembered per link .</summary>
    public int MaxNeighbors { get; init; } = 128;

    /// <summary>Different offers remembered per neighbour, that is per source address .</summary>
    public int MaxMethodsPerNeighbor { get; init; } = 8;
}
