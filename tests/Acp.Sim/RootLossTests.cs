using Acp.Core.Node;
using Acp.Core.Rpl;
using Acp.Simulation;
using Acp.Simulation.Topologies;
using Xunit.Abstractions;
using SimulatedNetwork = Acp.Simulation.Simulation;

namespace Acp.Sim;

/// <summary>
/// The root dies, and two other nodes could be one: <c>ACPD_SIM_ROOT_LOSS=1000</c> for large networks, <c>ACPD_SIM_SEEDS=5</c> for more
/// than one of each kind.
/// </summary>
public class RootLossTests(ITestOutputHelper output)
{
    private const int EverydayNodes = 100;
    private const int MostPairs = 100_000;

    /// <summary>Two seconds are the most that was seen, in a small world of a thousand.</summary>
    private static readonly TimeSpan MeshInterruption = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData("random-tree", true)]
    [InlineData("random-tree", false)]
    [InlineData("random", true)]
    [InlineData("random", false)]
    [InlineData("small-world", true)]
    [InlineData("small-world", false)]
    [InlineData("isp", true)]
    [InlineData("isp", false)]
    [InlineData("grid", true)]
    [InlineData("grid", false)]
    public void G24_G51_a_dead_root_is_replaced_within_thirty_seconds_and_traffic_in_the_subtrees_below_it_goes_on(string topology, bool linksGoDown)
    {
        var nodes = Setting("ACPD_SIM_ROOT_LOSS", EverydayNodes);
        var seeds = Setting("ACPD_SIM_SEEDS", 1);
        for (var seed = 5; seed < 5 + seeds; seed++)
        {
            var traffic = Run(topology, nodes, (ulong)seed, linksGoDown);
            // Where a node has one way up only, nobody at all is. In a mesh a subtree also comes apart because its nodes find other parents.
            if (topology == "random-tree")
                Assert.Equal(0, traffic.Interrupted);
            Assert.InRange(traffic.Longest, TimeSpan.Zero, MeshInterruption);
        }
    }

    private SubtreeTraffic Run(string topology, int nodes, ulong seed, bool linksGoDown)
    {
        int[] candidates = [nodes / 3, nodes / 2, nodes * 5 / 6];
        Assert.True(TopologyCatalog.TryFind(topology, out var generator));
        var registrar = new NodeOptions { Rpl = new RplOptions { Preference = 3 } };
        var network = Networks.PowerOn(new SimulatedNetwork(new SimulationOptions
        {
            Topology = generator.Generate(new TopologyRequest(nodes, seed)),
            Seed = seed,
            OptionsOf = n => candidates.Contains(n) ? registrar : null,
        }));
        Assert.True(network.RunToConvergence());
        network.Run(TimeSpan.FromSeconds(20));
        var root = network.Nodes[candidates[0]];
        Assert.Equal(root.Number, network.Report().Root);

        var traffic = new SubtreeTraffic(network, root, MostPairs);
        Assert.NotEqual(0, traffic.Pairs);
        var replacedAfter = TimeSpan.Zero;
        root.Kill();
        var killed = network.Now;
        if (linksGoDown)
        {
            foreach (var port in root.Ports)
                port.Link.Cut();
        }

        while (network.Now - killed < TimeSpan.FromSeconds(40))
        {
            network.Run(TimeSpan.FromMilliseconds(5));
            traffic.Look();
            if (replacedAfter == TimeSpan.Zero && (network.Now - killed).Milliseconds % 100 == 0 && IsReplaced(network))
                replacedAfter = network.Now - killed;
        }

        output.WriteLine($"{topology} of {network.Nodes.Count}, seed {seed}: a new root everywhere and all pairs after {replacedAfter.TotalSeconds} s; of {traffic.Pairs} pairs in the subtrees below the old one {traffic.Interrupted} were interrupted, for {traffic.Longest.TotalMilliseconds} ms at most; of {traffic.Unaffected} whose nodes kept their ways up, {traffic.UnaffectedInterrupted}; first: {traffic.First}");
        Assert.InRange(replacedAfter, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(30));
        return traffic;
    }

    /// <summary>Every partition has one DODAG, and every pair in it routes.</summary>
    private static bool IsReplaced(SimulatedNetwork network)
    {
        var components = network.Components();
        return network.Nodes.Where(n => n.IsRunning).GroupBy(n => components[n.Number])
                .All(p => p.Select(n => n.Node.DodagId).Distinct().ToList() is [var root] && p.Any(n => n.AcpAddress == root))
            && network.UnreachablePairs(1).Count == 0;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var asked) ? asked : otherwise;
}
