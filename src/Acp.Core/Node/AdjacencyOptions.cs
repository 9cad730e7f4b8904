namespace Acp.Core.Node;

/// <summary>Settings of the adjacency table. The defaults are the RFC's, or ours where it leaves them open.</summary>
public sealed record AdjacencyOptions
{
    /// <summary>
    /// Added to the delay before an initiation (C-25). Small: the delay from the peer's address already keeps most pairs
    /// apart, the decider rule settles the rest, and convergence should stay fast.
    /// </summary>
    public TimeSpan InitiationJitter { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>After the first failed attempt (IRT, RFC 8994 §6.7).</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Doubling ends here (MRT, RFC 8994 §6.7).</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(640);

    /// <summary>How long the peer's own attempt may take before we make ours after all.</summary>
    public TimeSpan ResponderPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>An attempt of ours that nobody reported on by then counts as failed.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>A channel that lived shorter counts as a flap.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>So many flaps in a row are forgiven; then they are throttled like failed attempts.</summary>
    public int ForgivenFlaps { get; init; } = 2;

    /// <summary>Initiations per link that may follow at once: announcements are cheap to forge, IKE is not cheap to try.</summary>
    public int InitiationBurst { get; init; } = 32;

    /// <summary>How fast a spent burst comes back, one initiation each .</summary>
    public TimeSpan InitiationRefill { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Entries that nobody announced but who initiated to us, in all .</summary>
    public int MaxUnannounced { get; init; } = 256;
}
