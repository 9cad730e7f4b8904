using System.Diagnostics;
using Acp.Core;
using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Grasp;
using Xunit.Abstractions;

namespace Acp.Lab.Refusals;

/// <summary>n2 is good, n3 makes neighbours up.</summary>
[Collection(nameof(LabCollection))]
public sealed class FloodTests(ITestOutputHelper output)
{
    private const int Forged = 10_000;
    private const long MemoryKib = 48 * 1024;

    [Fact]
    public void Ten_thousand_made_up_locators_cost_little_memory_few_attempts_and_no_channel()
    {
        using var domain = new TestDomain();
        using var lab = new DaemonLab(
            new LabOptions { Nodes = 3, Topology = LabTopology.Star }, plan => plan.Boxes.Take(2).ToList().ForEach(b => domain.Enrol(b)));
        lab.Start(0);
        lab.Start(1);
        lab.Until("the good neighbour is connected", TimeSpan.FromSeconds(20), () => lab.HasOneSettledChannel(0));
        var before = Assert.Single(lab.Channels(0)!);
        // The first question of a kind compiles what answers it.
        _ = lab.Neighbors(0);
        var memory = lab.Status(0)!.RssKib;

        var (index, _) = LinkLocal.Of(lab.World.Hosts[2], "eth0");
        // A source address that is none of ours.
        Sysctl.Ensure(lab.World.Hosts[2], "net/ipv6/ip_nonlocal_bind", "1");
        using var socket = Ipv6DatagramSocket.OpenUdp(lab.World.Hosts[2], "eth0", index, Ipv6Address.Unspecified, GraspConstants.GRASP_LISTEN_PORT, "forger");
        var clock = Stopwatch.StartNew();
        for (var i = 1; i <= Forged; i++)
        {
            var source = Forge(i);
            Assert.True(socket.TrySend(
                Flood(source, source, (ushort)(i % 2 == 0 ? 500 : i)), source, Ipv6Address.AllGraspNeighbors, GraspConstants.GRASP_LISTEN_PORT, index));
            // And a locator of somebody else's, which is not to be believed whatever the source.
            if (i % 10 == 0)
                socket.TrySend(Flood(source, Forge(i + Forged), 500), source, Ipv6Address.AllGraspNeighbors, GraspConstants.GRASP_LISTEN_PORT, index);
            // No faster than the daemon reads, or the kernel would do its bounding.
            if (i % 25 == 0)
                Thread.Sleep(5);
            if (i % 2500 == 0)
                Assert.NotNull(lab.Status(0));
        }

        var status = lab.Status(0)!;
        Assert.True(status.Counters.GetValueOrDefault("dull.received") > Forged * 8 / 10, $"only {status.Counters.GetValueOrDefault("dull.received")} were read");
        Assert.True(status.Counters.GetValueOrDefault("dull.evicted") > Forged / 2);
        Assert.True(status.Counters.GetValueOrDefault("dull.refused.locator-not-source") > Forged / 20);
        Assert.InRange(lab.Neighbors(0)!.Count, 2, 300);

        // Attempts: a burst of 32, then ten per second.
        var attempts = lab.LogLines(0, " to Initiating: attempt ").Count();
        Assert.InRange(attempts, 10, 33 + 10 * (int)Math.Ceiling(clock.Elapsed.TotalSeconds));

        output.WriteLine($"{attempts} attempts in {clock.Elapsed.TotalSeconds:0.0} s, {memory} KiB before, {status.RssKib} KiB after, {lab.Neighbors(0)!.Count} neighbours");

        // Later on too, when attempts have failed and been tried again.
        Thread.Sleep(5000);
        status = lab.Status(0)!;
        Assert.True(status.RssKib < memory + MemoryKib, $"{memory} KiB before, {status.RssKib} KiB after");
        Assert.True(lab.LogLines(0, "heard fe80::f00d:").Count() < 1000, "the log is flooded as well");

        var after = Assert.Single(lab.Channels(0)!);
        Assert.Equal(Assert.Single(before.IkeSas).InitiatorSpi, Assert.Single(after.IkeSas).InitiatorSpi);
        var address = lab.Status(1)!.Identity!.AcpAddress!;
        Tools.Run("ip", "netns", "exec", lab.Plan.Boxes[0].Daemon.AcpNamespace, "ping", "-c", "2", "-i", "0.2", "-W", "5", address).Check();
    }

    private static Ipv6Address Forge(int i) => Ipv6Address.Parse($"fe80::f00d:{i >> 16:x}:{i & 0xffff:x}");

    private static byte[] Flood(Ipv6Address source, Ipv6Address locator, ushort port) => new FloodMessage(
        (uint)port, source, TimeSpan.FromSeconds(210),
        [new FloodEntry(new AnAcpObjective(ChannelMethod.IkeV2).ToObjective(), new Ipv6Locator(locator, TransportProtocol.Udp, port))]).Encode();
}
