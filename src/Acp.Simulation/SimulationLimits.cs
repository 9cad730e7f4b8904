namespace Acp.Simulation;

/// <summary>The bounds that the rules speak of, and how long a run may take in virtual time.</summary>
public sealed record SimulationLimits
{
    /// <summary>From power-on, or from the last event of the schedule, until every pair routes.</summary>
    public TimeSpan Convergence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the network is watched after it has converged for the last time, before it counts as quiet.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>
    /// During a schedule, this long after an event the network counts as quiet. A silent failure takes 23.2 s to be noticed (D-44),
    /// attempts that failed are repeated within minutes.
    /// </summary>
    public TimeSpan QuietAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What breaks a rule of quiescence must still do so after this: rekeying makes before it breaks.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>No packet may circle for longer.</summary>
    public TimeSpan Loop { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After a node has gone, nobody has a route to it for longer: dead peer detection, and the word passed on.</summary>
    public TimeSpan Gone { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// During a schedule every pair that the topology joins routes, except within this time after an event. Null: not checked, as
    /// must be where failures are silent.
    /// </summary>
    public TimeSpan? Outage { get; init; }

    /// <summary>IKE SAs of one node at most, for each of its links, those that linger included.</summary>
    public int IkeSasPerLink { get; init; } = 12;

    /// <summary>A node whose link is up is never without a deadline, nor with one further away.</summary>
    public TimeSpan FurthestDeadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A run stops when so many breaches were found.</summary>
    public int Breaches { get; init; } = 20;
}
