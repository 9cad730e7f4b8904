namespace Acp.Daemon.Agents.Prefixes;

/// <summary>All that a ledger has to remember.</summary>
internal sealed record PrefixState
{
    public IReadOnlyList<PrefixRoot> Roots { get; init; } = [];

    public IReadOnlyList<PrefixLease> Leases { get; init; } = [];
}
