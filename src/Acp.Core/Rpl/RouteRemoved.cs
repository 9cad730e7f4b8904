using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>A prefix has no route any more. After a channel went down the kernel may have removed it already.</summary>
public sealed record RouteRemoved(Ipv6Prefix Prefix) : RplAction;
