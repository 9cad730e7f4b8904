using Acp.Simulation;
using Acp.Simulation.Topologies;

namespace Acp.Tests.Simulator;

/// <summary>Every kind of topology: connected, as large as asked for, the same for the same seed, and what its name says.</summary>
public class TopologyTests
{
    public static TheoryData<string, int> Kinds()
    {
        var data = new TheoryData<string, int>();
        foreach (var kind in TopologyCatalog.All)
        {
            foreach (var nodes in new[] { kind.LeastNodes, 7, 10, 21, 100, 333, 2000 })
            {
                if (nodes >= kind.LeastNodes && nodes <= kind.MostNodes)
                    data.Add(kind.Name, nodes);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_connected_and_joins_no_pair_twice(string kind, int nodes)
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            var topology = Make(kind, nodes, seed);
            Assert.Equal((kind, nodes), (topology.Name, topology.Nodes));
            Assert.Equal(nodes, Distances(topology, 0).Count(d => d is not null));
            Assert.All(topology.Edges, e => Assert.True(e.A != e.B && e.A >= 0 && e.B >= 0 && e.A < nodes && e.B < nodes));
            Assert.Distinct(topology.Edges.Select(e => (Math.Min(e.A, e.B), Math.Max(e.A, e.B))));
            Assert.True(topology.Tiers is null || topology.Tiers.Count == nodes);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_same_request_gives_the_same_list(string kind, int nodes)
    {
        var request = new TopologyRequest(nodes, 99) { SlowLinks = 0.3 };
        Assert.True(TopologyCatalog.TryFind(kind, out var generator));
        Assert.Equal(generator.Generate(request).Edges, generator.Generate(request).Edges);
    }

    [Theory]
    [InlineData("random-tree")]
    [InlineData("random")]
    [InlineData("small-world")]
    [InlineData("isp")]
    public void Another_seed_gives_another_list(string kind) =>
        Assert.NotEqual(Make(kind, 100, 1).Edges, Make(kind, 100, 2).Edges);

    [Fact]
    public void A_line_is_as_deep_as_it_is_long() => Assert.Equal(99, Distances(Make("line", 100), 0).Max());

    [Fact]
    public void A_ring_gives_everybody_two_links() => Assert.All(Degrees(Make("ring", 50)), d => Assert.Equal(2, d));

    [Fact]
    public void A_star_has_one_middle() => Assert.Equal([49, .. Enumerable.Repeat(1, 49)], Degrees(Make("star", 50)));

    [Fact]
    public void A_mesh_has_every_pair() => Assert.Equal(50 * 49 / 2, Make("mesh", 50).Edges.Count);

    [Fact]
    public void A_binary_tree_is_as_low_as_it_can_be()
    {
        var tree = Make("binary-tree", 1000);
        Assert.Equal(9, Distances(tree, 0).Max());
        Assert.InRange(Degrees(tree).Max(), 1, 3);
    }

    [Theory]
    [InlineData(1_000, 30)]
    [InlineData(10_000, 40)]
    public void A_random_tree_has_bounded_degree_and_logarithmic_depth(int nodes, int depth)
    {
        for (ulong seed = 0; seed < 10; seed++)
        {
            var tree = Make("random-tree", nodes, seed);
            Assert.Equal(nodes - 1, tree.Edges.Count);
            Assert.InRange(Degrees(tree).Max(), 3, RandomTreeTopology.MostLinks);
            Assert.InRange(Distances(tree, 0).Max()!.Value, 8, depth);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(95)]
    public void A_grid_is_a_square_with_a_short_last_row(int nodes)
    {
        var grid = Make("grid", nodes);
        Assert.InRange(Degrees(grid).Min(), 1, 2);
        Assert.Equal(4, Degrees(grid).Max());
        Assert.InRange(Distances(grid, 0).Max()!.Value, 13, 18);
        if (nodes == 100)
            Assert.Equal(180, grid.Edges.Count);
    }

    [Fact]
    public void A_small_world_is_small()
    {
        var world = Make("small-world", 1000, 4);
        Assert.InRange(world.Edges.Count, 1900, 2000);
        // A ring of fours without shortcuts would have 250.
        Assert.InRange(Distances(world, 0).Max()!.Value, 5, 40);
    }

    [Theory]
    [InlineData(20, 2)]
    [InlineData(100, 4)]
    [InlineData(1000, 8)]
    public void Leaves_meet_every_spine_and_nobody_else(int nodes, int spines)
    {
        var fabric = Make("leaf-spine", nodes);
        Assert.Equal(spines * (nodes - spines), fabric.Edges.Count);
        Assert.All(fabric.Edges, e => Assert.Equal((0, 1), (fabric.Tiers![e.A], fabric.Tiers[e.B])));
    }

    [Theory]
    [InlineData(20, 4)]
    [InlineData(36, 4)]
    [InlineData(45, 6)]
    [InlineData(80, 8)]
    [InlineData(1000, 28)]
    public void A_fat_tree_gives_every_switch_as_many_ports_as_there_are_pods(int nodes, int k)
    {
        var tree = Make("fat-tree", nodes);
        Assert.Equal(k, FatTreeTopology.PortsOf(nodes));
        var switches = 5 * k * k / 4;
        var degrees = Degrees(tree);
        for (var i = 0; i < nodes; i++)
        {
            Assert.Equal(i < k * k / 4 ? 0 : i >= switches ? 3 : 1 + ((i - (k * k / 4)) % k >= k / 2 ? 1 : 0), tree.Tiers![i]);
            if (tree.Tiers[i] < 2)
                Assert.Equal(k, degrees[i]);
        }

        Assert.Equal(nodes - switches, tree.Edges.Count(e => tree.Tiers![e.A] == 2 && tree.Tiers[e.B] == 3));
        Assert.InRange(Distances(tree, nodes - 1).Max()!.Value, 2, 6);
    }

    [Fact]
    public void A_provider_has_a_core_two_uplinks_and_a_long_tail_of_degrees()
    {
        var isp = Make("isp", 1000, 3);
        var tiers = isp.Tiers!;
        var degrees = Degrees(isp);
        Assert.Equal((20, 100), (tiers.Count(t => t == 0), tiers.Count(t => t == 1)));
        Assert.InRange(tiers.Max(), 3, 5);
        for (var i = 0; i < isp.Nodes; i++)
        {
            var up = isp.Edges.Count(e => e.B == i && tiers[e.A] < tiers[i]);
            Assert.Equal(tiers[i] switch { 0 => 0, 1 => 2, _ => 1 }, up);
        }

        Assert.True(degrees.Max() > 5 * degrees.Average());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.25, 50)]
    [InlineData(1, 200)]
    public void As_many_links_are_slow_as_was_asked(double share, int slow)
    {
        Assert.True(TopologyCatalog.TryFind("ring", out var ring));
        var quality = new LinkQuality { Loss = 0.05, Latency = TimeSpan.FromMilliseconds(7) };
        var topology = ring.Generate(new TopologyRequest(200, 5) { Quality = quality, SlowLinks = share });
        Assert.Equal(slow, topology.Edges.Count(e => e.Quality.BitsPerSecond == LinkAttributes.SlowBitsPerSecond));
        Assert.All(topology.Edges, e => Assert.Equal(quality, e.Quality with { BitsPerSecond = quality.BitsPerSecond }));
    }

    [Fact]
    public void Too_few_and_too_many_boxes_are_refused()
    {
        foreach (var kind in TopologyCatalog.All)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => kind.Generate(new TopologyRequest(kind.LeastNodes - 1, 1)));
            Assert.Throws<ArgumentOutOfRangeException>(() => kind.Generate(new TopologyRequest(kind.MostNodes + 1, 1)));
        }
    }

    private static Topology Make(string kind, int nodes, ulong seed = 1)
    {
        Assert.True(TopologyCatalog.TryFind(kind, out var generator));
        return generator.Generate(new TopologyRequest(nodes, seed));
    }

    private static int[] Degrees(Topology topology)
    {
        var degrees = new int[topology.Nodes];
        foreach (var edge in topology.Edges)
        {
            degrees[edge.A]++;
            degrees[edge.B]++;
        }

        return degrees;
    }

    private static int?[] Distances(Topology topology, int from)
    {
        var neighbors = new List<int>[topology.Nodes];
        for (var i = 0; i < neighbors.Length; i++)
            neighbors[i] = [];
        foreach (var edge in topology.Edges)
        {
            neighbors[edge.A].Add(edge.B);
            neighbors[edge.B].Add(edge.A);
        }

        var distances = new int?[topology.Nodes];
        distances[from] = 0;
        var queue = new Queue<int>([from]);
        while (queue.TryDequeue(out var at))
        {
            foreach (var next in neighbors[at].Where(n => distances[n] is null))
            {
                distances[next] = distances[at] + 1;
                queue.Enqueue(next);
            }
        }

        return distances;
    }
}
