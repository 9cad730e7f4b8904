using Acp.Daemon;
using Acp.Linux.Sockets;

namespace Acp.Lab.Remote;

/// <summary>Configured remote neighbours (RFC 8994 §8.2.1) with real daemons (M-15, M-17, D-53, E-17).</summary>
[Collection(nameof(LabCollection))]
public sealed class RemoteNeighborTests
{
    [Theory]
    [InlineData(false, false, 1446)]
    [InlineData(true, false, 1426)]
    [InlineData(false, true, 1438)]
    [InlineData(true, true, 1418)]
    public void M15_M17_E17_two_boxes_across_a_router(bool ipv6, bool encapsulate, int mtu)
    {
        using var remote = new RemoteLab();
        // One end's wish is enough.
        remote.Start(RemoteLab.West, RemoteLab.EastAddress(ipv6), encapsulate ? ["--neighbor-encapsulation", "always"] : []);
        remote.Start(RemoteLab.East, RemoteLab.WestAddress(ipv6));
        remote.UntilConnected();

        var channel = Assert.Single(remote.Lab.Channels(RemoteLab.West)!);
        Assert.Equal("host", channel.Link);
        Assert.Equal(mtu, channel.Mtu);
        Assert.Equal((RemoteLab.WestAddress(ipv6), RemoteLab.EastAddress(ipv6)), (channel.LocalLinkLocal, channel.RemoteLinkLocal));
        var neighbor = Assert.Single(remote.Lab.Neighbors(RemoteLab.West)!);
        Assert.True(neighbor.Configured);
        Assert.Equal(("host", RemoteLab.EastAddress(ipv6), "connected"), (neighbor.Link, neighbor.LinkLocal, neighbor.State));

        // 40 octets of IPv6 and 8 of ICMPv6: the longest packet, and the outer one is not fragmented.
        remote.PingThrough(mtu - 48, 20);
        Assert.Equal(encapsulate, remote.Seen("natt") > 40);
        Assert.Equal(!encapsulate, remote.Seen("esp") > 40);

        remote.Lab.Stop(RemoteLab.West);
        remote.Lab.Until("the east knows", TimeSpan.FromSeconds(5), () => remote.Lab.Channels(RemoteLab.East) is []);
        remote.Lab.Stop(RemoteLab.East);
    }

    [Fact]
    public void D53_a_box_behind_a_nat_that_forgets()
    {
        using var remote = new RemoteLab();
        remote.HideWest();
        // IKE is silent for a while: it is ESP that shows the NAT's new ports.
        remote.Start(RemoteLab.East, RemoteLab.NatAddress, "--timers", "dpd=5m");
        remote.Start(RemoteLab.West, RemoteLab.EastAddress(false), "--timers", "dpd=5m");
        remote.UntilConnected();
        remote.PingThrough(1300);
        Assert.Equal(0, remote.Seen("esp"));
        var before = Assert.Single(remote.Lab.Channels(RemoteLab.East)!);
        Assert.Equal(RemoteLab.NatAddress, before.RemoteLinkLocal);
        Assert.Contains(remote.Lab.LogLines(RemoteLab.East, "it seems to be behind a NAT"), line => line.Contains("ESP goes in UDP"));
        Assert.Contains(remote.Lab.LogLines(RemoteLab.West, "we seem to be behind a NAT"), line => line.Contains("ESP goes in UDP"));

        var moves = remote.Lab.LogLines(RemoteLab.East, "goes on from our port").Count();
        remote.ForgetMappings();
        remote.UntilConnected();
        remote.Lab.Until("the east follows", TimeSpan.FromSeconds(15), () => remote.Lab.LogLines(RemoteLab.East, "goes on from our port").Count() > moves);
        remote.PingThrough(1300);
        // The same channel throughout.
        Assert.Equal(before.Id, Assert.Single(remote.Lab.Channels(RemoteLab.East)!).Id);
        Assert.Empty(remote.Lab.LogLines(RemoteLab.East, "is down"));
        remote.Lab.Stop(RemoteLab.West);
        remote.Lab.Stop(RemoteLab.East);
    }

    [Fact]
    public void M15_who_is_not_configured_gets_no_answer()
    {
        using var remote = new RemoteLab();
        remote.Start(RemoteLab.East, "192.0.2.99");
        remote.Lab.Until("the east runs", TimeSpan.FromSeconds(20), () => remote.Lab.Status(RemoteLab.East) is not null);
        remote.Start(RemoteLab.West, RemoteLab.EastAddress(false), "--timers", "retransmit=100ms");
        remote.Lab.Until("the west gives up", TimeSpan.FromSeconds(30), () => remote.Lab.Neighbors(RemoteLab.West) is [{ State: "backing-off" }]);
        Assert.True(remote.Lab.Status(RemoteLab.East)!.Counters["remote.strangers-ignored"] >= 5);
        Assert.Empty(remote.Lab.Channels(RemoteLab.East)!);
        Assert.DoesNotContain(remote.Lab.Neighbors(RemoteLab.East)!, n => n.LinkLocal == RemoteLab.WestAddress(false));
        Assert.Single(remote.Lab.LogLines(RemoteLab.East, "was not looked at"), line => line.Contains(RemoteLab.WestAddress(false)));
        remote.Lab.Stop(RemoteLab.West);
        remote.Lab.Stop(RemoteLab.East);
    }

    [Fact]
    public async Task M15_a_port_that_another_daemon_holds_is_named()
    {
        using var remote = new RemoteLab();
        using var other = new HostNetwork(remote.Lab.World.Hosts[RemoteLab.West], 500, 4500);
        var (code, _, errors) = await AcpdProcess.RunAsync(
            [.. remote.Lab.Arguments(RemoteLab.West).Where(a => a != "--log-file" && !a.EndsWith("/log", StringComparison.Ordinal)), "--neighbor", "192.0.2.9"]);
        Assert.Equal(ExitCode.Unavailable, code);
        Assert.Contains("UDP port 500", errors, StringComparison.Ordinal);
        Assert.Contains("another IKE daemon", errors, StringComparison.Ordinal);
    }
}
