using System.Globalization;
using Acp.Daemon.Commands;
using Spectre.Console;

namespace Acp.Daemon.Sim;

/// <summary>Results for people.</summary>
internal static class SimText
{
    public static void Print(IAnsiConsole console, SimResult result)
    {
        var facts = ReportTables.Plain("", "");
        facts.HideHeaders();
        Fact("network", $"{result.Topology}, {result.Nodes} boxes, {result.Links} links, seed {result.Seed}, {result.Crypto} crypto");
        Fact("converged", result.ConvergedMs is { } ms
            ? $"after {Seconds(ms)}: every pair routed for the first time"
            : "never");
        if (result.Recovery is { } recovery)
        {
            Fact("after events", $"{recovery.Count} recoveries seen: median {Seconds(recovery.MedianMs)}, 99 in 100 within {Seconds(recovery.P99Ms)}, all within {Seconds(recovery.MaxMs)}");
            Fact("at the end", result.ReconvergedMs is { } last ? $"every pair routed {Seconds(last)} after the last event" : "not every pair routes");
        }

        Fact("pairs", $"{Number(result.Pairs)} followed through the routing tables, {Number(result.PairsFailed)} fail; {result.Depth} hops at most to the root");
        Fact("rules", result.Breaches.Count == 0 ? "all held" : $"{result.Breaches.Count} BROKEN");
        Fact("trace", $"{result.TraceHash}, {Number(result.Events)} events in {Seconds(result.VirtualMs)} of virtual time");
        Fact("cost", $"{Seconds(result.RealMs)} real, {Seconds(result.CpuMs)} CPU, {Mib(result.PeakMib)} at most, {Kib(result.LiveMib * 1024 / result.Nodes)} of objects per box");
        console.Write(facts);
        console.WriteLine();

        var traffic = ReportTables.Plain("SENT", "UNTIL CONVERGED", "PER BOX", "PER LINK", "OCTETS PER BOX", "IN ALL", "OCTETS");
        var (until, all) = (result.SentToConverge, result.Sent);
        Row("DULL", until.DullMessages, until.DullOctets, all.DullMessages, all.DullOctets);
        Row("IKEv2", until.IkeMessages, until.IkeOctets, all.IkeMessages, all.IkeOctets);
        Row("RPL", until.RplMessages, until.RplOctets, all.RplMessages, all.RplOctets);
        Row("GRASP", until.GraspMessages, until.GraspOctets, all.GraspMessages, all.GraspOctets);
        Row("together", until.Messages, until.Octets, all.Messages, all.Octets);
        console.Write(traffic);

        void Fact(string name, string value) => ReportTables.Row(facts, name, value);

        void Row(string name, long messages, long octets, long allMessages, long allOctets) => ReportTables.Row(
            traffic, name, Number(messages), Ratio(messages, result.Nodes), Ratio(messages, result.Links), Ratio(octets, result.Nodes), Number(allMessages), Number(allOctets));
    }

    public static void Print(IAnsiConsole console, SimSeedsResult result)
    {
        var table = ReportTables.Plain("VIRTUAL TIME", "COUNT", "MEDIAN", "99 IN 100 WITHIN", "MOST");
        Row("power-on to converged", result.Converged);
        Row("last event to converged", result.Reconverged);
        Row("any event to converged", result.Recovery);
        console.Write(table);
        console.WriteLine();
        console.WriteLine(
            $"{(result.Passed ? "passed" : "FAILED")}: {result.PassedSeeds} of {result.Seeds} seeds, from {result.FirstSeed}; {result.MostDepth} hops deep at most; "
            + $"{Seconds(result.RealMs)} real, {Seconds(result.CpuMs)} CPU, {Mib(result.PeakMib)} at most");

        void Row(string name, SimSpread? spread)
        {
            if (spread is not null)
                ReportTables.Row(table, name, Number(spread.Count), Seconds(spread.MedianMs), Seconds(spread.P99Ms), Seconds(spread.MaxMs));
        }
    }

    public static void Print(IAnsiConsole console, IReadOnlyList<SimResult> ladder)
    {
        var table = ReportTables.Plain(
            "BOXES", "LINKS", "DEPTH", "CONVERGED", "REAL", "CPU", "PEAK", "OBJECTS/BOX", "MESSAGES/BOX", "OCTETS/BOX", "MESSAGES/LINK", "EVENTS", "REAL/(N·LOG N)", "");
        foreach (var rung in ladder)
        {
            ReportTables.Row(
                table, Number(rung.Nodes), Number(rung.Links), Number(rung.Depth), rung.ConvergedMs is { } ms ? Seconds(ms) : "never", Seconds(rung.RealMs), Seconds(rung.CpuMs),
                Mib(rung.PeakMib), Kib(rung.LiveMib * 1024 / rung.Nodes), Ratio(rung.SentToConverge.Messages, rung.Nodes), Ratio(rung.SentToConverge.Octets, rung.Nodes),
                Ratio(rung.SentToConverge.Messages, rung.Links), Number(rung.Events),
                (rung.RealMs * 1000 / (rung.Nodes * Math.Log2(rung.Nodes))).ToString("0.0", CultureInfo.InvariantCulture) + " µs", rung.Passed ? "passed" : "FAILED");
        }

        console.Write(table);
    }

    /// <summary>What went wrong, how to see it again, and the last events of whoever was concerned.</summary>
    public static void Explain(TextWriter error, SimResult result)
    {
        error.WriteLine($"failed with seed {result.Seed}: {(result.Converged ? "" : "not every pair routes; ")}{result.Breaches.Count} rules broken. Again: {result.Command}");
        foreach (var failure in result.Failures)
            error.WriteLine($"  {failure}");
        foreach (var breach in result.Breaches)
        {
            error.WriteLine($"  {breach.Rule} at {Seconds(breach.AtMs)}: {breach.Text}");
            foreach (var line in breach.Story)
                error.WriteLine($"    {line}");
        }
    }

    public static string Seconds(double milliseconds) => ReportTables.Duration(milliseconds / 1000);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Ratio(long sum, int count) => count == 0 ? "-" : ((double)sum / count).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Mib(double value) => value.ToString("0", CultureInfo.InvariantCulture) + " MiB";

    private static string Kib(double value) => value.ToString("0.0", CultureInfo.InvariantCulture) + " KiB";
}
