using Acp.Linux.Interop;

namespace Acp.Daemon.Bench;

/// <summary>
/// Measures GRASP between two processes on one host (unicast over its loopback interface, multicast over an Ethernet link
/// that both share), and a discovery from there across a relay.
/// </summary>
internal static class GraspBench
{
    private const int Rounds = 5;
    private const int RelayedDiscoveries = 50;
    private static readonly int[] FloodRates = [5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 50_000, 60_000, 75_000, 100_000];

    private static readonly GraspBenchKind[] Kinds =
    [
        new("negotiate", 1, 0.25), new("negotiate", 32, 1), new("synchronize", 1, 0.25), new("synchronize", 32, 1),
        new("discover", 1, 0.05), new("discover", 8, 0.1),
    ];

    /// <param name="count">Calls in one batch of negotiations; the others' batches are a share of it.</param>
    public static GraspBenchFigures Run(int count, Action<string> progress, CancellationToken cancellation)
    {
        if (LibC.geteuid() != 0)
            throw new BenchException("the benchmark makes network namespaces: run it as root");
        using var hosts = new GraspBenchHosts();
        using var pair = new GraspBenchPair(hosts, keepsStreams: true);
        var rows = pair.Measure(Kinds, count, progress, cancellation).ToList();
        using (var closing = new GraspBenchPair(hosts, keepsStreams: false))
            rows.AddRange(closing.Measure(Unicast(1.0 / 5), count, progress, cancellation));
        using (var domain = new GraspBenchDomain())
        {
            hosts.AddToHost(domain.ServerAddress);
            hosts.AddToHost(domain.CallerAddress);
            using (var tls = new GraspBenchPair(hosts, domain, keepsStreams: true))
                rows.AddRange(tls.Measure(Unicast(1), count, progress, cancellation));
            using (var closing = new GraspBenchPair(hosts, domain, keepsStreams: false))
                rows.AddRange(closing.Measure(Unicast(1.0 / 20), count, progress, cancellation));
        }

        var floods = Floods(pair.Caller, pair.Server, progress, cancellation);
        var relayed = RelayedDiscovery(hosts, pair, progress);
        pair.Caller.Dispose();
        var storms = GraspBenchStorms.Run(hosts, Math.Max(count / 20, 1), progress, cancellation);
        return new GraspBenchFigures(rows, floods, relayed, pair.IdleResidentOctets, pair.IdleLiveOctets, storms);
    }

    private static List<GraspBenchKind> Unicast(double share) =>
        [.. Kinds.Where(k => k.Call != "discover").Select(k => k with { Share = k.Share * share })];

    private static double RelayedDiscovery(GraspBenchHosts hosts, GraspBenchPair pair, Action<string> progress)
    {
        progress("discovery across a relay");
        using var relay = new GraspBenchPeer(hosts.Relay, "left,right");
        using var beyond = new GraspBenchPeer(hosts.Beyond, "far");
        relay.Start();
        beyond.Start();
        beyond.Serve();
        // Here, somebody would answer for what is to be found there.
        pair.Server.Dispose();
        pair.Caller.DiscoverBeyond(RelayedDiscoveries / 5);
        var relayed = pair.Caller.DiscoverBeyond(RelayedDiscoveries).Select(t => t.TotalMilliseconds).ToList();
        return relayed.TrueForAll(t => t >= 0)
            ? IkeBenchPair.Median(relayed)
            : throw new BenchException($"{relayed.Count(t => t < 0)} of {relayed.Count} discoveries across the relay found nobody");
    }

    // Each search goes up until something is lost, or the sender cannot keep the rate.
    private static double Floods(GraspBenchPeer caller, GraspBenchPeer server, Action<string> progress, CancellationToken cancellation)
    {
        var found = new List<double>();
        caller.Flood(FloodRates[0], FloodRates[0]);
        for (var search = 1; search <= Rounds; search++)
        {
            progress($"floods, search {search} of {Rounds}");
            double best = 0;
            foreach (var rate in FloodRates)
            {
                cancellation.ThrowIfCancellationRequested();
                var before = server.Floods();
                var elapsed = caller.Flood(rate, rate);
                var reached = rate / elapsed.TotalSeconds;
                if (server.Floods() - before != rate)
                    break;
                best = Math.Max(best, reached);
                if (reached < 0.9 * rate)
                    break;
            }

            found.Add(best);
        }

        return IkeBenchPair.Median(found);
    }
}
