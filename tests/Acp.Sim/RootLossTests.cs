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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void G24_G51_a_dead_root_is_replaced_within_thirty_seconds_and_who_keeps_its_parent_is_hardly_apart_from_it(bool linksGoDown)
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
        var root = network.Nodes[candidates[0]];
        Assert.Equal(root.Number, network.Report().Root);

        var steady = Steady(network, root);
        var apart = new Dictionary<int, int>();
        var longest = 0;
        var replacedAfter = TimeSpan.Zero;
        root.Kill();
        var killed = network.Now;
        if (linksGoDown)
        {
            foreach (var port in root.Ports)
                port.Link.Cut();
        }

        while (network.Now - killed < TimeSpan.FromSeconds(30))
        {
            network.Run(TimeSpan.FromMilliseconds(100));
            foreach (var node in network.Nodes)
            {
                if (!steady.TryGetValue(node.Number, out var parent))
                    continue;
                if (node.Routes.Default is not { } up || node.OtherEnd(up) != parent)
                    steady.Remove(node.Number);
                else if (network.Hops(node, parent) is null || network.Hops(parent, node) is null)
                    longest = Math.Max(longest, apart[node.Number] = apart.GetValueOrDefault(node.Number) + 1);
                else
                    apart[node.Number] = 0;
            }

            if (replacedAfter == TimeSpan.Zero && IsReplaced(network, network.Nodes[candidates[1]]))
                replacedAfter = network.Now - killed;
        }

        output.WriteLine($"{nodes} nodes: a new root everywhere and all pairs after {replacedAfter.TotalSeconds} s; {steady.Count} nodes never changed parent, and were apart from it at {longest} looks in a row at most");
        Assert.NotEqual(TimeSpan.Zero, replacedAfter);
        Assert.NotEmpty(steady);
        // A node that leaves a DODAG for another one withdraws its targets from its parent, even if it is to be its parent again.
        Assert.InRange(longest, 0, 5);
    }

    private static bool IsReplaced(SimulatedNetwork network, SimulatedNode root)
    {
        var components = network.Components();
        return network.Nodes.All(n => components[n.Number] != components[root.Number] || n.Node.DodagId == root.AcpAddress)
            && network.UnreachablePairs(1).Count == 0;
    }

    /// <summary>Nodes with a parent that is not the root, and that parent.</summary>
    private static Dictionary<int, SimulatedNode> Steady(SimulatedNetwork network, SimulatedNode root) =>
        network.Report().Nodes.Where(n => n.Parent is { } parent && parent != root.Number)
            .ToDictionary(n => n.Number, n => network.Nodes[n.Parent!.Value]);
}
