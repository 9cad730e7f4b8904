namespace Acp.Daemon.Agents.Prefixes;

/// <summary>What bounds a ledger (N-13). The defaults suit a delegator of some thousands of neighbours.</summary>
internal sealed record PrefixLimits
{
    public int MaxRoots { get; init; } = 256;

    /// <summary>Prefixes given out and on interfaces.</summary>
    public int MaxLeases { get; init; } = 16384;

    /// <summary>Prefixes of one peer, so that none drains the pool.</summary>
    public int MaxPerPeer { get; init; } = 16;

    /// <summary>Requests of one peer in any minute.</summary>
    public int RequestsPerMinute { get; init; } = 30;

    /// <summary>Peers whose requests are counted; the one that was quiet longest is forgotten.</summary>
    public int MaxCountedPeers { get; init; } = 1024;

    /// <summary>No longer prefix is offered in the place of one that there is no space for.</summary>
    public int LongestIpv6Offer { get; init; } = 64;

    public int LongestIpv4Offer { get; init; } = 32;

    /// <summary>How long a prefix waits for its owner after a negotiation that broke off.</summary>
    public TimeSpan UnclearTime { get; init; } = TimeSpan.FromMinutes(5);
}
