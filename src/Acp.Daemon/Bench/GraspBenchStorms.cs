using System.Diagnostics;
using System.Globalization;

namespace Acp.Daemon.Bench;

/// <summary>
/// How the agents of a server fare while somebody else on its link does harm. The caller has no part of that link, so all
/// that slows it down is the server, and what the three processes take from each other of one machine.
/// </summary>
internal static class GraspBenchStorms
{
    private const int Rounds = 5;

    private static readonly (string Name, int PerSecond)[] Storms = [("floods", 20_000), ("searches", 20_000), ("mutations", 20_000), ("connections", 2_000)];
    private static readonly string[] Calls = ["synchronize", "negotiate"];

    public static IReadOnlyList<GraspBenchStormRow> Run(GraspBenchHosts hosts, int calls, Action<string> progress, CancellationToken cancellation)
    {
        using var server = new GraspBenchPeer(hosts.Host, "near");
        using var caller = new GraspBenchPeer(hosts.Host, "none");
        var port = server.Start();
        server.Serve();
        caller.Start();
        using var enemy = new AcpdChild(hosts.Relay, GraspBenchEnemy.Command, string.Create(
            CultureInfo.InvariantCulture, $"left {GraspBenchHosts.LinkLocalOf(2)} {GraspBenchHosts.HostAddress} {port}"));
        foreach (var call in Calls)
            caller.Call(call, GraspBenchHosts.HostAddress, port, 5 * calls, 1);
        var rows = new List<GraspBenchStormRow>();
        foreach (var (storm, perSecond) in Storms)
        {
            progress($"a storm of {storm}");
            foreach (var call in Calls)
            {
                var (quiet, stormy, rates) = (new List<double>(), new List<double>(), new List<double>());
                var failed = 0;
                for (var round = 0; round < Rounds; round++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    quiet.Add(Microseconds(caller.Call(call, GraspBenchHosts.HostAddress, port, calls, 1), calls));
                    var start = Stopwatch.GetTimestamp();
                    enemy.Ask(string.Create(CultureInfo.InvariantCulture, $"storm {storm} {perSecond}"));
                    var outcome = caller.Call(call, GraspBenchHosts.HostAddress, port, calls, 1);
                    rates.Add(enemy.Ask("stop")[0] / Stopwatch.GetElapsedTime(start).TotalSeconds);
                    stormy.Add(Microseconds(outcome, calls));
                    failed += calls - outcome.Complete;
                }

                rows.Add(new GraspBenchStormRow(
                    storm, IkeBenchPair.Median(rates), call, IkeBenchPair.Median(quiet), IkeBenchPair.Median(stormy), failed));
            }
        }

        return rows;
    }

    private static double Microseconds((int Complete, TimeSpan Elapsed) batch, int calls) => batch.Elapsed.TotalMicroseconds / calls;
}
