using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>Something that routing or a DHCPv6 server may want to follow (N-12).</summary>
/// <param name="Added">Or else removed.</param>
/// <param name="Kind">"held" (of a delegator), "delegated" (to a peer), "local" (on an interface).</param>
/// <param name="Who">The delegator's or the peer's address, or the interface.</param>
internal sealed record PrefixChange(bool Added, string Kind, Ipv6Prefix Prefix, string Who);
