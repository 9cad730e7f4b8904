using System.CommandLine;
using Acp.Daemon.Bench;
using Spectre.Console;
using static Acp.Daemon.Commands.BenchOptions;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd bench grasp</c>: how fast agents agree on this machine, and what it costs.</summary>
internal static class GraspBenchCommand
{
    public static Command Create()
    {
        var grasp = new Command(
            "grasp",
            "GRASP between two processes on one host, in network namespaces that are gone afterwards: one-step negotiations, "
            + "synchronizations and discoveries per second, one at a time and several at once; floods; a discovery across a relay; "
            + "the memory of an idle engine; and what calls take while somebody on the link does harm. Takes root.");
        var json = Json();
        var count = Number("--count", "Negotiations in one of the five batches; the other calls' batches are in proportion. The default is enough to see 100,000 pass before the last.", 20_000, 1, 1_000_000);
        grasp.Options.Add(json);
        grasp.Options.Add(count);
        Examples.Add(grasp,
            ("acpd bench grasp", "a minute's worth of figures"),
            ("acpd bench grasp --json > figures.json", "to keep and compare"));
        grasp.SetAction((parsed, cancellation) => Measure(() => Run(parsed.GetValue(json), parsed.GetValue(count), cancellation)));
        return grasp;
    }

    /// <summary>The child processes of the benchmark.</summary>
    public static Command CreateEnd()
    {
        var end = new Command(GraspBenchEnd.Command, "One end of what 'bench grasp' measures.") { Hidden = true };
        end.SetAction((_, _) => GraspBenchEnd.RunAsync());
        return end;
    }

    /// <summary>The enemy of the same.</summary>
    public static Command CreateEnemy()
    {
        var enemy = new Command(GraspBenchEnemy.Command, "Does the harm in what 'bench grasp' measures.") { Hidden = true };
        enemy.SetAction(_ => GraspBenchEnemy.Run());
        return enemy;
    }

    private static void Run(bool json, int count, CancellationToken cancellation)
    {
        var figures = GraspBench.Run(count, Console.Error.WriteLine, cancellation);
        Tell(json, figures, GraspBenchJson.Default.GraspBenchFigures, Print);
    }

    private static void Print(GraspBenchFigures figures)
    {
        var table = TableOf(["transport", "call"], ["at once", "calls/s", "first batch", "last batch", "CPU µs caller", "CPU µs server", "failed"]);
        foreach (var row in figures.Calls)
        {
            table.AddRow(
                row.Transport,
                row.Call,
                Figure(row.AtOnce, "0"),
                Figure(row.PerSecond, "0"),
                Figure(row.FirstPerSecond, "0"),
                Figure(row.LastPerSecond, "0"),
                Figure(row.CallerCpuMicroseconds, "0.0"),
                Figure(row.ServerCpuMicroseconds, "0.0"),
                Figure(row.Failed, "0"));
        }

        var output = Terminal.Output();
        output.Write(table);
        if (figures.Calls.FirstOrDefault(r => r.Call == "negotiate" && r.AtOnce > 1) is { } steady)
        {
            output.WriteLine(
                $"negotiations after {Figure(steady.CallsBeforeLast, "0")} others of the same two engines ({steady.Transport}, {steady.AtOnce} at once, the last batch): "
                + $"{Figure(steady.LastPerSecond, "0")} /s, {Figure(100 * steady.LastPerSecond / steady.FirstPerSecond, "0")}% of the first batch");
        }

        output.WriteLine($"floods: {Figure(figures.FloodsPerSecond, "0")} /s, none lost");
        output.WriteLine($"discovery across a relay: {Figure(figures.RelayedDiscoveryMilliseconds, "0.00")} ms");
        output.WriteLine(
            $"an idle engine: {Figure(figures.IdleResidentOctets / 1048576.0, "0.0")} MiB more than without it, of which "
            + $"{Figure(figures.IdleLiveOctets / 1048576.0, "0.00")} MiB objects");
        var storms = TableOf(["storm of"], ["/s", "call", "µs", "µs without", "ratio", "failed"]);
        foreach (var row in figures.Storms)
        {
            storms.AddRow(
                row.Storm,
                Figure(row.PerSecond, "0"),
                row.Call,
                Figure(row.StormMicroseconds, "0"),
                Figure(row.QuietMicroseconds, "0"),
                Figure(row.StormMicroseconds / row.QuietMicroseconds, "0.00"),
                Figure(row.Failed, "0"));
        }

        output.Write(storms);
    }
}
