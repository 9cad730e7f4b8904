using System.Globalization;
using Acp.Simulation;
using Acp.Simulation.Reports;

namespace Acp.Daemon.Sim;

/// <summary>Does one run of a request, measured.</summary>
internal static class SimRun
{
    /// <param name="request">A single run.</param>
    /// <exception cref="SimException">It cannot be made.</exception>
    /// <exception cref="OperationCanceledException">Thrown by <paramref name="progress"/>.</exception>
    public static (SimulationOptions Options, SimulationReport Report, SimResult Result) Do(SimRequest request, Action<SimulationProgress> progress, SimTrace? trace = null)
    {
        var options = SimInputs.Make(request);
        using var keys = options.Authority as IDisposable;
        var meter = new SimMeter();
        var simulation = new Acp.Simulation.Simulation(trace is null ? options : options with { OnFact = trace.Write });
        var report = simulation.Run(progress);
        meter.Stop();
        GC.KeepAlive(simulation);
        return (options, report, Result(request, report, meter));
    }

    private static SimResult Result(SimRequest request, SimulationReport report, SimMeter meter) => new(
        request.CommandLine(),
        report.Passed,
        report.Topology,
        report.NodeCount,
        report.LinkCount,
        report.Seed,
        request.RealCrypto ? "real" : "toy",
        report.Converged,
        report.TimeToConverge?.TotalMilliseconds,
        report.TimeToReconverge?.TotalMilliseconds,
        SimSpread.Of(report.Disturbances.Select(d => d.Recovery).OfType<TimeSpan>()),
        report.Elapsed.TotalMilliseconds,
        Math.Round(meter.RealMs, 1),
        Math.Round(meter.CpuMs, 1),
        Math.Round(meter.PeakMib, 1),
        Math.Round(meter.LiveMib, 1),
        report.Events,
        report.TraceHash.ToString("x16", CultureInfo.InvariantCulture),
        report.PairsChecked,
        report.PairsFailed,
        report.Failures,
        report.Depth,
        report.Root,
        Math.Round((double)report.SentToConverge.All.Messages / report.NodeCount, 1),
        Math.Round((double)report.SentToConverge.All.Octets / report.NodeCount, 1),
        SimTraffic.Of(report.SentToConverge),
        SimTraffic.Of(report.Sent),
        [.. report.Breaches.Select(b => new SimBreach(b.Rule, b.Elapsed.TotalMilliseconds, b.Text, b.Nodes, b.Story))]);
}
