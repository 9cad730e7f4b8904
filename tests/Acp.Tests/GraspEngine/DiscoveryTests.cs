using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;
using static Acp.Tests.GraspEngineRoom.Samples;

namespace Acp.Tests.GraspEngineRoom;

public class DiscoveryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CommandId Discover(TestNode node, AsaHandle asa, int enough = 1, double seconds = 3, byte loopCount = 6, string name = "EX2") =>
        node.Begin(new GraspCommand.Discover(asa, Synchronizable(name: name, loopCount: loopCount), TimeSpan.FromSeconds(seconds), TimeSpan.Zero) { Enough = enough });

    private static AsaHandle Serve(TestNode node, int value = 7)
    {
        var asa = node.Asa(Synchronizable(), "server");
        Assert.Equal(GraspError.ok, node.Call(new GraspCommand.ListenSynchronize(asa, Synchronizable(value))).Error);
        return asa;
    }

    [Theory]
    [InlineData(GraspInterfaceKind.Channel)]
    [InlineData(GraspInterfaceKind.Multicast)]
    public void H26_a_neighbor_that_serves_it_answers_with_its_locator(GraspInterfaceKind kind)
    {
        var network = TestNetwork.Line(2, kind);
        var (asking, serving) = (network.Nodes[0], network.Nodes[1]);
        Serve(serving);
        var found = asking.Await<GraspResult.Discovered>(Discover(asking, asking.Asa()));
        var peer = Assert.Single(found.Locators);
        Assert.Equal(new Ipv6Locator(serving.Address, TransportProtocol.Tcp, 7017), peer.Locator);
        Assert.False(peer.IsDiverted);
        // J-08: on the session it came by; over UDP, by a stream to where the datagram came from (RFC 8990 §2.5.4.4).
        Assert.Equal(kind == GraspInterfaceKind.Channel, serving.Actions.Exists(a => a is GraspAction.SendToNeighbor));
        Assert.Equal(kind == GraspInterfaceKind.Multicast, serving.Actions.Exists(a => a is GraspAction.Connect { To.IsLinkLocal: true }));
    }

    [Theory]
    [InlineData(GraspInterfaceKind.Channel)]
    [InlineData(GraspInterfaceKind.Multicast)]
    public void H31_a_relay_passes_the_answer_back_at_once(GraspInterfaceKind kind)
    {
        var network = TestNetwork.Line(4, kind);
        Serve(network.Nodes[3]);
        var asking = network.Nodes[0];
        var asked = network.Now;
        var peer = Assert.Single(asking.Await<GraspResult.Discovered>(Discover(asking, asking.Asa())).Locators);
        Assert.Equal(network.Nodes[3].Address, ((Ipv6Locator)peer.Locator).Address);
        Assert.True(peer.IsDiverted);
        Assert.True(network.Now - asked < TimeSpan.FromMilliseconds(20));
        var relayed = Assert.Single(network.Nodes[2].SentOf<DiscoveryMessage>());
        var original = Assert.Single(asking.SentOf<DiscoveryMessage>());
        Assert.Equal((original.SessionId, original.Initiator, (byte)4), (relayed.SessionId, relayed.Initiator, relayed.Objective.LoopCount));
    }

    [Fact]
    public void H26_a_relay_diverts_from_its_cache_but_not_to_where_it_learnt_it()
    {
        var network = TestNetwork.Line(3);
        Serve(network.Nodes[2]);
        var (left, middle, right) = (network.Nodes[0], network.Nodes[1], network.Nodes[2]);
        middle.Await(Discover(middle, middle.Asa()));
        network.Advance(Second);
        var peer = Assert.Single(left.Await<GraspResult.Discovered>(Discover(left, left.Asa())).Locators);
        Assert.True(peer.IsDiverted);
        Assert.Empty(right.SentOf<DiscoveryMessage>());
        Assert.Single(right.SentOf<ResponseMessage>()); // only to the middle one's own discovery
        var before = middle.SentOf<ResponseMessage>().Count();
        right.Await(Discover(right, right.Asa("other"), seconds: 1, enough: 0));
        Assert.Equal(before, middle.SentOf<ResponseMessage>().Count());
    }

    [Fact]
    public void H24_no_answer_for_100_ms_times_loop_count_repeats_with_a_new_session_id_and_doubling_pauses()
    {
        var network = TestNetwork.Line(2);
        var node = network.Nodes[0];
        var start = network.Now;
        Discover(node, node.Asa(), seconds: 10);
        var times = new List<double>();
        for (var i = 1; i <= 4; i++)
        {
            var count = i;
            network.Advance(TimeSpan.FromSeconds(20), () => node.SentOf<DiscoveryMessage>().Count() >= count);
            times.Add((network.Now - start).TotalMilliseconds);
        }
        Assert.Equal([0, 600, 1800, 4200], times);
        Assert.Equal(4, node.SentOf<DiscoveryMessage>().Select(d => d.SessionId).Distinct().Count());
    }

    [Fact]
    public void H24_one_tick_before_the_repeat_nothing_is_sent()
    {
        var network = TestNetwork.Line(2);
        var node = network.Nodes[0];
        Discover(node, node.Asa());
        network.Advance(TimeSpan.FromMilliseconds(600) - TimeSpan.FromTicks(1));
        Assert.Single(node.SentOf<DiscoveryMessage>());
        network.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(2, node.SentOf<DiscoveryMessage>().Count());
    }

    [Fact]
    public void H25_the_default_loop_count_is_six_and_H21_the_initiator_is_our_address()
    {
        var network = TestNetwork.Line(2);
        var node = network.Nodes[0];
        Discover(node, node.Asa(), loopCount: 0);
        var sent = node.SentOf<DiscoveryMessage>().Single();
        Assert.Equal(6, sent.Objective.LoopCount);
        Assert.Equal(node.Address, sent.Initiator.Ipv6);
    }

    [Fact]
    public void H21_the_initiator_is_link_local_only_when_there_is_no_other()
    {
        var network = TestNetwork.Line(2);
        var node = network.Nodes[0];
        node.Engine.SetAddress(network.Now, null, 7017);
        Discover(node, node.Asa());
        Assert.Equal(node.LinkLocal, node.SentOf<DiscoveryMessage>().Single().Initiator.Ipv6);
    }

    [Fact]
    public void H27_a_leaf_that_knows_nothing_says_nothing()
    {
        var network = TestNetwork.Line(2);
        Discover(network.Nodes[0], network.Nodes[0].Asa(), seconds: 1);
        network.Advance(Second);
        Assert.Empty(network.Nodes[1].Sent);
        Assert.True(network.Nodes[1].Engine.Counters.Dropped(GraspDropReason.NothingKnown) > 0);
    }

    [Fact]
    public void H28_in_a_line_of_8_loop_count_6_reaches_the_seventh_node()
    {
        var network = TestNetwork.Line(8);
        var first = network.Nodes[0];
        Discover(first, first.Asa(), seconds: 0.5);
        network.Advance(Second);
        Assert.Equal([1, 1, 1, 1, 1, 1, 0, 0], network.Nodes.Select(n => n.SentOf<DiscoveryMessage>().Count()));
        Assert.Equal(1, network.Nodes[6].Engine.Counters.Dropped(GraspDropReason.LoopCountExhausted));
        Assert.Equal(0, network.Nodes[7].Engine.Counters.LinkMessages);
        Serve(network.Nodes[6]);
        Assert.Single(first.Await<GraspResult.Discovered>(Discover(first, first.Asa("again"), seconds: 1)).Locators);
        Assert.Empty(first.Await<GraspResult.Discovered>(Discover(first, first.Asa("far"), seconds: 0.5, name: "EX9")).Locators);
    }

    [Fact]
    public void H29_in_a_ring_every_node_relays_a_discovery_once()
    {
        var network = TestNetwork.Ring(6);
        Discover(network.Nodes[0], network.Nodes[0].Asa(), seconds: 0.5, loopCount: 20);
        network.Advance(Second);
        Assert.All(network.Nodes.Skip(1), n => Assert.True(n.SentOf<DiscoveryMessage>().Count() <= 1));
        Assert.True(network.Nodes.Sum(n => n.Engine.Counters.Dropped(GraspDropReason.Duplicate)) > 0);
    }

    [Fact]
    public void H31_a_relay_stops_passing_back_after_100_ms_times_the_remaining_count()
    {
        var network = TestNetwork.Line(3);
        var middle = network.Nodes[1];
        Discover(network.Nodes[0], network.Nodes[0].Asa(), seconds: 0.5);
        network.Advance(TimeSpan.FromMilliseconds(501) - TimeSpan.FromTicks(1)); // heard after one millisecond
        Assert.Equal(1, middle.Engine.RelayedDiscoveryCount);
        network.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, middle.Engine.RelayedDiscoveryCount);
    }

    [Fact]
    public void H30_a_discovery_storm_through_a_relay_is_bounded_and_counted()
    {
        var network = TestNetwork.Line(3);
        var middle = network.Nodes[1];
        for (uint i = 0; i < 50_000; i++)
        {
            var bytes = new DiscoveryMessage(i, network.Nodes[0].Address, Synchronizable(name: "x:" + (i % 1000))).Encode();
            middle.Engine.HandleMulticast(network.Now, new GraspInterfaceId(1), network.Nodes[0].AsNeighbor, bytes);
        }
        Assert.Equal(200, middle.Engine.Counters.DiscoveriesRelayed); // one interface gets half of 200 a second, two seconds' worth
        Assert.Equal(49_800, middle.Engine.Counters.Dropped(GraspDropReason.DiscoveryRateLimited));
        Assert.True(middle.Engine.SeenCount <= new GraspOptions().MaxSeen);
        // Those who come by the other interface are served all the same.
        var other = new DiscoveryMessage(1, network.Nodes[2].Address, Synchronizable()).Encode();
        middle.Engine.HandleMulticast(network.Now, new GraspInterfaceId(2), network.Nodes[2].AsNeighbor, other);
        Assert.Equal(201, middle.Engine.Counters.DiscoveriesRelayed);
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(0, 600_000)]
    public void H32_cached_responders_expire_with_their_ttl_and_zero_counts_as_600_s(int ttl, int milliseconds)
    {
        var network = TestNetwork.Line(2);
        var node = network.Nodes[0];
        var asa = node.Asa();
        Discover(node, asa, enough: 1);
        var sent = node.SentOf<DiscoveryMessage>().Single();
        var locator = new Ipv6Locator(network.Nodes[1].Address, TransportProtocol.Tcp, 4711);
        node.Engine.HandleMulticast(network.Now, new GraspInterfaceId(1), network.Nodes[1].AsNeighbor,
            new ResponseMessage(sent.SessionId, sent.Initiator, TimeSpan.FromMilliseconds(ttl), [locator]).Encode());
        network.Perform(node);
        var cacheOnly = new GraspCommand.Discover(asa, Synchronizable(), TimeSpan.Zero, TimeSpan.FromTicks(1));
        network.Advance(TimeSpan.FromMilliseconds(milliseconds) - TimeSpan.FromTicks(2));
        var cached = Assert.Single(node.Call<GraspResult.Discovered>(cacheOnly).Locators);
        Assert.Equal(new GraspInterfaceId(1), cached.Interface);
        network.Advance(TimeSpan.FromTicks(2));
        Assert.Empty(node.Call<GraspResult.Discovered>(cacheOnly).Locators);
    }

    [Fact]
    public void H33_all_responders_are_found_and_the_direct_one_stands_first()
    {
        var network = TestNetwork.Line(3);
        Serve(network.Nodes[1]);
        Serve(network.Nodes[2]);
        var middle = network.Nodes[1];
        var other = middle.Asa("other");
        var found = middle.Await<GraspResult.Discovered>(Discover(middle, other, enough: 0, seconds: 1));
        Assert.Equal([middle.Address, network.Nodes[2].Address], found.Locators.Select(l => ((Ipv6Locator)l.Locator).Address));
    }

    [Fact]
    public void H14_a_local_objective_is_answered_with_a_link_local_address_that_no_relay_passes_on()
    {
        var network = TestNetwork.Line(3, GraspInterfaceKind.Multicast, new GraspOptions { Kind = GraspInstanceKind.Standalone });
        var serving = network.Nodes[2];
        var asa = serving.Asa();
        serving.Call(new GraspCommand.RegisterObjective(asa, Synchronizable()) { Local = true, Discoverable = true });
        var near = network.Nodes[1];
        var peer = Assert.Single(near.Await<GraspResult.Discovered>(Discover(near, near.Asa())).Locators);
        Assert.True(peer.IsLinkLocal); // I-07
        Assert.Empty(network.Nodes[0].Await<GraspResult.Discovered>(Discover(network.Nodes[0], network.Nodes[0].Asa(), seconds: 2)).Locators);
    }

    [Fact]
    public void H50_a_name_as_a_locator_is_flagged_and_never_chosen_for_the_asa()
    {
        var network = TestNetwork.Line(2);
        var (asking, serving) = (network.Nodes[0], network.Nodes[1]);
        var server = serving.Asa();
        serving.Call(new GraspCommand.RegisterObjective(server, Synchronizable())
        {
            Discoverable = true,
            Locators = [new FqdnLocator("est.example", TransportProtocol.Tcp, 443)],
        });
        var asa = asking.Asa();
        Assert.True(Assert.Single(asking.Await<GraspResult.Discovered>(Discover(asking, asa)).Locators).MayBeOutsideAcp);
        var synchronized = asking.Await(asking.Begin(new GraspCommand.Synchronize(asa, Synchronizable(), null, Second)));
        Assert.NotEqual(GraspError.ok, synchronized.Error);
        Assert.DoesNotContain(asking.Actions, a => a is GraspAction.Connect);
    }

    [Fact]
    public void I06_discovery_is_answered_only_while_somebody_listens()
    {
        var network = TestNetwork.Line(2);
        var (asking, serving) = (network.Nodes[0], network.Nodes[1]);
        var server = serving.Asa(Synchronizable());
        var asa = asking.Asa();
        Assert.Empty(asking.Await<GraspResult.Discovered>(Discover(asking, asa, seconds: 1)).Locators);
        serving.Call(new GraspCommand.ListenSynchronize(server, Synchronizable(1)));
        Assert.Single(asking.Await<GraspResult.Discovered>(Discover(asking, asa, seconds: 1)).Locators);
        serving.Call(new GraspCommand.StopListenSynchronize(server, "EX2"));
        Assert.Empty(asking.Await<GraspResult.Discovered>(Discover(asking, asa, seconds: 1)).Locators);
    }

    [Theory]
    [InlineData(0, 0, 0, false)]
    [InlineData(0, 70_000, 0, false)]
    [InlineData(0, 1, 1, false)]
    [InlineData(1000, 0, 1, true)]
    [InlineData(1000, 1, 1, false)]
    public void I09_timeout_zero_looks_at_the_cache_only_and_minimum_ttl_flushes_first(int timeout, int minimumTtl, int expected, bool asks)
    {
        var network = TestNetwork.Line(2);
        Serve(network.Nodes[1]);
        var node = network.Nodes[0];
        var asa = node.Asa();
        node.Await(Discover(node, asa));
        var before = node.SentOf<DiscoveryMessage>().Count();
        var found = node.Await<GraspResult.Discovered>(node.Begin(new GraspCommand.Discover(asa, Synchronizable(),
            TimeSpan.FromMilliseconds(timeout), TimeSpan.FromMilliseconds(minimumTtl))
        { Enough = 1 }));
        Assert.Equal(expected, found.Locators.Count);
        Assert.Equal(asks, node.SentOf<DiscoveryMessage>().Count() > before);
    }

    [Fact]
    public void A_discovery_by_unicast_is_answered_on_its_own_stream()
    {
        var network = TestNetwork.Line(2);
        var serving = network.Nodes[1];
        Serve(serving);
        var stream = serving.Engine.HandleAccepted(network.Now, network.Nodes[0].Address)!.Value;
        serving.Engine.HandleStreamMessage(network.Now, stream, new DiscoveryMessage(9, network.Nodes[0].Address, Synchronizable()).Encode());
        var actions = serving.Engine.Actions.Drain();
        Assert.Contains(actions, a => a is GraspAction.SendOnStream s && s.Connection == stream);
        Assert.Contains(new GraspAction.CloseStream(stream), actions); // H-52
    }

    [Fact]
    public void H49_a_lossy_reordering_line_still_finds_it_and_replays_the_same_from_the_same_seed()
    {
        Assert.Equal(Run(5), Run(5));

        static string Run(ulong seed)
        {
            var network = TestNetwork.Line(5, GraspInterfaceKind.Multicast, new GraspOptions { Kind = GraspInstanceKind.Standalone }, seed);
            network.Loss = 0.2;
            network.Reorder = true;
            Serve(network.Nodes[4]);
            var first = network.Nodes[0];
            Assert.Single(first.Await<GraspResult.Discovered>(Discover(first, first.Asa(), seconds: 60), 60).Locators);
            return network.Now + string.Join('\n', network.Nodes.SelectMany(n => n.Actions));
        }
    }

    [Fact]
    public void H46_rapid_synchronization_gives_the_value_with_the_response_only_where_it_is_allowed()
    {
        foreach (var allowed in new[] { false, true })
        {
            var network = TestNetwork.Line(3, options: new GraspOptions { RapidSynchronization = allowed });
            var serving = network.Nodes[2];
            var server = serving.Asa();
            serving.Call(new GraspCommand.RegisterObjective(server, Synchronizable()) { Rapid = true });
            serving.Call(new GraspCommand.ListenSynchronize(server, Synchronizable(42)));
            var asking = network.Nodes[0];
            var id = asking.Begin(new GraspCommand.Synchronize(asking.Asa(), Synchronizable(), null, Second) { Rapid = true });
            Assert.Equal(Value(42), asking.Await<GraspResult.Synchronized>(id).Objective.Value);
            Assert.Equal(allowed, !asking.SentOf<RequestSynchronizationMessage>().Any());
        }
    }
}
