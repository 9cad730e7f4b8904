using System.CommandLine;
using System.Text.Json;
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
            + "and the memory of an idle engine. Takes root.");
        var json = Json();
        var count = Number("--count", "Negotiations in one of the five batches; the other calls' batches are in proportion.", 20_000, 1, 1_000_000);
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

    private static void Run(bool json, int count, CancellationToken cancellation)
    {
        var figures = GraspBench.Run(count, Console.Error.WriteLine, cancellation);
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(figures, GraspBenchJson.Default.GraspBenchFigures));
        else
            Print(figures);
    }

    private static void Print(GraspBenchFigures figures)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("transport");
        table.AddColumn("call");
        foreach (var name in new[] { "at once", "calls/s", "first batch", "last batch", "CPU µs caller", "CPU µs server", "failed" })
            table.AddColumn(new TableColumn(name).RightAligned());
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
        output.WriteLine($"floods: {Figure(figures.FloodsPerSecond, "0")} /s, none lost");
        output.WriteLine($"discovery across a relay: {Figure(figures.RelayedDiscoveryMilliseconds, "0.00")} ms");
        output.WriteLine(
            $"an idle engine: {Figure(figures.IdleResidentOctets / 1048576.0, "0.0")} MiB more than without it, of which "
            + $"{Figure(figures.IdleLiveOctets / 1048576.0, "0.00")} MiB objects");
    }
}
