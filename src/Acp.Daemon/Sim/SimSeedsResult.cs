namespace Acp.Daemon.Sim;

/// <summary>Many seeds in a row: the JSON object of <c>acpd sim --seeds N --json</c>.</summary>
/// <param name="Failed">The runs that did not converge, or broke a rule; each says how to do it again.</param>
internal sealed record SimSeedsResult(
    bool Passed, int Seeds, ulong FirstSeed, int PassedSeeds, SimSpread? Converged, SimSpread? Reconverged, SimSpread? Recovery, int MostDepth, long Events, double RealMs, double CpuMs,
    double PeakMib, IReadOnlyList<SimResult> Failed);
