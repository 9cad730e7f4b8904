using Acp.Core;
using Acp.Core.Grasp;
using Acp.Wire.Grasp;
using Xunit.Abstractions;

namespace Acp.Sim.Grasp;

/// <summary>
/// Two thousand engines, one packet in a hundred lost: floods reach everybody once, whoever is looked for is found, and the
/// same seed gives the same run to the last octet.
/// </summary>
public sealed class GraspAtScaleTests(ITestOutputHelper output)
{
    private const int Count = 2000;
    private const double Loss = 0.01;
    private const int Floods = 10;
    private const int Searches = 100;

    // As far as it takes: a tree of so many nodes is far deeper than the default of six hops.
    private const byte LoopCount = byte.MaxValue;

    private static readonly Objective Flooded = new("sim:flood", ObjectiveFlags.F_DISC | ObjectiveFlags.F_SYNCH, LoopCount, new byte[] { 0x18, 42 });
    private static readonly Objective Held = new("sim:held", ObjectiveFlags.F_DISC | ObjectiveFlags.F_SYNCH, LoopCount, new byte[] { 0x18, 43 });

    [Fact]
    public void H28_H29_H31_H34_H35_in_a_random_tree_of_2000_floods_reach_all_once_and_discovery_finds_the_one()
    {
        var links = Tree(seed: 11);
        Assert.Equal(Play(links, seed: 21), Play(links, seed: 21));
    }

    [Fact]
    public void H28_H29_H31_H34_H35_in_a_mesh_of_2000_floods_reach_all_once_and_discovery_finds_the_one()
    {
        var links = Mesh(seed: 12);
        Assert.Equal(Play(links, seed: 22), Play(links, seed: 22));
    }

    [Fact]
    public void Another_seed_gives_another_trace() => Assert.NotEqual(Trace(1), Trace(2));

    private static string Trace(ulong seed)
    {
        using var simulation = new GraspSimulation(20, Tree(seed: 1, count: 20), Loss, seed);
        Flood(simulation, simulation.Nodes[0]);
        return simulation.TraceHash;
    }

    /// <summary>Everything that the test is about, once; gives the hash of its trace.</summary>
    private string Play(IReadOnlyList<(int A, int B)> links, ulong seed)
    {
        using var simulation = new GraspSimulation(Count, links, Loss, seed);
        var random = new SeededRandom(seed + 1);

        var mostMessages = 0L;
        for (var i = 1; i <= Floods; i++)
        {
            var origin = simulation.Nodes[random.Next(Count)];
            mostMessages = Math.Max(mostMessages, Flood(simulation, origin));
        }
        Assert.InRange(mostMessages, 1, 2 * simulation.Links);

        var holder = simulation.Nodes[random.Next(Count)];
        // Gone from every cache within a millisecond: each search goes all the way.
        Offer(simulation, holder, Held, TimeSpan.FromMilliseconds(1));
        var searching = Enumerable.Range(0, Searches).Select(_ => simulation.Nodes[random.Next(Count)]).Where(n => n != holder).ToList();
        var longest = TimeSpan.Zero;
        foreach (var node in searching)
            longest = Max(longest, Find(simulation, node, Held, holder));

        // And from every single one, with caches on the way.
        var cached = Held with { Name = "sim:cached" };
        Offer(simulation, holder, cached, GraspConstants.GRASP_DEF_TIMEOUT);
        foreach (var node in simulation.Nodes.Where(n => n != holder))
            Find(simulation, node, cached, holder);

        Assert.True(simulation.Delayed > 0, "nothing was lost");
        Assert.Equal(0, simulation.Nodes.Sum(n => n.Engine.PendingCount + n.Engine.ConnectionCount));
        output.WriteLine(
            $"{simulation.Links} links, {mostMessages} messages for a flood, {simulation.Carried.Values.Sum()} messages in all, {simulation.Delayed} of them late, "
            + $"longest search {longest.TotalMilliseconds:0} ms, trace {simulation.TraceHash}");
        return simulation.TraceHash;
    }

    /// <summary>One flood, until the network is quiet; gives how many messages it took.</summary>
    private static long Flood(GraspSimulation simulation, GraspSimNode origin)
    {
        var registered = simulation.Call(origin, new GraspCommand.RegisterObjective(origin.Asa, Flooded)).Error;
        Assert.True(registered is GraspError.ok or GraspError.objReg);
        var before = simulation.Carried.GetValueOrDefault(GraspConstants.M_FLOOD);
        var received = simulation.Nodes.Select(n => n.Engine.Counters.FloodsReceived).ToList();
        foreach (var node in simulation.Nodes)
            node.Cached = 0;
        // Another locator each time, so that every copy is news.
        var locator = new Ipv6Locator(origin.Address, TransportProtocol.Tcp, (ushort)(1 + before % 60_000));
        Assert.Equal(GraspError.ok, simulation.Call(origin, new GraspCommand.Flood(
            origin.Asa, TimeSpan.FromMinutes(10), [new FloodEntry(Flooded, locator)])).Error);
        simulation.Run(TimeSpan.FromSeconds(60));
        Assert.All(simulation.Nodes, n => Assert.Equal(1, n.Cached));
        Assert.All(simulation.Nodes, n => Assert.Equal(received[n.Number] + (n == origin ? 0 : 1), n.Engine.Counters.FloodsReceived));
        return simulation.Carried[GraspConstants.M_FLOOD] - before;
    }

    private static void Offer(GraspSimulation simulation, GraspSimNode holder, Objective objective, TimeSpan ttl) => Assert.Equal(
        GraspError.ok,
        simulation.Call(holder, new GraspCommand.RegisterObjective(holder.Asa, objective) { Ttl = ttl, Discoverable = true }).Error);

    private static TimeSpan Find(GraspSimulation simulation, GraspSimNode node, Objective objective, GraspSimNode holder)
    {
        var start = simulation.Now;
        var call = simulation.Begin(node, new GraspCommand.Discover(node.Asa, objective, TimeSpan.FromSeconds(30), TimeSpan.Zero) { Enough = 1 });
        var found = Assert.IsType<GraspResult.Discovered>(simulation.Await(node, call));
        Assert.Equal(new Ipv6Locator(holder.Address, TransportProtocol.Tcp, GraspConstants.GRASP_LISTEN_PORT), Assert.Single(found.Locators).Locator);
        var took = simulation.Now - start;
        // What relays remember of it, and their limits, have a rest.
        simulation.Run(TimeSpan.FromMilliseconds(100));
        return took;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    // Each node hangs on one that was there before it, whichever.
    private static List<(int A, int B)> Tree(ulong seed, int count = Count)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(1, count - 1).Select(i => (random.Next(i), i))];
    }

    // Such a tree, and twice as many links again anywhere: six neighbours on the average.
    private static List<(int A, int B)> Mesh(ulong seed)
    {
        var random = new SeededRandom(seed);
        var links = new HashSet<(int A, int B)>(Tree(seed));
        while (links.Count < 3 * Count)
        {
            var (a, b) = (random.Next(Count), random.Next(Count));
            if (a < b)
                links.Add((a, b));
        }
        return [.. links];
    }
}
