using Acp.Daemon.Lab;
using Acp.Lab.Robustness;
using Acp.Lab.WireProof;
using Xunit.Abstractions;

namespace Acp.Lab.Rpl;

/// <summary>
/// Any one link of a diamond and of a ring is lost, with real daemons: seen to go down, and falling silent. Every pair is pinged all the
/// while. Somebody else (tshark) reads what RPL says meanwhile inside the ACP.
/// </summary>
[Collection(nameof(LabCollection))]
public sealed class FailoverTests(ITestOutputHelper output)
{
    /// <summary>Beside malformed packets, whatever tshark itself calls a warning or an error.</summary>
    private const string Complaints = "icmpv6.type == 155 && (_ws.malformed || _ws.expert.severity >= 0x600000)";

    [Theory]
    [InlineData(LabTopology.Diamond, 5)]
    [InlineData(LabTopology.Ring, 5)]
    public async Task G04_G29_G47_G50_every_link_may_go_down_and_at_most_three_seconds_are_lost(LabTopology topology, int nodes)
    {
        Tools.Need("tshark", "tshark");
        using var lab = new RunningLab(new LabOptions { Nodes = nodes, Topology = topology, DataPlane = LabDataPlane.Userspace }, output);
        lab.StartAll();
        await lab.UntilRightAsync("start");
        var captures = lab.Plan.Boxes.Select(b => new CableCapture(b.Daemon.AcpNamespace, $"{lab.Plan.Directory}/{b.Name}/acp.pcapng", ["any"])).ToList();
        try
        {
            using (var meter = new LossMeter(lab))
            {
                await lab.UntilAsync("pings answered", () => Task.FromResult(meter.AllHeardWithin(TimeSpan.FromSeconds(0.3))));
                foreach (var cable in lab.Cables.ToList())
                {
                    meter.Mark();
                    lab.SetLink(cable.A, cable.AInterface, up: false);
                    lab.Cables.Remove(cable);
                    await lab.UntilAsync($"{Name(lab, cable)} is down", () => ChannelGoneAsync(lab, cable));
                    await lab.UntilAsync("pings answered again", () => Task.FromResult(meter.AllHeardWithin(TimeSpan.FromSeconds(0.3))));
                    Judge(lab, meter, cable, TimeSpan.FromSeconds(3));

                    lab.SetLink(cable.A, cable.AInterface, up: true);
                    lab.Cables.Add(cable);
                    await lab.UntilRightAsync($"{Name(lab, cable)} is mended");
                    Judge(lab, meter, cable, TimeSpan.FromSeconds(3));
                }
            }

            CableCapture.Stop(captures);
            var tshark = new Tshark(Directory.CreateDirectory($"{lab.Plan.Directory}/nothing").FullName);
            foreach (var (capture, box) in captures.Zip(lab.Plan.Boxes))
                JudgeCapture(tshark, capture.File, box);
        }
        finally
        {
            captures.ForEach(c => c.Dispose());
        }
    }

