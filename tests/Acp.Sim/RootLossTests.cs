using Acp.Core.Node;
using Acp.Core.Rpl;
using Acp.Simulation;
using Acp.Simulation.Network;
using Acp.Simulation.Topologies;
using Xunit.Abstractions;
using SimulatedNetwork = Acp.Simulation.Simulation;

namespace Acp.Sim;

/// <summary>The root dies, and two other nodes could be one. <c>ACPD_SIM_ROOT_LOSS=1000</c> for a large network.</summary>
public class RootLossTests(ITestOutputHelper output)
{
    private const int EverydayNodes = 300;

    [Fact]
    public void G24_G51_a_dead_root_is_replaced_within_thirty_seconds_and_traffic_below_it_goes_on()
    {
        var nodes = int.TryParse(Environment.GetEnvironmentVariable("ACPD_SIM_ROOT_LOSS"), out var asked) ? asked : EverydayNodes;
        int[] candidates = [nodes / 3, nodes / 2, nodes * 5 / 6];
        Assert.True(TopologyCatalog.TryFind("random", out var generator));
        var registrar = new NodeOptions { Rpl = new RplOptions { Preference = 3 } };
        var network = Networks.PowerOn(new SimulatedNetwork(new SimulationOptions
        {
            Topology = generator.Generate(new TopologyRequest(nodes, 5)),
            Seed = 5,
            OptionsOf = n => candidates.Contains(n) ? registrar : null,
        }));
        Assert.True(network.RunToConvergence());
        network.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(candidates[0], network.Report().Root);

        var root = network.Nodes[candidates[0]];
        var local = LocalPairs(network, root);
        Assert.NotEmpty(local);
        root.Kill();
        var killed = network.Now;
        var interrupted = 0;
        var replacedAfter = TimeSpan.Zero;
        while (network.Now - killed < TimeSpan.FromSeconds(30))
        {
            network.Run(TimeSpan.FromMilliseconds(50));
            interrupted += local.Count(p => network.Hops(p.From, p.To) is null);
            if (replacedAfter == TimeSpan.Zero && network.Nodes.All(n => n == root || n.Node.DodagId == network.Nodes[candidates[1]].AcpAddress)
                && network.UnreachablePairs(1).Count == 0)
                replacedAfter = network.Now - killed;
        }

        output.WriteLine($"{nodes} nodes: a new root everywhere, and all pairs, after {replacedAfter}; {local.Count} local pairs looked at every 50 ms, {interrupted} interruptions");
        Assert.NotEqual(TimeSpan.Zero, replacedAfter);
        Assert.Equal(0, interrupted);
    }

    /// <summary>A few pairs below each child of the root whose way does not leave the part below that child.</summary>
    private static List<(SimulatedNode From, SimulatedNode To)> LocalPairs(SimulatedNetwork network, SimulatedNode root)
    {
        var nodes = network.Report().Nodes;
        var pairs = new List<(SimulatedNode, SimulatedNode)>();
        foreach (var node in nodes)
        {
            // Parent and child, and grandparent and grandchild: the shortest ways inside what hangs below the root.
            if (node.Parent is not { } parent || nodes[parent].Parent is not { } above || above == root.Number)
                continue;
            pairs.Add((network.Nodes[node.Number], network.Nodes[parent]));
            pairs.Add((network.Nodes[above], network.Nodes[node.Number]));
        }

        return pairs;
    }
}
