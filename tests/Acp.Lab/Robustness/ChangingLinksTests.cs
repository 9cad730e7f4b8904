using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;
using Xunit.Abstractions;

namespace Acp.Lab.Robustness;

/// <summary>Links that flap, move, join bridges, change their names and sizes under a running daemon: all end in the right state (B-36).</summary>
[Collection(nameof(LabCollection))]
public sealed class ChangingLinksTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_link_taken_down_and_up_a_hundred_times_works_afterwards()
    {
        using var lab = await ConvergedAsync(3);
        var cable = lab.Cables[0];
        for (var i = 1; i <= 100; i++)
        {
            // From either end, so that either has the carrier taken from it.
            var (box, name) = lab.Random.Next(2) == 0 ? (cable.A, cable.AInterface) : (cable.B, cable.BInterface);
            lab.SetLink(box, name, up: false);

            // Some flaps are too short to be noticed, some long enough to make and lose a channel.
            if (i % 5 == 0)
                await UntilChannelsAsync(lab, cable.A, 0);
            lab.SetLink(box, name, up: true);
            if (i % 10 == 0)
                await UntilChannelsAsync(lab, cable.A, 1);
        }

        // Nothing of that was a failure, so nothing backs off.
        await lab.UntilRightAsync("after a hundred flaps");
        await lab.UntilAsync("nobody backs off", async () =>
            (await Task.WhenAll(lab.Alive.Select(lab.TryStatusAsync))).All(s => s is { Problems.Count: 0 }));
    }

    [Fact]
    public async Task A_cable_moved_to_another_neighbour_makes_a_channel_there()
    {
        // n1 = n2 = n3 = n4, and then n1's cable goes to n4 instead.
        using var lab = await ConvergedAsync(4);
        var cable = lab.Cables[0];
        lab.Cables.Remove(cable);
        var end = lab.Hosts[1].IndexOf(cable.BInterface);
        lab.Hosts[1].SetUp(end, up: false);
        lab.Hosts[1].Rename(end, "eth9");
        lab.Hosts[1].MoveTo(end, lab.World.Hosts[3]);
        lab.SetLink(3, "eth9", up: true);
        lab.Cables.Add(new LabCable(0, cable.AInterface, 3, "eth9"));
        await lab.UntilRightAsync("the cable is moved");
    }

    [Fact]
    public async Task A_neighbour_exchanged_behind_a_switch_is_found_and_the_old_one_given_up()
    {
        // n1's carrier stays: what changes is at the far side of a switch (a bridge in a namespace of its own).
        using var lab = await ConvergedAsync(3, "dpd=1s,retransmit=200ms,flood=2s");
        using var panel = new PatchPanel(lab);
        var one = panel.Connect(0, "eth5");
        var two = panel.Connect(1, "eth5");
        var three = panel.Connect(2, "eth5");
        panel.Join("s1", one, two);
        lab.Cables.Add(new LabCable(0, "eth5", 1, "eth5"));
        await lab.UntilRightAsync("n1 and n2 behind the switch");

        panel.Leave(two);
        panel.Join("s1", three);
        lab.Cables[^1] = new LabCable(0, "eth5", 2, "eth5");
        await lab.UntilRightAsync("n1 and n3 behind the switch");
    }

    [Fact]
    public async Task A_bridge_gains_and_loses_ports_and_the_boxes_behind_them()
    {
        // Nobody's carrier goes when a port leaves the bridge: who was behind it is missed by liveness.
        using var lab = await ConvergedAsync(3, "dpd=1s,retransmit=200ms,flood=2s");
        var host = lab.Hosts[1];
        host.CreateLink("bridge", "br0");
        var bridge = host.IndexOf("br0");
        host.SetUp(bridge);

        // A port of the bridge is born as one; behind it is n1, later n3 as well: three on one wire.
        AddPort(lab, bridge, 0, "eth5", "port1");
        lab.Cables.Add(new LabCable(0, "eth5", 1, "br0"));
        await lab.UntilRightAsync("one port");

        AddPort(lab, bridge, 2, "eth5", "port2");
        await lab.UntilAsync("three boxes on one wire", async () =>
            await CountAsync(lab, 0, "eth5") == 2 && await CountAsync(lab, 1, "br0") == 2 && await CountAsync(lab, 2, "eth5") == 2);
        await lab.UntilPairsReachAsync("three boxes on one wire");

        // The port becomes a plain link: n1 sees n2 by it, and n3 no longer.
        lab.Say("port1 leaves the bridge");
        host.SetMaster(host.IndexOf("port1"), 0);
        lab.Cables[^1] = new LabCable(0, "eth5", 1, "port1");
        lab.Cables.Add(new LabCable(2, "eth5", 1, "br0"));
        await lab.UntilRightAsync("one port is a plain link");

        lab.Say("port2 is deleted, and the bridge is empty");
        host.DeleteLink(host.IndexOf("port2"));
        lab.Cables.RemoveAt(lab.Cables.Count - 1);
        await lab.UntilRightAsync("the bridge is empty");

        AddPort(lab, bridge, 2, "eth6", "port3");
        lab.Cables.Add(new LabCable(2, "eth6", 1, "br0"));
        await lab.UntilRightAsync("a port again");

        lab.Say("the bridge goes");
        host.DeleteLink(bridge);
        lab.Cables[^1] = new LabCable(2, "eth6", 1, "port3");
        await lab.UntilRightAsync("without the bridge");
    }

    [Fact]
    public async Task A_renamed_interface_keeps_or_regains_its_channel()
    {
        using var lab = await ConvergedAsync(3);
        var host = lab.Hosts[1];
        foreach (var name in new[] { "uplink", "a-name-of-14bs", "eth0" })
        {
            var cable = lab.Cables[0];
            var index = host.IndexOf(cable.BInterface);
            try
            {
                host.Rename(index, name);
            }
            catch (NetlinkException)
            {
                // Older kernels rename only what is down.
                host.SetUp(index, up: false);
                host.Rename(index, name);
                host.SetUp(index);
            }

            lab.Cables[0] = cable with { BInterface = name };
            await lab.UntilRightAsync($"eth0 of n2 is called {name}");
        }
    }

    [Fact]
    public async Task A_changed_MTU_reaches_the_channel()
    {
        using var lab = await ConvergedAsync(2);
        foreach (var mtu in new[] { 1400, 9000, 1500 })
        {
            lab.Hosts[0].SetMtu(lab.Hosts[0].IndexOf("eth0"), mtu);
            lab.Hosts[1].SetMtu(lab.Hosts[1].IndexOf("eth0"), mtu);
            await lab.UntilAsync($"the channels fit into {mtu}", async () =>
                await lab.TryChannelsAsync(0) is [var a] && a.Mtu < mtu && a.Mtu > mtu - 100
                && await lab.TryChannelsAsync(1) is [var b] && b.Mtu == a.Mtu);
            await lab.UntilRightAsync($"MTU {mtu}");
        }
    }

    [Fact]
    public async Task An_MTU_too_small_for_IPv6_ends_a_link_and_a_good_one_brings_it_back()
    {
        using var lab = await ConvergedAsync(2);
        lab.Hosts[0].SetMtu(lab.Hosts[0].IndexOf("eth0"), 1000);
        await UntilChannelsAsync(lab, 0, 0);
        lab.Hosts[0].SetMtu(lab.Hosts[0].IndexOf("eth0"), 1500);
        await lab.UntilRightAsync("MTU 1500");
    }

    [Fact]
    public async Task Lost_news_is_made_up_for_by_looking()
    {
        using var lab = await ConvergedAsync(3);
        var host = lab.Hosts[1];

        // While the daemon stands still, more happens than its socket can hold news of.
        lab.Processes.Signal(1, SIGSTOP);
        host.CreateLink("bridge", "noise");
        var noise = host.IndexOf("noise");
        host.SetUp(noise);
        for (var i = 0; i < 4000; i++)
            host.SetAlias(noise, $"change {i}");
        host.DeleteLink(noise);

        // Among it: one cable away, one more, one renamed.
        var gone = lab.Cables[0];
        host.DeleteLink(host.IndexOf(gone.BInterface));
        lab.Cables.Remove(gone);
        host.CreateVeth("eth7", "eth7", lab.World.Hosts[0]);
        lab.SetLink(0, "eth7", up: true);
        lab.SetLink(1, "eth7", up: true);
        lab.Cables.Add(new LabCable(0, "eth7", 1, "eth7"));
        lab.Processes.Signal(1, SIGCONT);

        await lab.UntilRightAsync("after the news was lost");
        Assert.Contains("news of the kernel was lost", lab.Log(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_operator_takes_away_comes_back()
    {
        // F-03, F-04: flushing addresses, deleting the window, in any of the namespaces.
        using var lab = await ConvergedAsync(2, "repair=1s");
        var daemon = lab.Plan.Boxes[0].Daemon;
        using var abutmentNs = NetworkNamespace.Open($"{NetworkNamespace.Directory}/{daemon.AbutmentNamespace}");
        using var acpNs = NetworkNamespace.Open($"{NetworkNamespace.Directory}/{daemon.AcpNamespace}");
        using var abutment = new RouteSocket(abutmentNs);
        using var acp = new RouteSocket(acpNs);
        var window = lab.Hosts[0].Links().Single(l => l.Name.StartsWith("acp0", StringComparison.Ordinal)).Name;

        lab.Hosts[0].DeleteLink(lab.Hosts[0].IndexOf(window));
        await lab.UntilRightAsync("the window was deleted in the host");
        acp.DeleteLink(acp.IndexOf("host"));
        await lab.UntilRightAsync("the window was deleted in the acp namespace");
        lab.Hosts[0].SetUp(lab.Hosts[0].IndexOf(window), up: false);
        await lab.UntilRightAsync("the window was set down");
        Flush(lab.Hosts[0], window);
        await lab.UntilRightAsync("the window's addresses were flushed in the host");
        Flush(acp, "host");
        await lab.UntilRightAsync("the window's addresses were flushed in the acp namespace");
        Flush(acp, "lo");
        await lab.UntilRightAsync("the ACP address was flushed");
        Flush(abutment, "abut_eth0");
        await lab.UntilRightAsync("the link-local address was flushed");
        abutment.DeleteLink(abutment.IndexOf("abut_eth0"));
        await lab.UntilRightAsync("the link was deleted");
        abutment.SetUp(abutment.IndexOf("abut_eth0"), up: false);
        await lab.UntilRightAsync("the link was set down");

        foreach (var route in acp.Routes().Where(r => r.Protocol == Rtnetlink.RTPROT_ACPD && r.Gateway is { IsLinkLocal: true }))
            acp.DeleteRoute(route);
        await lab.UntilRightAsync("the routes were deleted");
        var channel = (await lab.TryChannelsAsync(0))!.Single().Interface;
        Flush(acp, channel);
        await lab.UntilRightAsync("a channel's address was flushed");
        acp.SetUp(acp.IndexOf(channel), up: false);
        await lab.UntilRightAsync("a channel was set down");
        acp.DeleteLink(acp.IndexOf(channel));
        await lab.UntilRightAsync("a channel was deleted");
    }

    private const int SIGCONT = 18;
    private const int SIGSTOP = 19;

    private async Task<RunningLab> ConvergedAsync(int nodes, string? timers = null)
    {
        var lab = new RunningLab(new LabOptions { Nodes = nodes, Timers = timers }, output);
        try
        {
            lab.StartAll();
            await lab.UntilRightAsync("before");
            return lab;
        }
        catch
        {
            lab.Dispose();
            throw;
        }
    }

    private static Task<TimeSpan> UntilChannelsAsync(RunningLab lab, int box, int count) =>
        lab.UntilAsync($"{lab.Name(box)} has {count} channels", async () => (await lab.TryChannelsAsync(box))?.Count == count);

    private static async Task<int> CountAsync(RunningLab lab, int box, string link) =>
        (await lab.TryChannelsAsync(box))?.Count(c => c.Link == link && c is { IkeSas.Count: 1, ChildSas.Count: 1 }) ?? -1;

    private static void AddPort(RunningLab lab, int bridge, int box, string name, string port)
    {
        lab.Hosts[1].CreateVeth(port, name, lab.World.Hosts[box], master: bridge);
        lab.SetLink(1, port, up: true);
        lab.SetLink(box, name, up: true);
    }

    private static void Flush(RouteSocket routes, string name)
    {
        var index = routes.IndexOf(name);
        foreach (var address in routes.Addresses().Where(a => a.Index == index && a.Address != Ipv6Address.Parse("::1")))
            routes.DeleteAddress(index, address.Address, address.PrefixLength);
    }
}
