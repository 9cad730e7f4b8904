using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Acp.Daemon.Bench;
using Spectre.Console;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd bench ike</c>: how many handshakes this machine makes, and what they cost.</summary>
internal static class IkeBenchCommand
{
    private const string Strongswan = "strongswan";

    public static Command Create()
    {
        var ike = new Command(
            "ike",
            "IKEv2 handshakes (IKE SA and child SA, ECDSA P-256 certificates, group 19, AES-256-GCM) between two processes in network "
            + "namespaces of their own, which are gone afterwards: one at a time and eight at once, then the memory of many SAs and "
            + "the next handshake beside them. Takes root.");
        var json = new Option<bool>("--json") { Description = "Print the figures as one JSON value." };
        var count = Number("--count", "Handshakes in one of the five batches.", 300, 1, 100_000);
        var sas = Number("--sas", "How many SAs to pile up; 0 for none.", 10_000, 0, 100_000);
        var peer = new Option<string?>("--peer")
        {
            Description = "Another IKE daemon to measure in the same run: strongswan (Debian packages charon-systemd and libcharon-extra-plugins).",
            HelpName = "NAME",
        };
        peer.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not (null or Strongswan))
                result.AddError($"--peer knows {Strongswan} only");
        });
        ike.Options.Add(json);
        ike.Options.Add(count);
        ike.Options.Add(sas);
        ike.Options.Add(peer);
        Examples.Add(ike,
            ("acpd bench ike", "acpd with itself"),
            ($"acpd bench ike --peer {Strongswan}", "and beside it, in turns, with strongSwan and strongSwan with itself"),
            ("acpd bench ike --sas 0 --json > figures.json", "handshakes only, to keep and compare"));
        ike.SetAction((parsed, cancellation) => Task.FromResult(
            Run(parsed.GetValue(json), parsed.GetValue(peer) is not null, parsed.GetValue(count), parsed.GetValue(sas), cancellation)));
        return ike;
    }

    private static Option<int> Number(string name, string description, int normal, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => normal };
        option.Validators.Add(result =>
        {
            var value = result.GetValueOrDefault<int>();
            if (value < least || value > most)
                result.AddError($"{name} takes {least} to {most}");
        });
        return option;
    }

    private static int Run(bool json, bool withStrongswan, int count, int sas, CancellationToken cancellation)
    {
        try
        {
            var figures = IkeBench.Run(withStrongswan, count, sas, Console.Error.WriteLine, cancellation);
            if (json)
                Console.Out.WriteLine(JsonSerializer.Serialize(figures, IkeBenchJson.Default.IkeBenchFigures));
            else
                Print(figures);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is BenchException or IOException or System.Net.Sockets.SocketException or Linux.Interop.SystemCallException or Linux.Netlink.NetlinkException)
        {
            Console.Error.WriteLine($"acpd: {e.Message}");
            return ExitCode.System;
        }
    }

    private static void Print(IkeBenchFigures figures)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("initiator");
        table.AddColumn("responder");
        foreach (var name in new[] { "at once", "handshakes/s", "CPU ms initiator", "CPU ms responder", "failed" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var row in figures.Handshakes)
        {
            table.AddRow(
                row.Initiator,
                row.Responder + (row.FirstMeeting ? ", first meeting" : ""),
                Text(row.InFlight, "0"),
                Text(row.PerSecond, "0"),
                Text(row.InitiatorCpuMilliseconds, "0.000"),
                Text(row.ResponderCpuMilliseconds, "0.000"),
                Text(row.Failed, "0"));
        }

        var output = Terminal.Output();
        output.Write(table);
        if (figures.Scale is not { } scale)
            return;
        output.WriteLine(
            $"{scale.Sas} SAs: {Text(scale.ResidentOctetsPerSa / 1024, "0.0")} KiB each, of which {Text(scale.LiveOctetsPerSa / 1024, "0.0")} KiB objects"
            + (scale.StrongswanResidentOctetsPerSa is { } other ? $" (strongSwan {Text(other / 1024, "0.0")} KiB)" : ""));
        output.WriteLine(
            $"one handshake: {Text(scale.MillisecondsAtNone, "0.00")} ms beside none, {Text(scale.MillisecondsAtAll, "0.00")} ms beside {scale.Sas}");
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
