namespace Acp.Daemon.Sim;

/// <summary>One run: the JSON object of <c>acpd sim --json</c>. The names are part of what acpd promises to scripts. Times are virtual unless they say real or CPU.</summary>
/// <param name="Command">What does this run again.</param>
/// <param name="Passed">Converged, and no rule broken.</param>
/// <param name="ConvergedMs">From power-on until every pair routed; null when that never was.</param>
/// <param name="ReconvergedMs">From the last event until every pair routed; null without events.</param>
/// <param name="Recovery">Over the events: how long some pair could not talk after each, as far as that ended before the next.</param>
/// <param name="RealMs">On the wall.</param>
/// <param name="PeakMib">The most that the process had resident during the run.</param>
/// <param name="LiveMib">Objects at the end, without what the process held before.</param>
/// <param name="Pairs">Ordered pairs that the links join; each was followed through the routing tables.</param>
/// <param name="Depth">The most hops between a box and the root.</param>
internal sealed record SimResult(
    string Command, bool Passed, string Topology, int Nodes, int Links, ulong Seed, string Crypto, bool Converged, double? ConvergedMs, double? ReconvergedMs,
    SimSpread? Recovery, double VirtualMs, double RealMs, double CpuMs, double PeakMib, double LiveMib, long Events, string TraceHash,
    long Pairs, long PairsFailed, IReadOnlyList<string> Failures, int Depth, int? Root, double MessagesPerNodeToConverge, double OctetsPerNodeToConverge,
    SimTraffic SentToConverge, SimTraffic Sent, IReadOnlyList<SimBreach> Breaches);
