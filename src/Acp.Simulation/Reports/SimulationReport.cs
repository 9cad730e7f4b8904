namespace Acp.Simulation.Reports;

/// <summary>What a run found. Times are virtual; how long it took in reality, and how much memory, its caller knows.</summary>
public sealed record SimulationReport
{
    public required string Topology { get; init; }

    public required int NodeCount { get; init; }

    public required int LinkCount { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Every pair of running nodes that the topology joins routes both ways, at the end.</summary>
    public required bool Converged { get; init; }

    /// <summary>From power-on until every pair routed for the first time; null when that never was.</summary>
    public required TimeSpan? TimeToConverge { get; init; }

    /// <summary>From the last event of the schedule until every pair routed; null without a schedule, or when they did not.</summary>
    public required TimeSpan? TimeToReconverge { get; init; }

    /// <summary>Virtual time in all.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Steps: packets that arrived, wakings, answers, events of the schedule.</summary>
    public required long Events { get; init; }

    /// <summary>Of all events, in order: equal runs have equal hashes.</summary>
    public required ulong TraceHash { get; init; }

    /// <summary>Ordered pairs of running nodes that the topology joins; all of them were followed through the tables.</summary>
    public required long PairsChecked { get; init; }

    public required long PairsFailed { get; init; }

    /// <summary>The first of them, in words.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>The longest way between two nodes that routing tables lead, in hops, as far as it was followed: to the root and from it.</summary>
    public required int Depth { get; init; }

    /// <summary>The root of the largest DODAG; null when there is none.</summary>
    public required int? Root { get; init; }

    /// <summary>All that was sent.</summary>
    public required TrafficReport Sent { get; init; }

    /// <summary>All that had been sent when the network had converged for the first time.</summary>
    public required TrafficReport SentToConverge { get; init; }

    public required IReadOnlyList<RuleBreach> Breaches { get; init; }

    public required IReadOnlyList<TimeSample> Samples { get; init; }

    /// <summary>One for each event of the schedule that was played.</summary>
    public required IReadOnlyList<Disturbance> Disturbances { get; init; }

    public required IReadOnlyList<NodeReport> Nodes { get; init; }

    public required IReadOnlyList<LinkReport> Links { get; init; }

    /// <summary>Converged, and no rule broken.</summary>
    public bool Passed => Converged && Breaches.Count == 0;
}
