namespace Acp.Daemon.Bench;

/// <summary>All that <c>acpd bench grasp</c> found.</summary>
/// <param name="FloodsPerSecond">The highest rate tried at which every flood was received: the median of five searches.</param>
/// <param name="RelayedDiscoveryMilliseconds">From the call to its answer, one relay between, nothing cached there or here: the median.</param>
/// <param name="IdleResidentOctets">What an engine adds to a process that is there already: resident memory.</param>
/// <param name="IdleLiveOctets">The same, of live objects.</param>
/// <param name="Storms">What calls take while somebody does harm.</param>
public sealed record GraspBenchFigures(
    IReadOnlyList<GraspBenchRow> Calls,
    double FloodsPerSecond,
    double RelayedDiscoveryMilliseconds,
    long IdleResidentOctets,
    long IdleLiveOctets,
    IReadOnlyList<GraspBenchStormRow> Storms);
