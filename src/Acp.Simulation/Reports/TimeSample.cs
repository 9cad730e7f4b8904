namespace Acp.Simulation.Reports;

/// <summary>The network at one instant.</summary>
/// <param name="Elapsed">Virtual time since power-on.</param>
/// <param name="Running">Nodes that are on.</param>
/// <param name="Channels">Channels in which packets pass in both directions.</param>
/// <param name="Dodags">Different DODAGs that running nodes are in.</param>
/// <param name="Joined">Running nodes in the largest of them.</param>
/// <param name="Routes">Entries of all routing tables.</param>
/// <param name="Sent">All that was sent since power-on.</param>
/// <param name="ReachablePairs">Ordered pairs of running nodes that route; null when it was not asked for.</param>
public sealed record TimeSample(
    TimeSpan Elapsed, int Running, int Channels, int Dodags, int Joined, long Routes, TrafficReport Sent, long? ReachablePairs);
