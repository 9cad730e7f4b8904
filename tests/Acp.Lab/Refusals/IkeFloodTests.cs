using System.Diagnostics;
using System.Globalization;
using Acp.Daemon.Bench;
using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Wire;
using Xunit.Abstractions;

namespace Acp.Lab.Refusals;

/// <summary>
/// n1 in the middle is flooded over both of its cables with IKE_SA_INIT requests from addresses that nobody has. n2 is connected before; n3
/// comes while it lasts. Five seconds; ACPD_FLOOD_SECONDS says otherwise.
/// </summary>
[Collection(nameof(LabCollection))]
public sealed class IkeFloodTests(ITestOutputHelper output)
{
    private const int PerSecond = 20_000;
    private const long MemoryKib = 16 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static TimeSpan Duration => TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable("ACPD_FLOOD_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 5);

    [Fact]
    public void D11_Q07_a_flood_of_made_up_initiators_costs_no_packet_no_neighbour_and_little_memory()
    {
        using var domain = new TestDomain();
        using var lab = new DaemonLab(
            new LabOptions { Nodes = 3, Topology = LabTopology.Star }, plan => plan.Boxes.ToList().ForEach(b => domain.Enrol(b)));
        lab.Start(0);
        lab.Start(1);
        lab.Until("the first neighbour is connected", Patience, () => lab.HasOneSettledChannel(0) && lab.HasOneSettledChannel(1));
        var before = Assert.Single(lab.Channels(0)!);
        var address = Ipv6Address.Parse(lab.Status(1)!.Identity!.AcpAddress!);
        using var acp = NetworkNamespace.Open($"{NetworkNamespace.Directory}/{lab.Plan.Boxes[0].Daemon.AcpNamespace}");
        using var pinger = new Pinger(acp);
        Assert.True(pinger.Ping(Ipv6Address.Unspecified, address, Patience));
        var memory = lab.Status(0)!.RssKib;

        var links = lab.Status(0)!.Links.Where(l => l is { Used: true, LinkLocal: not null }).ToList();
        Assert.Equal(2, links.Count);
        var cables = lab.Plan.Cables.ToDictionary(
            c => c.A == 0 ? c.AInterface : c.BInterface, c => c.A == 0 ? (Box: c.B, Interface: c.BInterface) : (Box: c.A, Interface: c.AInterface));
        var cpu = 0.0;
        var watch = new Stopwatch();
        var floods = new List<IkeFlood>();
        var (pings, answers, peak) = (0, 0, 0L);
        double connected;
        try
        {
            foreach (var link in links)
            {
                var end = cables[link.Name];
                var host = lab.World.Hosts[end.Box];
                floods.Add(new IkeFlood(host, end.Interface, LinkLocal.Of(host, end.Interface).Interface, Ipv6Address.Parse(link.LinkLocal!), PerSecond / 2));
            }

            cpu = Cpu(lab.Pid(0));
            watch.Start();
            Ping(Duration / 4);
            lab.Start(2);
            Ping(Duration * 3 / 4);
            var there = lab.Status(2);
            Assert.True(there?.Milestones.FirstChannelNs is not null, "the honest neighbour did not get through");
            connected = (there.Milestones.FirstChannelNs.Value - there.Milestones.ReadyNs!.Value) / 1e9;
        }
        finally
        {
            floods.ForEach(f => f.Dispose());
        }

        var elapsed = watch.Elapsed.TotalSeconds;
        var cores = (Cpu(lab.Pid(0)) - cpu) / elapsed;
        var sent = floods.Sum(f => f.Sent);
        Ping(TimeSpan.FromSeconds(0.5));
        while (answers < pings && pinger.TryReceive(out _))
            answers++;
        output.WriteLine(
            $"{sent} requests in {elapsed:0.0} s; connected after {connected:0.00} s; {answers} of {pings} pings answered; {cores:0.00} cores; "
            + $"{memory} KiB before, {peak} KiB at most");
        foreach (var (name, count) in lab.Status(0)!.Counters.Where(c => c.Key.StartsWith("ike", StringComparison.Ordinal)))
            output.WriteLine($"{name} {count}");
        Assert.True(sent > PerSecond * elapsed * 0.8, $"only {sent} requests were sent in {elapsed:0.0} s");
        Assert.InRange(connected, 0, 3);
        Assert.Equal(pings, answers);
        Assert.InRange(cores, 0, 1);
        Assert.True(peak - memory < MemoryKib, $"{memory} KiB before, {peak} KiB at most");

        // And then all is as it was, but for the neighbour that came.
        var channels = lab.Channels(0)!;
        Assert.Equal(2, channels.Count);
        Assert.Contains(channels, c => c.IkeSas is [var sa] && sa.InitiatorSpi == before.IkeSas[0].InitiatorSpi);
        lab.UntilAllPairsReachEachOther(Patience);

        void Ping(TimeSpan time)
        {
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < time;)
            {
                Assert.True(pinger.TrySend(Ipv6Address.Unspecified, address));
                pings++;
                Pinger.WaitAny([pinger], TimeSpan.FromMilliseconds(20));
                while (pinger.TryReceive(out _))
                    answers++;
                Thread.Sleep(20);
                if (pings % 10 == 0)
                    peak = Math.Max(peak, lab.Status(0)!.RssKib);
            }
        }
    }

    /// <summary>Seconds of all threads.</summary>
    private static double Cpu(int pid) => Directory.GetDirectories($"/proc/{pid}/task")
        .Sum(t => long.Parse(File.ReadAllText(t + "/schedstat").Split(' ')[0], CultureInfo.InvariantCulture)) / 1e9;
}
