namespace Acp.Daemon.Bench;

/// <summary>One kind of call, so many at once: medians of five batches.</summary>
/// <param name="Transport">"TCP", or what else carries unicast.</param>
/// <param name="Call">"negotiate" (one step: an offer, accepted), "synchronize" or "discover" (by multicast, nothing cached).</param>
/// <param name="AtOnce">Calls under way at any time.</param>
/// <param name="Calls">In all batches.</param>
/// <param name="Failed">Of these.</param>
/// <param name="FirstPerSecond">Of the first batch.</param>
/// <param name="LastPerSecond">Of the last: what an engine gets slower by shows here.</param>
/// <param name="CallsBeforeLast">Of the same kind, which the same two engines had behind them when the last batch began.</param>
/// <param name="CallerCpuMicroseconds">CPU of the caller's process for each, all threads.</param>
/// <param name="ServerCpuMicroseconds">The same of the other end's.</param>
public sealed record GraspBenchRow(
    string Transport,
    string Call,
    int AtOnce,
    int Calls,
    int Failed,
    double PerSecond,
    double FirstPerSecond,
    double LastPerSecond,
    int CallsBeforeLast,
    double CallerCpuMicroseconds,
    double ServerCpuMicroseconds);
