using Acp.Core.Grasp;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Simulation.Network;
using Acp.Wire;
using Acp.Wire.Grasp;
using Xunit.Abstractions;
using static Acp.Sim.Networks;
using SimulatedNetwork = Acp.Simulation.Simulation;

namespace Acp.Sim;

/// <summary>GRASP inside an ACP of whole nodes: sessions follow channels, floods and discoveries follow sessions.</summary>
public class GraspTests(ITestOutputHelper output)
{
    private static readonly Objective Measure = new("Measure", ObjectiveFlags.F_DISC | ObjectiveFlags.F_SYNCH, 6, new byte[] { 0x18, 0x2a });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void J05_J07_J11_every_channel_gets_one_session_and_a_flood_reaches_every_node_once(ulong seed)
    {
        var network = PowerOn(Line(5, seed));
        AssertSessions(network);
        var asa = Register(network.Nodes[2], Measure);
        Flood(network, network.Nodes[2], asa);
        network.Run(TimeSpan.FromSeconds(1));
        foreach (var node in network.Nodes)
        {
            Assert.Equal(1, node.Facts.Count(f => f is NodeFact.GraspNoted { Fact: GraspFact.FloodCached { Flood.Objective.Name: "Measure" } }));
            if (node != network.Nodes[2])
                Assert.Equal(1, node.Node.Grasp.Engine.Counters.FloodsReceived);
        }
        output.WriteLine($"{network.Nodes.Sum(n => n.Substrate!.SessionMessages)} messages for one flood on {network.Links.Count} links");
        Assert.Equal(network.Links.Count, network.Nodes.Sum(n => n.Substrate!.SessionMessages));
    }

    [Fact]
    public void J08_J10_discovery_passes_relays_and_its_answer_comes_back_and_a_value_is_fetched()
    {
        var network = PowerOn(Line(5, seed: 7));
        AssertSessions(network);
        var (first, last) = (network.Nodes[0], network.Nodes[^1]);
        var server = Register(last, Measure);
        last.Call(new GraspCommand.ListenSynchronize(server, Measure));
        var client = Register(first, Measure with { Name = "Other" });
        var found = Await<GraspResult.Discovered>(network, first, new GraspCommand.Discover(client, Measure with { Value = null }, TimeSpan.FromSeconds(2), TimeSpan.Zero) { Enough = 1 });
        var locator = Assert.Single(found.Locators);
        Assert.Equal(new Ipv6Locator(last.AcpAddress, TransportProtocol.Tcp, 7017), locator.Locator);
        Assert.True(locator.IsDiverted);

        var value = Await<GraspResult.Synchronized>(network, first, new GraspCommand.Synchronize(client, Measure with { Value = null }, null, TimeSpan.FromSeconds(5)));
        Assert.Equal(Measure.Value, value.Objective.Value);
    }

    [Fact]
    public void J02_a_cut_link_ends_its_session_at_once_and_one_that_comes_back_has_one_again()
    {
        var network = PowerOn(Line(3, seed: 3));
        AssertSessions(network);
        var cut = network.Links[0];
        cut.Cut();
        Assert.Empty(cut.A.Node.Node.Grasp.Flooding);
        Assert.Single(cut.B.Node.Node.Grasp.Flooding);
        cut.Up();
        AssertSessions(network);
    }

    [Fact]
    public void J12_sessions_that_break_are_made_again_and_own_floods_told_within_five_seconds()
    {
        var network = PowerOn(Line(3, seed: 4));
        AssertSessions(network);
        var asa = Register(network.Nodes[0], Measure);
        network.Nodes[0].Substrate!.BreakSessions();
        // Nobody is there to hear this one.
        Flood(network, network.Nodes[0], asa);
        Assert.True(network.Run(TimeSpan.FromSeconds(5), () => network.Nodes[2].Node.Grasp.Engine.FloodCache.Any(f => f.Objective.Name == "Measure")));
    }

    [Fact]
    public void J13_a_node_without_neighbours_serves_its_own_ASAs()
    {
        var network = Line(1, seed: 5);
        var node = network.Nodes[0];
        node.Start();
        var server = Register(node, Measure);
        node.Call(new GraspCommand.ListenSynchronize(server, Measure));
        var client = Register(node, Measure with { Name = "Other" });
        var value = Await<GraspResult.Synchronized>(network, node, new GraspCommand.Synchronize(client, Measure with { Value = null }, null, TimeSpan.FromSeconds(5)));
        Assert.Equal(Measure.Value, value.Objective.Value);
        Flood(network, node, server);
        var floods = Await<GraspResult.Floods>(network, node, new GraspCommand.GetFlood(client, "Measure"));
        Assert.Single(floods.Objectives);
    }

    private static void Flood(SimulatedNetwork network, SimulatedNode node, AsaHandle asa) => Assert.Equal(
        GraspError.ok,
        Await<GraspResult.Done>(network, node, new GraspCommand.Flood(asa, TimeSpan.FromMinutes(1), [new FloodEntry(Measure, null)])).Error);

    private static AsaHandle Register(SimulatedNode node, Objective objective)
    {
        var asa = Assert.IsType<GraspResult.AsaRegistered>(node.Substrate!.Answers[node.Call(new GraspCommand.RegisterAsa("asa " + objective.Name))]).Asa;
        Assert.Equal(GraspError.ok, node.Substrate.Answers[node.Call(new GraspCommand.RegisterObjective(asa, objective))].Error);
        return asa;
    }

    private static T Await<T>(SimulatedNetwork network, SimulatedNode node, GraspCommand command)
        where T : GraspResult
    {
        var id = node.Call(command);
        Assert.True(network.Run(TimeSpan.FromSeconds(10), () => node.Substrate!.Answers.ContainsKey(id)), $"no answer to {command}");
        return Assert.IsType<T>(node.Substrate!.Answers[id]);
    }

    private void AssertSessions(SimulatedNetwork network)
    {
        var all = network.Run(TimeSpan.FromSeconds(10), () => network.UnreachablePairs().Count == 0
            && network.Links.All(l => new[] { l.A.Node, l.B.Node }.All(n => n.Node.Grasp.Flooding.All(f => f.Since is not null))));
        if (!all)
            output.WriteLine(string.Join('\n', network.Nodes.SelectMany(n => n.Facts.OfType<NodeFact.GraspNoted>().Select(f => $"{n.Name}: {f.Fact}"))));
        Assert.True(all);
        network.Run(TimeSpan.FromSeconds(2));
        foreach (var node in network.Nodes)
        {
            Assert.Equal(node.Channels.Count(), node.Node.Grasp.Flooding.Count());
            Assert.Equal(node.Channels.Count(), node.Node.Grasp.SessionCount);
            Assert.Equal(node.Channels.Count(), node.Substrate!.SessionCount);
        }
    }
}
