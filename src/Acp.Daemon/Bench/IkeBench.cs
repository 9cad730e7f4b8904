using Acp.Daemon.Ca;
using Acp.Linux.Interop;

namespace Acp.Daemon.Bench;

/// <summary>
/// Measures IKEv2 handshakes between two processes on this machine: IKE_SA_INIT and IKE_AUTH with ECDSA P-256 certificates both ways, group 19,
/// AES-256-GCM, one child SA. acpd with itself and, in the same run, with strongSwan and strongSwan with itself.
/// </summary>
internal static class IkeBench
{
    private const string Acpd = "acpd";
    private const string Strongswan = "strongSwan";
    private const int WarmUp = 400;
    private const int Rounds = 5;
    private static readonly int[] InFlight = [1, 8];
    private static int s_pairs;

    /// <param name="withStrongswan">Also measure strongSwan.</param>
    /// <param name="count">Handshakes in one batch.</param>
    /// <param name="sas">How many SAs to pile up; 0 for none.</param>
    public static IkeBenchFigures Run(bool withStrongswan, int count, int sas, Action<string> progress, CancellationToken cancellation)
    {
        if (LibC.geteuid() != 0)
            throw new BenchException("the benchmark makes network namespaces: run it as root");
        var directory = Directory.CreateTempSubdirectory("acpbench").FullName;
        try
        {
            Issue(directory);
            var rows = Handshakes(directory, withStrongswan, count, progress, cancellation);
            return new IkeBenchFigures(rows, sas == 0 ? null : Scale(directory, withStrongswan, sas, progress, cancellation));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static List<IkeBenchRow> Handshakes(string directory, bool withStrongswan, int count, Action<string> progress, CancellationToken cancellation)
    {
        List<(string Initiator, string Responder, bool FirstMeeting)> wanted = [(Acpd, Acpd, false), (Acpd, Acpd, true)];
        if (withStrongswan)
            wanted.InsertRange(0, [(Strongswan, Strongswan, false), (Acpd, Strongswan, false), (Strongswan, Acpd, false)]);
        var pairs = new List<IkeBenchPair>();
        try
        {
            foreach (var (initiator, responder, firstMeeting) in wanted)
                pairs.Add(Pair(directory, initiator, responder, firstMeeting));
            foreach (var pair in pairs)
            {
                progress($"warming up {pair.InitiatorName} to {pair.ResponderName}");
                pair.Run(WarmUp, 8, isWarmUp: true);
                pair.Run(WarmUp, 1, isWarmUp: true);
            }

            // All pairs in every round, so that what else the machine does hits them alike.
            for (var round = 1; round <= Rounds; round++)
            {
                progress($"round {round} of {Rounds}");
                foreach (var pair in pairs)
                {
                    foreach (var inFlight in InFlight)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        pair.Run(count, inFlight, isWarmUp: false);
                    }
                }
            }

            return [.. pairs.SelectMany(p => p.Rows(count))];
        }
        finally
        {
            pairs.ForEach(p => p.Dispose());
        }
    }

    private static IkeBenchScale Scale(string directory, bool withStrongswan, int sas, Action<string> progress, CancellationToken cancellation)
    {
        double? strongswan = null;
        if (withStrongswan)
        {
            progress($"{sas / 10} SAs in strongSwan");
            using var other = Pair(directory, Strongswan, Strongswan, false);
            other.Run(WarmUp, 8, isWarmUp: true);
            var resident = (other.Initiator.Process.RssOctets(), other.Responder.Process.RssOctets());
            other.Initiator.Initiate(sas / 10, 8);
            strongswan = Math.Max(
                other.Initiator.Process.RssOctets() - resident.Item1, other.Responder.Process.RssOctets() - resident.Item2) / (sas / 10.0);
        }

        cancellation.ThrowIfCancellationRequested();
        using var pair = Pair(directory, Acpd, Acpd, false);
        AcpdIkePeer[] peers = [(AcpdIkePeer)pair.Initiator, (AcpdIkePeer)pair.Responder];
        for (var i = 0; i < 3; i++)
            pair.Run(WarmUp, 1, isWarmUp: true);
        var atNone = OneHandshake(peers[0]);
        pair.Clear();
        var before = peers.Select(p => (Live: p.Memory().LiveOctets, Resident: p.Process.RssOctets())).ToList();
        progress($"{sas} SAs in acpd");
        var (complete, _) = pair.Initiator.Initiate(sas, 8);
        if (complete != sas)
            throw new BenchException($"{sas - complete} of {sas} handshakes failed");
        var after = peers.Select(p => (Live: p.Memory().LiveOctets, Resident: p.Process.RssOctets())).ToList();
        var atAll = OneHandshake(peers[0]);
        return new IkeBenchScale(
            sas,
            before.Zip(after, (b, a) => (double)(a.Resident - b.Resident) / sas).Max(),
            before.Zip(after, (b, a) => (double)(a.Live - b.Live) / sas).Max(),
            strongswan,
            atNone,
            atAll);
    }

    private static double OneHandshake(AcpdIkePeer initiator) =>
        IkeBenchPair.Median(Enumerable.Range(0, 200).Select(_ => initiator.Initiate(1, 1).Elapsed.TotalMilliseconds));

    private static void Issue(string directory)
    {
        var now = DateTimeOffset.UtcNow;
        using var ca = DomainCa.Init($"{directory}/ca", "acp.bench.example", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(2), withIntermediate: false, now);
        foreach (var name in (string[])["a", "b"])
            ca.Issue(new IssueRequest { Directory = $"{directory}/{name}", Name = name, NotAfter = now.AddDays(1) }, now).Dispose();
    }

    private static IkeBenchPair Pair(string directory, string initiator, string responder, bool firstMeeting)
    {
        var number = s_pairs++;
        return new($"acpbench-{Environment.ProcessId}-{number}", initiator, responder, firstMeeting, (what, side, other, name) =>
        {
            var state = $"{directory}/{name}";
            return what == Acpd
                ? new AcpdIkePeer(side, other, state, firstMeeting)
                : new StrongswanIkePeer(side, other, state, Directory.CreateDirectory($"{directory}/strongswan-{number}-{name}").FullName);
        });
    }
}
