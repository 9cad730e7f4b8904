using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>What is known of the neighbour on one channel.</summary>
/// <param name="Address">Its link-local address; null until it was heard.</param>
/// <param name="DodagId">From its last DIO; null without one.</param>
/// <param name="Rank">From its last DIO.</param>
/// <param name="RankFactor">Cost of the link (RFC 8994 §6.12.1.6).</param>
/// <param name="HeardAt">When its last DIO arrived.</param>
/// <param name="TargetCount">Targets learned from it.</param>
public sealed record RplNeighborStatus(
    ChannelId Channel,
    Ipv6Address? Address,
    Ipv6Address? DodagId,
    ushort? Rank,
    int RankFactor,
    Instant? HeardAt,
    int TargetCount);
