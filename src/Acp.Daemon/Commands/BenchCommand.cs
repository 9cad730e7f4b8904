using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Acp.Daemon.Bench;
using Spectre.Console;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd bench esp</c>: how fast user-space ESP is on this machine, and what it costs.</summary>
internal static class BenchCommand
{
    private const string Wireguard = "wireguard-go";

    public static Command Create()
    {
        var bench = new Command("bench", "Measures on this machine.");
        bench.Subcommands.Add(CreateEsp());
        bench.Subcommands.Add(IkeBenchCommand.Create());
        var end = new Command(EspBenchEnd.Command, "One end of the tunnel that 'bench esp' measures.") { Hidden = true };
        end.SetAction(_ => EspBenchEnd.Run());
        bench.Subcommands.Add(end);
        var ikeEnd = new Command(IkeBenchEnd.Command, "One end of the handshakes that 'bench ike' measures.") { Hidden = true };
        ikeEnd.SetAction(_ => IkeBenchEnd.Run());
        bench.Subcommands.Add(ikeEnd);
        return bench;
    }

    private static Command CreateEsp()
    {
        var esp = new Command(
            "esp",
            "User-space ESP between two processes in network namespaces of their own, which are gone afterwards. TCP in one "
            + "stream; UDP with 64 and 1352 octets, as fast as possible and at 40000 packets/s. Takes root.");
        var json = new Option<bool>("--json") { Description = "Print the figures as one JSON value." };
        var seconds = new Option<int>("--seconds") { Description = "How long each kind of traffic is measured.", HelpName = "N", DefaultValueFactory = _ => 5 };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3600)
                result.AddError("--seconds takes 1 to 3600");
        });
        var peer = new Option<string?>("--peer")
        {
            Description = "Another tunnel to measure in the same run: wireguard-go (Debian packages wireguard-go and wireguard-tools).",
            HelpName = "NAME",
        };
        peer.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not (null or Wireguard))
                result.AddError($"--peer knows {Wireguard} only");
        });
        esp.Options.Add(json);
        esp.Options.Add(seconds);
        esp.Options.Add(peer);
        Examples.Add(esp,
            ("acpd bench esp", "a minute's worth of figures"),
            ($"acpd bench esp --peer {Wireguard}", "beside what others do on the same machine"),
            ("acpd bench esp --json --seconds 10 > figures.json", "to keep and compare"));
        esp.SetAction((parsed, cancellation) => Task.FromResult(
            Run(parsed.GetValue(json), parsed.GetValue(seconds), parsed.GetValue(peer), cancellation)));
        return esp;
    }

    private static int Run(bool json, int seconds, string? peer, CancellationToken cancellation)
    {
        IReadOnlyList<string> peers = peer is null ? ["acpd"] : ["acpd", peer];
        try
        {
            var rows = EspBench.Run(
                peers, TimeSpan.FromSeconds(seconds), row => Console.Error.WriteLine($"{row.Peer} {row.Traffic}"), cancellation);
            if (json)
                Console.Out.WriteLine(JsonSerializer.Serialize(rows, EspBenchJson.Default.ListEspBenchRow));
            else
                Print(rows);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is BenchException or Linux.DataPlane.DataPlaneException or Linux.Interop.SystemCallException or Linux.Netlink.NetlinkException)
        {
            Console.Error.WriteLine($"acpd: {e.Message}");
            return ExitCode.System;
        }
    }

    private static void Print(List<EspBenchRow> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("tunnel");
        table.AddColumn("traffic");
        foreach (var name in new[] { "Gbit/s", "packets/s", "loss %", "cores", "CPU s/Gbit", "CPU µs/packet", "RSS MB" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var row in rows)
        {
            table.AddRow(
                row.Peer,
                row.Traffic,
                Text(row.GbitPerSecond, "0.000"),
                row.PacketsPerSecond == 0 ? "" : Text(row.PacketsPerSecond, "0"),
                row.PacketsPerSecond == 0 ? "" : Text(row.LossPercent, "0.0"),
                Text(row.Cores, "0.00"),
                Text(row.CpuSecondsPerGbit, "0.000"),
                row.PacketsPerSecond == 0 ? "" : Text(row.CpuMicrosecondsPerPacket, "0.00"),
                Text(row.RssMegabytes, "0.0"));
        }

        Terminal.Output().Write(table);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
