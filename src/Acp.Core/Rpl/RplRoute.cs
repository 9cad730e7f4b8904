using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>Where a prefix goes: over <paramref name="Channel"/> to the neighbour's link-local address on it.</summary>
public readonly record struct RplRoute(ChannelId Channel, Ipv6Address NextHop);
