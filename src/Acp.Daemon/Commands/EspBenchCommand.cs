using System.CommandLine;
using Acp.Daemon.Bench;
using Spectre.Console;
using static Acp.Daemon.Commands.BenchOptions;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd bench esp</c>: how fast user-space ESP is on this machine, and what it costs.</summary>
internal static class EspBenchCommand
{
    private const string Wireguard = "wireguard-go";

    public static Command Create()
    {
        var esp = new Command(
            "esp",
            "User-space ESP between two processes in network namespaces of their own, which are gone afterwards. TCP in one "
            + "stream; UDP with 64 and 1352 octets, as fast as possible and at 40000 packets/s. Takes root.");
        var json = Json();
        var seconds = Number("--seconds", "How long each kind of traffic is measured.", 5, 1, 3600);
        var peer = Peer("tunnel", Wireguard, "wireguard-go and wireguard-tools");
        esp.Options.Add(json);
        esp.Options.Add(seconds);
        esp.Options.Add(peer);
        Examples.Add(esp,
            ("acpd bench esp", "a minute's worth of figures"),
            ($"acpd bench esp --peer {Wireguard}", "beside what others do on the same machine"),
            ("acpd bench esp --json --seconds 10 > figures.json", "to keep and compare"));
        esp.SetAction((parsed, cancellation) => Measure(
            () => Run(parsed.GetValue(json), parsed.GetValue(seconds), parsed.GetValue(peer), cancellation)));
        return esp;
    }

    private static void Run(bool json, int seconds, string? peer, CancellationToken cancellation)
    {
        IReadOnlyList<string> peers = peer is null ? ["acpd"] : ["acpd", peer];
        var rows = EspBench.Run(
            peers, TimeSpan.FromSeconds(seconds), row => Console.Error.WriteLine($"{row.Peer} {row.Traffic}"), cancellation);
        Tell(json, rows, EspBenchJson.Default.ListEspBenchRow, Print);
    }

    private static void Print(List<EspBenchRow> rows)
    {
        var table = TableOf(["tunnel", "traffic"], ["Gbit/s", "packets/s", "loss %", "cores", "CPU s/Gbit", "CPU µs/packet", "RSS MB"]);
        foreach (var row in rows)
        {
            table.AddRow(
                row.Peer,
                row.Traffic,
                Figure(row.GbitPerSecond, "0.000"),
                row.PacketsPerSecond == 0 ? "" : Figure(row.PacketsPerSecond, "0"),
                row.PacketsPerSecond == 0 ? "" : Figure(row.LossPercent, "0.0"),
                Figure(row.Cores, "0.00"),
                Figure(row.CpuSecondsPerGbit, "0.000"),
                row.PacketsPerSecond == 0 ? "" : Figure(row.CpuMicrosecondsPerPacket, "0.00"),
                Figure(row.RssMegabytes, "0.0"));
        }

        Terminal.Output().Write(table);
    }
}
