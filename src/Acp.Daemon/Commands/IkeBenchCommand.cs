using System.CommandLine;
using Acp.Daemon.Bench;
using Spectre.Console;
using static Acp.Daemon.Commands.BenchOptions;

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
        var json = Json();
        var count = Number("--count", "Handshakes in one of the five batches.", 300, 1, 100_000);
        var sas = Number("--sas", "How many SAs to pile up; 0 for none.", 10_000, 0, 100_000);
        var peer = Peer("IKE daemon", Strongswan, "charon-systemd and libcharon-extra-plugins");
        ike.Options.Add(json);
        ike.Options.Add(count);
        ike.Options.Add(sas);
        ike.Options.Add(peer);
        Examples.Add(ike,
            ("acpd bench ike", "acpd with itself"),
            ($"acpd bench ike --peer {Strongswan}", "and beside it, in turns, with strongSwan and strongSwan with itself"),
            ("acpd bench ike --sas 0 --json > figures.json", "handshakes only, to keep and compare"));
        ike.SetAction((parsed, cancellation) => Measure(
            () => Run(parsed.GetValue(json), parsed.GetValue(peer) is not null, parsed.GetValue(count), parsed.GetValue(sas), cancellation)));
        return ike;
    }

    private static void Run(bool json, bool withStrongswan, int count, int sas, CancellationToken cancellation)
    {
        var figures = IkeBench.Run(withStrongswan, count, sas, Console.Error.WriteLine, cancellation);
        Tell(json, figures, IkeBenchJson.Default.IkeBenchFigures, Print);
    }

    private static void Print(IkeBenchFigures figures)
    {
        var table = TableOf(["initiator", "responder"], ["at once", "handshakes/s", "CPU ms initiator", "CPU ms responder", "failed"]);
        foreach (var row in figures.Handshakes)
        {
            table.AddRow(
                row.Initiator,
                row.Responder + (row.FirstMeeting ? ", first meeting" : ""),
                Figure(row.InFlight, "0"),
                Figure(row.PerSecond, "0"),
                Figure(row.InitiatorCpuMilliseconds, "0.000"),
                Figure(row.ResponderCpuMilliseconds, "0.000"),
                Figure(row.Failed, "0"));
        }

        var output = Terminal.Output();
        output.Write(table);
        if (figures.Scale is not { } scale)
            return;
        output.WriteLine(
            $"{scale.Sas} SAs: {Figure(scale.ResidentOctetsPerSa / 1024, "0.0")} KiB each, of which {Figure(scale.LiveOctetsPerSa / 1024, "0.0")} KiB objects"
            + (scale.StrongswanResidentOctetsPerSa is { } other ? $" (strongSwan {Figure(other / 1024, "0.0")} KiB)" : ""));
        output.WriteLine(
            $"one handshake: {Figure(scale.MillisecondsAtNone, "0.00")} ms beside none, {Figure(scale.MillisecondsAtAll, "0.00")} ms beside {scale.Sas}");
    }
}
