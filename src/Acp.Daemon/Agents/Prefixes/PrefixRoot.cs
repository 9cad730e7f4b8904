using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>Space that this node may use and hand on.</summary>
/// <param name="From">The address of the delegator that we have it of; null when it was configured here.</param>
internal sealed record PrefixRoot(Ipv6Prefix Prefix, string? From, DateTimeOffset Since);
