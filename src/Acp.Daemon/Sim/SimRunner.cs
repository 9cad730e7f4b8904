using System.Globalization;
using System.Text.Json;
using Acp.Daemon.Commands;
using Acp.Simulation;
using Acp.Simulation.Topologies;

namespace Acp.Daemon.Sim;

/// <summary>Does what <c>acpd sim</c> was asked for, and says how it went.</summary>
internal sealed class SimRunner(SimRequest request, TextWriter output, TextWriter error, SimProgressLine progress)
{
    /// <returns>An <see cref="ExitCode"/>: 1 when a run did not converge, or broke a rule.</returns>
    /// <exception cref="SimException">It cannot be made as asked.</exception>
    /// <exception cref="OperationCanceledException">By whom <see cref="SimProgressLine"/> listens to.</exception>
    public int Run()
    {
        var passed = request.Ladder.Count > 0 ? Ladder() : request.Seeds > 1 ? Seeds() : One();
        return passed ? ExitCode.Ok : ExitCode.Failure;
    }

    private bool One()
    {
        // Files first: nobody wants to hear after an hour that one cannot be written.
        using var svg = Create(request.SvgFile);
        using var series = Create(request.SeriesFile);
        using var traceFile = Create(request.TraceFile);
        var single = request.Single(request.Seed);
        progress.Nodes = single.LeastNodes;
        var (options, report, result) = SimRun.Do(single, progress.Show, traceFile is null ? null : new SimTrace(traceFile));
        progress.Clear();
        svg?.Write(SimPicture.Draw(options.Topology, report));
        if (series is not null)
            SimSeries.Write(series, request.SeriesFile!.EndsWith(".csv", StringComparison.OrdinalIgnoreCase), report.Samples);
        if (!result.Passed)
            SimText.Explain(error, result);
        if (request.Json)
            output.WriteLine(JsonSerializer.Serialize(result, SimJson.Default.SimResult));
        else
            SimText.Print(Terminal.Create(output, Console.IsOutputRedirected), result);
        return result.Passed;
    }

    private bool Seeds()
    {
        var converged = new List<TimeSpan>();
        var reconverged = new List<TimeSpan>();
        var recoveries = new List<TimeSpan>();
        var failed = new List<SimResult>();
        var (depth, events, real, cpu, peak) = (0, 0L, 0.0, 0.0, 0.0);
        for (var i = 0; i < request.Seeds; i++)
        {
            var single = request.Single(request.Seed + (ulong)i);
            progress.Nodes = single.LeastNodes;
            progress.Heading = string.Create(CultureInfo.InvariantCulture, $"seed {single.Seed} ({i + 1} of {request.Seeds}), ");
            var (_, report, result) = SimRun.Do(single, progress.Show);
            if (report.TimeToConverge is { } first)
                converged.Add(first);
            if (report.TimeToReconverge is { } last)
                reconverged.Add(last);
            recoveries.AddRange(report.Disturbances.Select(d => d.Recovery).OfType<TimeSpan>());
            (depth, events) = (Math.Max(depth, result.Depth), events + result.Events);
            (real, cpu, peak) = (real + result.RealMs, cpu + result.CpuMs, Math.Max(peak, result.PeakMib));
            if (result.Passed)
                continue;
            failed.Add(result);
            progress.Clear();
            SimText.Explain(error, result);
        }

        progress.Clear();
        var all = new SimSeedsResult(
            failed.Count == 0, request.Seeds, request.Seed, request.Seeds - failed.Count, SimSpread.Of(converged), SimSpread.Of(reconverged), SimSpread.Of(recoveries),
            depth, events, Math.Round(real, 1), Math.Round(cpu, 1), peak, failed);
        if (request.Json)
            output.WriteLine(JsonSerializer.Serialize(all, SimJson.Default.SimSeedsResult));
        else
            SimText.Print(Terminal.Create(output, Console.IsOutputRedirected), all);
        return all.Passed;
    }

    private bool Ladder()
    {
        var rungs = new List<SimResult>();
        foreach (var nodes in request.Ladder)
        {
            progress.Nodes = nodes;
            progress.Heading = string.Create(CultureInfo.InvariantCulture, $"{nodes} boxes, ");
            var result = SimRun.Do(request.Single(request.Seed, nodes), progress.Show).Result;
            rungs.Add(result);
            if (result.Passed)
                continue;
            progress.Clear();
            SimText.Explain(error, result);
        }

        progress.Clear();
        if (request.Json)
            output.WriteLine(JsonSerializer.Serialize(rungs, SimJson.Default.ListSimResult));
        else
            SimText.Print(Terminal.Create(output, Console.IsOutputRedirected), rungs);
        return rungs.All(r => r.Passed);
    }

    private static StreamWriter? Create(string? path)
    {
        if (path is null)
            return null;
        try
        {
            return new StreamWriter(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimException(ExitCode.System, $"{path} cannot be written ({e.Message})");
        }
    }
}
