using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>A prefix goes another way from now on; replace without a gap.</summary>
public sealed record RouteReplaced(Ipv6Prefix Prefix, ChannelId Channel, Ipv6Address NextHop) : RplAction;
