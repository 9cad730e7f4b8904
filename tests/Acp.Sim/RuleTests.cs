using Acp.Simulation;
using Acp.Simulation.Routing;
using Acp.Simulation.Schedules;
using SimulatedNetwork = Acp.Simulation.Simulation;

namespace Acp.Sim;

/// <summary>The rules see what they are there to see, and all pairs are judged as a slow walk of each would judge them.</summary>
public class RuleTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Judging_all_pairs_by_their_tables_agrees_with_following_each(ulong seed)
    {
        var network = Networks.PowerOn(new SimulatedNetwork(new SimulationOptions { Topology = Networks.RandomTreeOf(25, seed), Seed = seed }));
        var seenBoth = 0;
        for (var i = 0; i < 120; i++)
        {
            network.Run(TimeSpan.FromMilliseconds(10));
            if (i == 80)
                network.Links[(int)seed].Cut();
            var snapshot = new RoutingSnapshot(network);
            var components = network.Components();
            var (pairs, failed) = (0, 0);
            foreach (var from in network.Nodes)
            {
                foreach (var to in network.Nodes.Where(n => n != from && components[n.Number] == components[from.Number]))
                {
                    pairs++;
                    failed += network.Hops(from, to) is null ? 1 : 0;
                }
            }

            var count = snapshot.Count(0);
            Assert.Equal((pairs, failed), (count.Pairs, count.Failed));
            Assert.Equal(failed == 0, snapshot.IsComplete(out _));
            seenBoth |= failed == 0 ? 1 : 2;
        }

        Assert.Equal(3, seenBoth);
    }

    [Fact]
    public void A_loop_that_lasts_is_found_and_told_with_the_last_events_of_its_nodes()
    {
        var network = Quiet(4);
        var (a, b) = (network.Nodes[1], network.Nodes[2]);
        // 2 sends back to 1 what is for 0: and 1 has it go through 2.
        a.Routes.Set(network.Nodes[0].Prefix, a.Channels.First(c => a.OtherEnd(c.Spec.Channel) == b).Spec.Channel);
        network.NoteRouting(Acp.Simulation.Clock.TraceKind.Route, 1, 0);
        network.RunSchedule();
        var breach = Assert.Single(network.Breaches, r => r.Rule == "loops");
        Assert.Contains("n1", breach.Text, StringComparison.Ordinal);
        Assert.Contains(breach.Story, line => line.Contains("n1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_route_to_a_node_that_is_off_is_found()
    {
        var network = Quiet(4);
        var gone = network.Nodes[3];
        gone.Kill();
        network.RunSchedule();
        var kept = network.Nodes[0];
        kept.Routes.Set(gone.Prefix, kept.Channels.First().Spec.Channel);
        network.Settle();
        network.Settle();
        Assert.Contains(network.Breaches, r => r.Rule == "no route to what is gone" && r.Text.Contains("n0 has a route to n3", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pair_that_does_not_route_when_all_is_quiet_is_found()
    {
        var network = Quiet(3);
        Assert.True(network.Nodes[0].Routes.Remove(network.Nodes[2].Prefix));
        network.NoteRouting(Acp.Simulation.Clock.TraceKind.Route, 0, 0);
        network.Settle();
        Assert.Contains(network.Breaches, r => r.Rule == "reachability" && r.Text.Contains("n0 does not reach n2", StringComparison.Ordinal));
        Assert.False(network.Report().Passed);
        Assert.Equal(1, network.Report().PairsFailed);
    }

    [Fact]
    public void A_rogue_node_gets_no_channel_and_costs_the_others_nothing()
    {
        var topology = Networks.RingOf(6);
        var report = new SimulatedNetwork(new SimulationOptions
        {
            Topology = topology,
            Schedule = new Schedule([
                new SimulationEvent.RogueNode(TimeSpan.FromSeconds(1), 3),
                new SimulationEvent.Garbage(TimeSpan.FromSeconds(2), 5, TimeSpan.FromSeconds(20))]),
        }).Run();
        SimulationTests.AssertPassed(report);
        Assert.True(report.Nodes[3].IsRogue);
        Assert.Equal(0, report.Nodes[3].Channels);
        Assert.Equal(5 * 4, report.PairsChecked);
    }

    [Fact]
    public void Power_that_fails_everywhere_clocks_that_are_wrong_and_new_certificates_are_borne()
    {
        var report = new SimulatedNetwork(new SimulationOptions
        {
            Topology = Networks.RingOf(8),
            Schedule = new Schedule([
                new SimulationEvent.ClockSkew(TimeSpan.FromSeconds(1), 2, TimeSpan.FromDays(-40)),
                new SimulationEvent.RenewCertificate(TimeSpan.FromSeconds(5), 4),
                new SimulationEvent.RenewCertificate(TimeSpan.FromSeconds(6), 5),
                new SimulationEvent.NodeShutdown(TimeSpan.FromSeconds(10), 1),
                new SimulationEvent.NodeStart(TimeSpan.FromSeconds(15), 1),
                new SimulationEvent.PowerFailure(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(4)),
                new SimulationEvent.RootLoss(TimeSpan.FromSeconds(60))]),
        }).Run();
        SimulationTests.AssertPassed(report);
        Assert.Equal(7, report.Disturbances.Count);
        Assert.Equal(1, report.Root);
        Assert.False(report.Nodes[0].IsRunning);
    }

    /// <summary>A new certificate is no failure: looked at fifty times a second, no pair is ever without a way.</summary>
    [Fact]
    public void G50_C19_new_certificates_for_all_interrupt_nobody()
    {
        var report = new SimulatedNetwork(new SimulationOptions
        {
            Topology = Networks.RandomTreeOf(30, 3),
            Schedule = new Schedule([.. Enumerable.Range(0, 30).Select(n => new SimulationEvent.RenewCertificate(TimeSpan.FromSeconds(1 + n % 3), n))]),
            CheckEvery = TimeSpan.FromMilliseconds(20),
            Limits = new SimulationLimits { Outage = TimeSpan.Zero },
        }).Run();
        SimulationTests.AssertPassed(report);
        Assert.Equal(30, report.Disturbances.Count);
        // Every channel had a second handshake, at the least.
        Assert.True(report.Sent.Ike.Messages > 29 * 2 * 4, $"{report.Sent.Ike.Messages} IKE messages");
    }

    [Theory]
    [InlineData(0.2, 0, 0, 0)]
    [InlineData(0, 0.3, 0, 0)]
    [InlineData(0, 0, 0.3, 0)]
    [InlineData(0.05, 0.05, 0.05, 30)]
    public void Links_that_lose_double_delay_and_pass_by_are_borne(double loss, double duplication, double reordering, int jitterMilliseconds)
    {
        var quality = new LinkQuality { Loss = loss, Duplication = duplication, Reordering = reordering, Jitter = TimeSpan.FromMilliseconds(jitterMilliseconds) };
        SimulationTests.AssertPassed(new SimulatedNetwork(new SimulationOptions { Topology = Networks.LineOf(10, quality), Seed = 5 }).Run());
    }

    [Fact]
    public void A_slow_link_makes_packets_queue_and_a_short_MTU_swallows_long_ones()
    {
        var slow = new SimulatedNetwork(new SimulationOptions { Topology = Networks.LineOf(2, new LinkQuality { BitsPerSecond = 9_600 }) }).Run();
        var fast = new SimulatedNetwork(new SimulationOptions { Topology = Networks.LineOf(2) }).Run();
        SimulationTests.AssertPassed(slow);
        Assert.True(slow.TimeToConverge > fast.TimeToConverge + TimeSpan.FromSeconds(1));

        var narrow = new SimulatedNetwork(new SimulationOptions
        {
            Topology = Networks.LineOf(2, new LinkQuality { Mtu = 400 }),
            Limits = new SimulationLimits { Convergence = TimeSpan.FromSeconds(20) },
        }).Run();
        Assert.False(narrow.Converged);
        Assert.NotEqual(0, narrow.Links[0].Lost);
    }

    private static SimulatedNetwork Quiet(int length)
    {
        var network = Networks.PowerOn(new SimulatedNetwork(new SimulationOptions
        {
            Topology = Networks.LineOf(length),
            Schedule = new Schedule([new SimulationEvent.LinkUp(TimeSpan.FromSeconds(70), 0)]),
            Limits = new SimulationLimits { Convergence = TimeSpan.FromSeconds(20) },
        }));
        Assert.True(network.RunToConvergence());
        return network;
    }
}