    /// <summary>
    /// A switch in every cable, so that neither end's carrier feels it when the cable is pulled out of the switch: liveness has to find out, here
    /// with faster timers than the default.
    /// </summary>
    [Theory]
    [InlineData(LabTopology.Diamond, 4)]
    [InlineData(LabTopology.Ring, 5)]
    public async Task G50_every_link_may_fall_silent_and_no_more_is_lost_than_until_liveness_finds_out(LabTopology topology, int nodes)
    {
        using var lab = new RunningLab(
            new LabOptions { Nodes = nodes, Topology = topology, DataPlane = LabDataPlane.Userspace, Timers = "dpd=1s,retransmit=200ms,flood=2s" }, output);
        using var panel = new PatchPanel(lab);
        var ends = new List<(LabCable Cable, string Switch, string End)>();
        foreach (var cable in lab.Cables)
        {
            lab.Hosts[cable.A].DeleteLink(lab.Hosts[cable.A].IndexOf(cable.AInterface));
            var a = panel.Connect(cable.A, cable.AInterface);
            var b = panel.Connect(cable.B, cable.BInterface);
            panel.Join($"s{ends.Count}", a, b);
            ends.Add((cable, $"s{ends.Count}", a));
        }

        lab.StartAll();
        await lab.UntilRightAsync("start");
        using var meter = new LossMeter(lab);
        await lab.UntilAsync("pings answered", () => Task.FromResult(meter.AllHeardWithin(TimeSpan.FromSeconds(0.3))));
        foreach (var (cable, name, end) in ends)
        {
            meter.Mark();
            panel.Leave(end);
            lab.Cables.Remove(cable);
            var noticed = await lab.UntilAsync($"{Name(lab, cable)} is silent", () => ChannelGoneAsync(lab, cable));
            // Probing once a second, and then five times at growing intervals: D-44's rule, with these timers.
            Assert.True(noticed < TimeSpan.FromSeconds(12), $"noticed after {noticed}");
            await lab.UntilAsync("pings answered again", () => Task.FromResult(meter.AllHeardWithin(TimeSpan.FromSeconds(0.3))));
            Judge(lab, meter, cable, noticed + TimeSpan.FromSeconds(1.5));

            panel.Join(name, end);
            lab.Cables.Add(cable);
            await lab.UntilRightAsync($"{Name(lab, cable)} speaks again");
            meter.Mark();
        }
    }

    private static string Name(RunningLab lab, LabCable cable) => $"{lab.Name(cable.A)} to {lab.Name(cable.B)}";

    private static async Task<bool> ChannelGoneAsync(RunningLab lab, LabCable cable) =>
        await lab.TryChannelsAsync(cable.A) is { } a && a.All(c => c.Link != cable.AInterface)
        && await lab.TryChannelsAsync(cable.B) is { } b && b.All(c => c.Link != cable.BInterface);

    private static void Judge(RunningLab lab, LossMeter meter, LabCable cable, TimeSpan allowed)
    {
        var (from, to, silence) = meter.Worst();
        lab.Say($"{Name(lab, cable)}: {lab.Name(from)} did not reach {lab.Name(to)} for {silence.TotalMilliseconds:0} ms");
        Assert.True(silence <= allowed, $"{Name(lab, cable)}: {lab.Name(from)} did not reach {lab.Name(to)} for {silence}, {allowed} allowed");
        meter.Mark();
    }

    private void JudgeCapture(Tshark tshark, string file, LabBox box)
    {
        foreach (var packet in tshark.Fields(file, Complaints, "frame.number", "_ws.expert.message", "_ws.malformed", "icmpv6.code"))
            Assert.Fail($"tshark complains about RPL at {box.Name}: {string.Join(" | ", packet)}");
        var packets = tshark.Fields(file, "icmpv6.type == 155", "icmpv6.code", "ipv6.src", "ipv6.dst", "icmpv6.checksum.status", "frame.protocols");
        output.WriteLine($"{box.Name}: {string.Join(", ", packets.GroupBy(p => p[0]).OrderBy(g => g.Key).Select(g => $"{g.Count()} of code {g.Key}"))}");
        Assert.All(packets, p => Assert.StartsWith("fe80:", p[1], StringComparison.Ordinal));
        Assert.All(packets, p => Assert.True(p[2] == "ff02::1a" ? p[0] is "0" or "1" : p[2].StartsWith("fe80:", StringComparison.Ordinal), string.Join(' ', p)));
        Assert.All(packets, p => Assert.DoesNotContain("hopopts", p[4], StringComparison.Ordinal));
        foreach (var (code, name) in new[] { ("0", "DIS"), ("1", "DIO"), ("2", "DAO"), ("3", "DAO-ACK") })
            Assert.True(packets.Any(p => p[0] == code), $"no {name} at {box.Name}");
        // Neither RPL's option nor a routing header in anything between ACP addresses.
        Assert.Equal(0, tshark.Count(file, "ipv6.src == fd00::/8 && (ipv6.hopopts || ipv6.routing)"));
        Assert.True(tshark.Count(file, "ipv6.src == fd00::/8 && icmpv6.type == 129") > 100);
    }
}
