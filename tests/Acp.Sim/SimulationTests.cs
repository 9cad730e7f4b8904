using Acp.Core.Rpl;
using Acp.Simulation;
using Acp.Simulation.Reports;
using Acp.Simulation.Schedules;
using Xunit.Abstractions;
using static Acp.Sim.Networks;
using SimulatedNetwork = Acp.Simulation.Simulation;

namespace Acp.Sim;

/// <summary>The simulator itself, with toy crypto.</summary>
public class SimulationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(500)]
    public void A_random_tree_converges_and_breaks_no_rule(int nodes)
    {
        var report = new SimulatedNetwork(new SimulationOptions { Topology = RandomTreeOf(nodes, 1), Seed = 1 }).Run();
        output.WriteLine($"{nodes} nodes: {report.TimeToConverge}, {(double)report.SentToConverge.All.Messages / nodes} messages a node, depth {report.Depth}, {report.Events} events");
        AssertPassed(report);
        Assert.Equal((long)nodes * (nodes - 1), report.PairsChecked);
        Assert.Equal(0, report.Root);
        // Flat for trees, but for the slower of the first announcements: 18 at 10 nodes, 28 at 10,000.
        Assert.InRange((double)report.SentToConverge.All.Messages / nodes, 10, 40);
        Assert.Single(report.Nodes, n => n.Role != RplRole.Joined);
        Assert.All(report.Links, l => Assert.Equal(ChannelState.Up, l.Channel));
        Assert.All(report.Links, l => Assert.True(l.InTree));
    }

    [Fact]
    public void Equal_options_give_the_same_trace_and_another_seed_another()
    {
        Assert.Equal(Hash(7), Hash(7));
        Assert.NotEqual(Hash(7), Hash(8));

        static ulong Hash(ulong seed) => new SimulatedNetwork(new SimulationOptions
        {
            Topology = RandomTreeOf(30, 3),
            Seed = seed,
            Schedule = new Schedule([new SimulationEvent.LinkDown(TimeSpan.FromSeconds(1), 4), new SimulationEvent.LinkUp(TimeSpan.FromSeconds(5), 4)]),
        }).Run().TraceHash;
    }

    internal static void AssertPassed(SimulationReport report)
    {
        Assert.True(report.Converged, $"seed {report.Seed}: {report.PairsFailed} of {report.PairsChecked} pairs fail\n{string.Join('\n', report.Failures)}");
        Assert.True(report.Breaches.Count == 0, $"seed {report.Seed}:\n{string.Join("\n\n", report.Breaches)}");
    }
}
