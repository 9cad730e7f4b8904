using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>A prefix that had no route has one now. <c>::/0</c> is the way up to the preferred parent.</summary>
public sealed record RouteAdded(Ipv6Prefix Prefix, ChannelId Channel, Ipv6Address NextHop) : RplAction;
