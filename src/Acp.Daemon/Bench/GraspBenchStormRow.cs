namespace Acp.Daemon.Bench;

/// <summary>What one call takes while somebody does harm to the server, and what it takes without: medians of five batches, one call at a time.</summary>
/// <param name="Storm">"floods" and "searches": each of another objective by another invented initiator. "mutations": floods with three octets changed. "connections": that say nothing.</param>
/// <param name="PerSecond">Of whatever it is, on average.</param>
/// <param name="Call">"synchronize" or "negotiate".</param>
/// <param name="Failed">Calls in the storm that failed.</param>
public sealed record GraspBenchStormRow(string Storm, double PerSecond, string Call, double QuietMicroseconds, double StormMicroseconds, int Failed);
