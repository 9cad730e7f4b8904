using Acp.Linux.Interop;

namespace Acp.Daemon.Bench;

/// <summary>
/// Measures user-space ESP between two processes on this machine, and another tunnel beside it:
/// <code>
///  a-in  acp_bench ══ acpd ══ ul0  a-out ──veth── b-out  ul0 ══ acpd ══ acp_bench  b-in
/// </code>
/// </summary>
internal static class EspBench
{
    private const int LinkMtu = 1500;

    /// <summary>Both can carry this without loss on a small machine; what differs is the cost.</summary>
    private const int PacedPacketsPerSecond = 40_000;

    /// <param name="peers">"acpd", "wireguard-go", in the order to run.</param>
    /// <param name="progress">Hears each row as it comes.</param>
    public static List<EspBenchRow> Run(IReadOnlyList<string> peers, TimeSpan perTest, Action<EspBenchRow> progress, CancellationToken cancellation)
    {
        if (LibC.geteuid() != 0)
            throw new BenchException("the benchmark makes network namespaces: run it as root");
        var rows = new List<EspBenchRow>();
        foreach (var peer in peers)
        {
            var prefix = $"acpbench-{Environment.ProcessId}-";
            using var a = new EspBenchSide(prefix, 'a');
            using var b = new EspBenchSide(prefix, 'b');
            a.OutsideRoute.CreateVeth(EspBenchSide.LinkName, EspBenchSide.LinkName, b.Outside, LinkMtu, LinkMtu);
            a.LinkUp();
            b.LinkUp();
            using ITunnel tunnel = peer == "acpd" ? new AcpdTunnel(a, b, LinkMtu) : new WireguardTunnel(a, b);
            Func<TrafficMeter, EspBenchRow>[] tests =
            [
                meter => meter.Tcp(perTest),
                meter => meter.Udp(64, 0, perTest),
                meter => meter.Udp(1352, 0, perTest),
                meter => meter.Udp(64, PacedPacketsPerSecond, perTest),
                meter => meter.Udp(1352, PacedPacketsPerSecond, perTest),
            ];
            foreach (var test in tests)
            {
                cancellation.ThrowIfCancellationRequested();
                var row = test(new TrafficMeter(a, b, tunnel));
                rows.Add(row);
                progress(row);
            }
        }

        return rows;
    }
}
