using Acp.Core.Node;
using Acp.Simulation.Network;
using Xunit.Abstractions;
using static Acp.Sim.Networks;
using SimulatedNetwork = Acp.Simulation.Simulation;

namespace Acp.Sim;

/// <summary>Whole nodes on virtual time: from power-on to every pair routing, and what happens when things break.</summary>
public class ChainTests(ITestOutputHelper output)
{

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(15)]
    public void A_line_started_at_the_same_instant_becomes_an_ACP(int length)
    {
        var network = PowerOn(Line(length, seed: 1));
        AssertConverges(network, TimeSpan.FromSeconds(10));
        output.WriteLine($"{length} nodes in {network.Elapsed.TotalMilliseconds} ms of virtual time");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void C26_exactly_one_child_sa_pair_per_link_two_seconds_after_all_is_up(ulong seed)
    {
        var network = PowerOn(Ring(6, seed));
        AssertConverges(network, TimeSpan.FromSeconds(10));
        network.Run(TimeSpan.FromSeconds(2));
        AssertOneChildSaPerLink(network);
    }

    [Fact]
    public void A_lossy_line_converges_too()
    {
        var network = Line(5, seed: 42);
        foreach (var link in network.Links)
            link.Quality = link.Quality with { Loss = 0.1 };
        PowerOn(network);
        AssertConverges(network, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_cut_link_closes_its_channel_at_once_and_a_ring_routes_around()
    {
        var network = PowerOn(Ring(6, seed: 3));
        AssertConverges(network, TimeSpan.FromSeconds(10));
        var cut = network.Links[2];
        cut.Cut();
        Assert.DoesNotContain(cut.A.Node.Channels, c => c.Spec.Link == cut.A.Id);
        AssertConverges(network, TimeSpan.FromSeconds(3));

        cut.Up();
        network.Run(TimeSpan.FromSeconds(5));
        AssertConverges(network, TimeSpan.FromSeconds(1));
        AssertOneChildSaPerLink(network);
    }

    [Fact]
    public void D44_a_silent_link_is_noticed_within_thirty_seconds()
    {
        var network = PowerOn(Ring(4, seed: 5));
        AssertConverges(network, TimeSpan.FromSeconds(10));
        network.Run(TimeSpan.FromSeconds(20));
        var silent = network.Links[1];
        silent.IsSilent = true;
        Assert.True(network.Run(TimeSpan.FromSeconds(30), () => new[] { silent.A, silent.B }.All(
            end => end.Node.Channels.All(c => c.Spec.Link != end.Id))));
        AssertConverges(network, TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 3_000)]
    [InlineData(3, 15_000)]
    [InlineData(4, 40_000)]
    public void A_killed_node_rejoins_and_nothing_is_doubled(ulong seed, int deadMilliseconds)
    {
        var network = PowerOn(Line(5, seed));
        AssertConverges(network, TimeSpan.FromSeconds(10));
        network.Run(TimeSpan.FromSeconds(7));
        var victim = network.Nodes[2];
        victim.Kill();
        network.Run(TimeSpan.FromMilliseconds(deadMilliseconds));
        victim.Start();
        AssertConverges(network, TimeSpan.FromSeconds(10));
        network.Run(TimeSpan.FromSeconds(35));
        AssertConverges(network, TimeSpan.FromSeconds(1));
        AssertOneChildSaPerLink(network);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0.2)]
    public void D46_a_stopping_node_is_let_go_at_once_and_makes_no_new_channel(ulong seed, double loss)
    {
        var network = PowerOn(Line(3, seed));
        AssertConverges(network, TimeSpan.FromSeconds(10));
        foreach (var link in network.Links)
            link.Quality = link.Quality with { Loss = loss };
        var leaver = network.Nodes[1];
        leaver.Tell((node, now) => node.Shutdown(now));
        Assert.True(network.Run(TimeSpan.FromSeconds(loss > 0 ? 5 : 1), () => leaver.Node.ClosingCount == 0));
        Assert.All(network.Nodes, node => Assert.Empty(node.Channels));

        // The neighbours try again; while the leaver is not gone yet, it must not let them in.
        network.Run(TimeSpan.FromSeconds(3));
        Assert.All(network.Nodes, node => Assert.Empty(node.Channels));
        Assert.Empty(leaver.Node.Ikev2.Status);

        leaver.Kill();
        foreach (var link in network.Links)
            link.Quality = link.Quality with { Loss = 0 };
        leaver.Start();
        AssertConverges(network, TimeSpan.FromSeconds(10));
        network.Run(TimeSpan.FromSeconds(35));
        AssertOneChildSaPerLink(network);
    }

    [Fact]
    public void A_hundred_flaps_end_with_one_channel()
    {
        var network = PowerOn(Line(3, seed: 9));
        AssertConverges(network, TimeSpan.FromSeconds(10));
        var link = network.Links[0];
        for (var i = 0; i < 100; i++)
        {
            link.Cut();
            network.Run(TimeSpan.FromMilliseconds(network.Random.Next(400)));
            link.Up();
            network.Run(TimeSpan.FromMilliseconds(network.Random.Next(400)));
        }

        AssertConverges(network, TimeSpan.FromSeconds(10));
        network.Run(TimeSpan.FromSeconds(2));
        AssertOneChildSaPerLink(network);
    }

    [Fact]
    public void The_same_seed_gives_the_same_story()
    {
        Assert.Equal(Story(11), Story(11));
        Assert.NotEqual(Story(11), Story(12));

        static string Story(ulong seed)
        {
            var network = PowerOn(Ring(5, seed));
            network.Run(TimeSpan.FromSeconds(5));
            return string.Join('\n', network.Nodes.SelectMany(n => n.Facts));
        }
    }

    private void AssertConverges(SimulatedNetwork network, TimeSpan limit)
    {
        if (network.Run(limit, () => network.UnreachablePairs().Count == 0))
            return;
        foreach (var node in network.Nodes)
            output.WriteLine($"--- {node.Name}\n{string.Join('\n', node.Facts.TakeLast(20))}");
        Assert.Fail(string.Join('\n', network.UnreachablePairs()));
    }

    private static void AssertOneChildSaPerLink(SimulatedNetwork network)
    {
        foreach (var link in network.Links)
        {
            foreach (var port in new[] { link.A, link.B })
            {
                var channel = Assert.Single(port.Node.Channels, c => c.Spec.Link == port.Id);
                Assert.Single(channel.ChildSas);
                Assert.Equal(link.Opposite(port).Node, port.Node.OtherEnd(channel.Spec.Channel));
            }
        }

        foreach (var node in network.Nodes)
            Assert.Equal(node.Channels.Count(), node.Node.Ikev2.Status.Count());
    }
}
