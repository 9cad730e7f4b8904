using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;
using static Acp.Tests.GraspEngineRoom.Samples;

namespace Acp.Tests.GraspEngineRoom;

public class FloodTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly GraspInterfaceId First = new(1);

    private static GraspError Flood(TestNode node, AsaHandle asa, Objective objective, Locator? locator = null, TimeSpan? ttl = null) =>
        node.Call(new GraspCommand.Flood(asa, ttl ?? Minute, Entry(objective, locator))).Error;

    private static ValueList<FloodedObjective> Get(TestNode node, AsaHandle asa, string name = "EX2") =>
        node.Call<GraspResult.Floods>(new GraspCommand.GetFlood(asa, name)).Objectives;

    private static void Hear(TestNode node, FloodMessage flood, int from = 0) =>
        node.Engine.HandleMulticast(node.Network.Now, First, node.Network.Nodes[from].AsNeighbor, flood.Encode());

    private static FloodMessage Message(uint id, TestNode by, Objective objective, Locator? locator = null, TimeSpan? ttl = null) =>
        new(id, by.Address, ttl ?? Minute, Entry(objective, locator));

    [Fact]
    public void H34_a_flood_goes_down_a_line_with_session_id_and_initiator_unchanged_and_one_count_less()
    {
        var network = TestNetwork.Line(8);
        var first = network.Nodes[0];
        Assert.Equal(GraspError.ok, Flood(first, first.Asa(Synchronizable()), Synchronizable(1)));
        network.Advance(Minute / 2);
        Assert.Equal([6, 5, 4, 3, 2, 1], network.Nodes.SelectMany(n => n.SentOf<FloodMessage>()).Select(f => (int)f.Entries[0].Objective.LoopCount));
        Assert.Single(network.Nodes.SelectMany(n => n.SentOf<FloodMessage>()).Select(f => (f.SessionId, f.Initiator)).Distinct());
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 0], network.Nodes.Select(n => Get(n, n.Asa("reader")).Count));
    }

    [Fact]
    public void H34_in_a_ring_a_flood_reaches_all_and_never_goes_back_where_it_came_from()
    {
        var network = TestNetwork.Ring(6);
        var first = network.Nodes[0];
        Flood(first, first.Asa(Synchronizable()), Synchronizable(1, loopCount: 255));
        network.Advance(Minute / 2);
        Assert.All(network.Nodes, n => Assert.Single(Get(n, n.Asa("reader"))));
        Assert.All(network.Nodes.Skip(1), n => Assert.Single(n.SentOf<FloodMessage>()));
        Assert.All(network.Nodes.Skip(1), n => Assert.Equal(1, n.Engine.Counters.FloodsReceived));
    }

    [Fact]
    public void H35_the_pair_is_remembered_for_120_s()
    {
        var network = TestNetwork.Line(3);
        var middle = network.Nodes[1];
        var flood = Message(77, network.Nodes[0], Synchronizable(1));
        Hear(middle, flood);
        network.Advance(TimeSpan.FromSeconds(120) - TimeSpan.FromTicks(1));
        Hear(middle, flood);
        Assert.Equal(1, middle.Engine.Counters.FloodsRelayed);
        network.Advance(TimeSpan.FromTicks(1));
        Hear(middle, flood);
        Assert.Equal(2, middle.Engine.Counters.FloodsRelayed);
    }

    [Fact]
    public void H36_copies_are_told_apart_by_their_tag_and_the_null_tag_is_one()
    {
        var network = TestNetwork.Line(2);
        var (node, by) = (network.Nodes[1], network.Nodes[0]);
        var tag = new Ipv6Locator(by.Address, TransportProtocol.Tcp, 1);
        Hear(node, Message(1, by, Synchronizable(1)));
        Hear(node, Message(2, by, Synchronizable(2), tag));
        Hear(node, Message(3, by, Synchronizable(3), tag));
        var asa = node.Asa();
        Assert.Equal([(Value(3), (Locator?)tag), (Value(1), null)], Get(node, asa).Select(f => (f.Objective.Value!.Value, f.Locator)));
        Assert.Equal(GraspError.ok, node.Call(new GraspCommand.ExpireFlood(asa, "EX2", tag)).Error); // I-19
        Assert.Null(Assert.Single(Get(node, asa)).Locator);
    }

    [Fact]
    public void H37_copies_expire_with_their_ttl_and_zero_never_does()
    {
        var network = TestNetwork.Line(2);
        var (node, by) = (network.Nodes[1], network.Nodes[0]);
        Hear(node, Message(1, by, Synchronizable(1), ttl: TimeSpan.FromSeconds(5)));
        Hear(node, Message(2, by, Synchronizable(2, "EX3"), ttl: TimeSpan.Zero));
        var asa = node.Asa();
        network.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.Single(Get(node, asa));
        network.Advance(TimeSpan.FromTicks(1));
        Assert.Empty(Get(node, asa));
        network.Advance(TimeSpan.FromDays(1000));
        Assert.Single(Get(node, asa, "EX3"));
    }

    [Fact]
    public void H38_J10_a_link_local_initiator_needs_loop_count_one_whatever_the_session_runs_between()
    {
        var network = TestNetwork.Line(3);
        var middle = network.Nodes[1];
        Hear(middle, new FloodMessage(1, network.Nodes[0].LinkLocal, Minute, Entry(Synchronizable(1, loopCount: 2))));
        Assert.Equal(1, middle.Engine.Counters.Dropped(GraspDropReason.LinkLocalScope));
        Hear(middle, new FloodMessage(2, network.Nodes[0].LinkLocal, Minute, Entry(Synchronizable(1, loopCount: 1))));
        Assert.Equal(1, middle.Engine.Counters.FloodsReceived);
        Assert.Equal(0, middle.Engine.Counters.FloodsRelayed);
        Hear(middle, Message(3, network.Nodes[0], Synchronizable(1, loopCount: 255)));
        Assert.Equal(1, middle.Engine.Counters.FloodsRelayed);
    }

    [Fact]
    public void H39_I02_without_an_acp_floods_are_neither_sent_nor_honoured()
    {
        var network = TestNetwork.Line(2);
        var node = network.Nodes[1];
        var asa = node.Asa(Synchronizable());
        node.Engine.SetOperational(network.Now, false);
        Hear(node, Message(1, network.Nodes[0], Synchronizable(1)));
        Assert.Equal(1, node.Engine.Counters.Dropped(GraspDropReason.NotOperational));
        Assert.Equal(GraspError.noSecurity, Flood(node, asa, Synchronizable(1)));
        Assert.Equal(GraspError.noSecurity, node.Call(new GraspCommand.GetFlood(asa, "EX2")).Error);
        Assert.Equal(GraspError.noSecurity, node.Call(new GraspCommand.Discover(asa, Synchronizable(), Minute, Minute)).Error);
        Assert.Equal(GraspError.noSecurity, node.Call(new GraspCommand.Synchronize(asa, Synchronizable(), null, Minute)).Error);
        Assert.Equal(GraspError.noSecurity, node.Call(new GraspCommand.ListenSynchronize(asa, Synchronizable(1))).Error);
        Assert.Empty(node.Sent);
        node.Engine.SetOperational(network.Now, true);
        Assert.Contains(new GraspFact.OperationalChanged(true), node.Engine.Facts.Drain());
        Assert.Empty(Get(node, asa));
    }

    [Fact]
    public void H30_a_storm_of_100000_distinct_objectives_is_bounded_and_spares_what_others_flooded()
    {
        var network = TestNetwork.Line(3);
        var middle = network.Nodes[1];
        Hear(middle, Message(1, network.Nodes[2], Synchronizable(5)), from: 2);
        for (uint i = 2; i < 100_002; i++)
            Hear(middle, Message(i, network.Nodes[0], Synchronizable(1, "x:" + i)));
        Assert.Equal(new GraspOptions().MaxFloodCache, middle.Engine.FloodCache.Count());
        Assert.Equal(new GraspOptions().MaxSeen, middle.Engine.SeenCount);
        Assert.Equal(1000, middle.Engine.Counters.FloodsRelayed);
        Assert.Equal(99_001, middle.Engine.Counters.Dropped(GraspDropReason.FloodRateLimited));
        Assert.Single(Get(middle, middle.Asa()));
    }

    [Fact]
    public void H40_who_floods_also_answers_synchronization()
    {
        var network = TestNetwork.Line(2);
        var (node, other) = (network.Nodes[0], network.Nodes[1]);
        Flood(node, node.Asa(Synchronizable()), Synchronizable(8));
        var stranger = network.Add(); // was not there when it was flooded
        network.Link(GraspInterfaceKind.Channel, other, stranger);
        var id = stranger.Begin(new GraspCommand.Synchronize(stranger.Asa(), Synchronizable(), AsaLocator.Tcp(node.Address, 7017), Minute));
        Assert.Equal(Value(8), stranger.Await<GraspResult.Synchronized>(id).Objective.Value);
        Assert.Empty(other.SentOf<SynchMessage>());
    }

    [Fact]
    public void H11_O10_a_relay_keeps_every_octet_but_the_one_count()
    {
        var network = TestNetwork.Line(3);
        var middle = network.Nodes[1];
        // Long forms, a second objective, an unknown option and a signature.
        var flood = new FloodMessage(5, network.Nodes[0].Address, Minute,
            [new FloodEntry(Synchronizable(1, loopCount: 24), null), new FloodEntry(Synchronizable(2, "EX3", 9), null)])
        { CoseSign = new byte[] { 1, 2, 3 }, Unknown = [new byte[] { 0x82, 0x18, 200, 1 }] };
        var bytes = flood.Encode();
        middle.Engine.HandleMulticast(network.Now, First, network.Nodes[0].AsNeighbor, bytes);
        var relayed = middle.Engine.Actions.Drain().OfType<GraspAction.SendMulticast>().Single().Message;
        var name = bytes.AsSpan().IndexOf("EX2"u8);
        Assert.Equal([.. bytes[..(name + 4)], 23, .. bytes[(name + 6)..]], relayed.Memory.ToArray());
        Assert.True(GraspMessage.TryDecode(relayed.Span, out var read, out _));
        var second = Assert.IsType<FloodMessage>(read).Entries[1].Objective;
        Assert.Equal(9, second.LoopCount);
    }

    [Fact]
    public void I17_only_ones_own_synchronization_objectives_may_be_flooded()
    {
        var node = new TestNetwork().Add();
        var asa = node.Asa(Synchronizable());
        var other = node.Asa(Synchronizable(name: "EX3"), "other");
        Assert.Equal(GraspError.notYourObj, Flood(node, asa, Synchronizable(1, "EX3")));
        Assert.Equal(GraspError.notObj, Flood(node, asa, Synchronizable(1, "EX4")));
        Assert.Equal(GraspError.notSynch, Flood(node, asa, Negotiable(1, "EX2")));
        Assert.Equal(GraspError.noASA, Flood(node, new AsaHandle(other.Value ^ asa.Value ^ 1), Synchronizable(1)));
        Assert.Equal(GraspError.ok, Flood(node, asa, Synchronizable(1)));
        Assert.Single(Get(node, other)); // J-13: those of this node get it, with nobody around
    }

    [Fact]
    public void I18_an_unspecified_address_becomes_the_link_local_one_of_each_link_and_the_count_becomes_one()
    {
        var network = new TestNetwork(options: new GraspOptions { Kind = GraspInstanceKind.Dull });
        var node = network.Add();
        node.Engine.HandleInterfaceUp(network.Now, new GraspInterface(new(1), GraspInterfaceKind.Multicast, Ipv6Address.Parse("fe80::a")));
        node.Engine.HandleInterfaceUp(network.Now, new GraspInterface(new(2), GraspInterfaceKind.Multicast, Ipv6Address.Parse("fe80::b")));
        var asa = node.Call<GraspResult.AsaRegistered>(new GraspCommand.RegisterAsa("acp")).Asa;
        node.Call(new GraspCommand.RegisterObjective(asa, Synchronizable()));
        node.Engine.HandleCommand(network.Now, new CommandId(99), new GraspCommand.Flood(asa, Minute,
            Entry(Synchronizable(1), new Ipv6Locator(Ipv6Address.Unspecified, TransportProtocol.Udp, 500))));
        var sent = node.Engine.Actions.Drain().OfType<GraspAction.SendMulticast>().Select(a =>
        {
            Assert.True(GraspMessage.TryDecode(a.Message.Span, out var m, out _));
            return (a.Interface.Value, ((FloodMessage)m!).Entries[0]);
        }).ToList();
        Assert.Equal([1, 2], sent.Select(s => s.Value));
        Assert.Equal(["fe80::a", "fe80::b"], sent.Select(s => ((Ipv6Locator)s.Item2.Locator!).Address.ToString()));
        Assert.All(sent, s => Assert.Equal(1, s.Item2.Objective.LoopCount));
    }

    [Theory]
    [InlineData("fe80::1")]
    [InlineData("::")]
    [InlineData("ff02::1")]
    public void J09_no_link_local_address_leaves_inside_an_acp_flood(string address)
    {
        var node = TestNetwork.Line(2).Nodes[0];
        var asa = node.Asa(Synchronizable());
        Assert.Equal(GraspError.invalidLoc, Flood(node, asa, Synchronizable(1), new Ipv6Locator(Ipv6Address.Parse(address), TransportProtocol.Tcp, 1)));
        Assert.Empty(node.Sent);
    }

    [Fact]
    public void J12_a_new_neighbor_hears_what_we_flooded_and_have_not_outlived()
    {
        var network = TestNetwork.Line(2);
        var node = network.Nodes[0];
        var asa = node.Asa(Synchronizable());
        node.Call(new GraspCommand.RegisterObjective(asa, Synchronizable(name: "EX3")));
        Flood(node, asa, Synchronizable(1), ttl: TimeSpan.FromSeconds(10));
        Flood(node, asa, Synchronizable(2, "EX3"), ttl: TimeSpan.FromSeconds(30));
        network.Advance(TimeSpan.FromSeconds(10));
        node.Sent.Clear();
        node.Engine.HandleNeighborUp(network.Now, First, network.Nodes[1].AsNeighbor);
        network.Perform(node);
        var again = Assert.IsType<FloodMessage>(Assert.Single(node.Sent));
        Assert.Equal("EX3", again.Entries[0].Objective.Name);
        Assert.Equal(TimeSpan.FromSeconds(20), again.Ttl);
        network.Advance(TimeSpan.FromSeconds(1));
        Assert.True(network.Nodes[1].Engine.Counters.Dropped(GraspDropReason.Duplicate) > 0); // it had heard it before
    }

    [Fact]
    public void H53_dull_hears_only_its_link_and_relays_nothing()
    {
        var network = new TestNetwork(options: new GraspOptions { Kind = GraspInstanceKind.Dull });
        var nodes = network.Add(3);
        network.Link(GraspInterfaceKind.Multicast, nodes[0], nodes[1]);
        network.Link(GraspInterfaceKind.Multicast, nodes[1], nodes[2]);
        Hear(nodes[1], new FloodMessage(1, nodes[0].LinkLocal, Minute, Entry(Synchronizable(1, loopCount: 1))));
        Hear(nodes[1], new FloodMessage(2, nodes[0].LinkLocal, Minute, Entry(Synchronizable(1, loopCount: 6))));
        Hear(nodes[1], new FloodMessage(3, nodes[0].Address, Minute, Entry(Synchronizable(1, loopCount: 6))));
        Assert.Equal(1, nodes[1].Engine.Counters.FloodsReceived);
        Assert.Empty(nodes[1].Sent);
        var asa = nodes[0].Asa(Synchronizable());
        Assert.Equal(GraspError.noSecurity, nodes[0].Call(new GraspCommand.Discover(asa, Synchronizable(), Minute, Minute)).Error);
        Assert.Null(nodes[0].Engine.HandleAccepted(network.Now, nodes[1].LinkLocal));
    }

    [Fact]
    public void H23_a_flood_that_nobody_would_take_is_refused_and_the_longest_that_is_not_arrives()
    {
        var network = TestNetwork.Line(2);
        var asa = network.Nodes[0].Asa(Synchronizable());
        var fits = Enumerable.Range(1, 3000).TakeWhile(n => Flood(network.Nodes[0], asa, Synchronizable() with { Value = Bytes(n) }) == GraspError.ok).Last();
        var longest = network.Nodes[0].Actions.OfType<GraspAction.SendMulticast>().Max(a => a.Message.Length);
        Assert.Equal(GraspConstants.GRASP_DEF_MAX_SIZE, longest);
        Assert.Equal(GraspError.messageTooLong, Flood(network.Nodes[0], asa, Synchronizable() with { Value = Bytes(fits + 1) }));
        network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(fits, network.Nodes[1].Engine.Counters.FloodsReceived);
    }

    [Fact]
    public void A_flood_too_long_for_a_packet_is_refused_where_a_link_is_multicast()
    {
        var options = new GraspOptions { Kind = GraspInstanceKind.Standalone };
        var node = TestNetwork.Line(2, GraspInterfaceKind.Multicast, options).Nodes[0];
        var asa = node.Asa(Synchronizable());
        Assert.Equal(GraspError.messageTooLong, Flood(node, asa, Synchronizable() with { Value = Bytes(1232) }));
        Assert.Equal(GraspError.ok, Flood(node, asa, Synchronizable() with { Value = Bytes(1100) }));
        Assert.Equal(GraspError.badValue, Flood(node, asa, Synchronizable() with { Value = new byte[] { 0x82, 1 } }));
    }
}
