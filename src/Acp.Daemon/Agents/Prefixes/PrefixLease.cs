using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>A part of the pool that somebody has.</summary>
/// <param name="Owner">The peer's address, or "interface NAME".</param>
/// <param name="Since">Of this state.</param>
/// <param name="Until">When an unclear one is free again; null for never.</param>
internal sealed record PrefixLease(Ipv6Prefix Prefix, string Owner, LeaseState State, DateTimeOffset Since, DateTimeOffset? Until = null)
{
    public override string ToString() => $"{PrefixText.Of(Prefix)} {State.ToString().ToLowerInvariant()} to {Owner} since {Since:u}";
}
