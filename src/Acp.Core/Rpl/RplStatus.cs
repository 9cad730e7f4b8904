using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>A snapshot for status output.</summary>
/// <param name="Rank">Own rank; as root the MinHopRankIncrease that it advertises.</param>
/// <param name="HopCount">
/// Hops to the root if every link on the way is fast; a slow link counts as five. Diagnostics only (RFC 8994 §6.12.1.5).
/// </param>
/// <param name="PreferredParent">Null as root.</param>
/// <param name="DaoParents">Preferred first.</param>
/// <param name="Children">Channels over which targets were learned.</param>
/// <param name="TargetCount">Prefixes learned from below.</param>
/// <param name="RouteCount">Routes wanted, the default route included.</param>
public sealed record RplStatus(
    RplRole Role,
    Ipv6Address DodagId,
    byte Version,
    byte Preference,
    ushort Rank,
    int HopCount,
    ChannelId? PreferredParent,
    IReadOnlyList<ChannelId> DaoParents,
    IReadOnlyList<RplNeighborStatus> Neighbors,
    IReadOnlyList<ChannelId> Children,
    int TargetCount,
    int RouteCount);
