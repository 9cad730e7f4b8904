using Acp.Core.Grasp;
using Acp.Tests.GraspEngineRoom;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.Grasp;

/// <summary>
/// More floods and discoveries than anybody needs, from one neighbour of a relay: what it holds and sends on is bounded, what
/// goes too far is counted by why, and its other neighbours are served as before.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class HostileStormTests
{
    private const int Storm = 100_000;
    private const int MiB = 1 << 20;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Q03_H30_a_storm_of_100000_floods_by_as_many_invented_initiators_pushes_out_only_itself()
    {
        var victim = new Victim();
        for (var i = 0; i < 10; i++)
            Assert.NotEmpty(victim.Hear(Victim.Right, Flood((uint)i, Honest, $"good:{i}"), from: 2));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var relayed = 0;
        for (var i = 0; i < Storm; i++)
            relayed += victim.Hear(Victim.Left, Flood((uint)i, Invented(i), $"bad:{i}")).OfType<GraspAction.SendMulticast>().Count();
        var counters = victim.Engine.Counters;
        // Half of the whole rate is for one interface, and two seconds' worth may go at once; each goes to two others.
        var allowed = (int)(victim.Options.RelayedFloodsPerSecond / 2 * victim.Options.RelayBurstSeconds);
        Assert.Equal(2 * allowed, relayed);
        Assert.Equal(Storm - allowed, counters.Dropped(GraspDropReason.FloodRateLimited));
        Assert.True(counters.Dropped(GraspDropReason.CacheEviction) >= Storm - victim.Options.MaxFloodCache - victim.Options.MaxSeen);
        Assert.Equal(victim.Options.MaxFloodCache, victim.Engine.FloodCache.Count());
        Assert.Equal(10, victim.Engine.FloodCache.Count(f => f.Initiator == Honest));
        HostileMessageTests.AssertBounded(victim);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 32 * MiB);

        // Another neighbour's flood goes on as if nothing were.
        var passed = victim.Hear(Victim.Right, Flood(5000, Honest, "good:last"), from: 2).OfType<GraspAction.SendMulticast>().Select(a => a.Interface);
        Assert.Equal([Victim.Left.Id, Victim.Lan.Id], passed);
        victim.AssertOthersAreServed();
    }

    [Fact]
    public void Q03_H30_a_storm_of_100000_discoveries_through_a_relay_leaves_room_for_others()
    {
        var victim = new Victim();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var relayed = 0;
        for (var i = 0; i < Storm; i++)
            relayed += victim.Hear(Victim.Left, Search((uint)i, Invented(i), $"bad:{i}")).OfType<GraspAction.SendMulticast>().Count();
        var allowed = (int)(victim.Options.RelayedDiscoveriesPerSecond / 2 * victim.Options.RelayBurstSeconds);
        Assert.Equal(2 * allowed, relayed);
        Assert.Equal(allowed, victim.Engine.RelayedDiscoveryCount);
        Assert.Equal(Storm - allowed, victim.Engine.Counters.Dropped(GraspDropReason.DiscoveryRateLimited));
        HostileMessageTests.AssertBounded(victim);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 32 * MiB);

        var passed = victim.Hear(Victim.Right, Search(7, Honest, "good:x"), from: 2).OfType<GraspAction.SendMulticast>().Select(a => a.Interface);
        Assert.Equal([Victim.Left.Id, Victim.Lan.Id], passed);
        var answer = new ResponseMessage(7, Honest, Minute, [new Ipv6Locator(Invented(1), TransportProtocol.Tcp, 9)]).Encode();
        var back = Assert.Single(victim.Hear(Victim.Left, answer, from: 3).OfType<GraspAction.SendToNeighbor>());
        Assert.Equal((Victim.Right.Id, Victim.Neighbor(2)), (back.Interface, back.Neighbor));
        victim.AssertOthersAreServed();
        // Nothing of it is left when its time is over.
        victim.Pass(Minute);
        Assert.Equal(0, victim.Engine.RelayedDiscoveryCount);
    }

    [Fact]
    public void Q03_answers_that_nobody_asked_for_leave_nothing_behind_and_those_to_one_question_are_bounded()
    {
        var victim = new Victim();
        for (var i = 0; i < Storm; i++)
            victim.Hear(Victim.Left, new ResponseMessage((uint)i, Invented(i), Minute, [new FqdnLocator($"host{i}", TransportProtocol.Tcp, 9)]).Encode());
        Assert.Equal(Storm, victim.Engine.Counters.Dropped(GraspDropReason.Unsolicited));
        Assert.Empty(victim.Engine.DiscoveryCache);

        victim.Hear(Victim.Right, Search(7, Honest, "good:x"), from: 2);
        var passed = 0;
        for (var i = 0; i < Storm; i++)
            passed += victim.Hear(Victim.Left, new ResponseMessage(7, Honest, Minute, [new FqdnLocator($"host{i}", TransportProtocol.Tcp, 9)]).Encode()).Count;
        Assert.Equal(victim.Options.MaxResponsesPerRelay, passed);
        Assert.Equal(victim.Options.MaxLocatorsPerObjective, victim.Engine.DiscoveryCache.Count());
    }

    [Fact]
    public void Q03_many_objectives_with_many_responders_fill_no_more_than_the_whole_discovery_cache()
    {
        var victim = new Victim(new GraspOptions { MaxDiscoveryCacheLocators = 100, RelayedDiscoveriesPerSecond = 1e6 });
        for (var name = 0; name < 50; name++)
        {
            victim.Hear(Victim.Right, Search((uint)name, Honest, $"x:{name}"), from: 2);
            for (var i = 0; i < 16; i++)
                victim.Hear(Victim.Left, new ResponseMessage((uint)name, Honest, Minute, [new FqdnLocator($"host{i}", TransportProtocol.Tcp, 9)]).Encode());
        }
        Assert.InRange(victim.Engine.DiscoveryCache.Count(), 80, 100);
        Assert.Equal(16, victim.Engine.DiscoveryCache.Count(e => e.Objective == "x:49"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Q03_who_searches_and_asks_across_a_relay_in_a_storm_has_an_answer_as_soon_as_without(bool storm)
    {
        // asking ── relay ── holding, and the storm's neighbour at the relay
        var network = TestNetwork.Line(3);
        var (asking, relay, holding) = (network.Nodes[0], network.Nodes[1], network.Nodes[2]);
        var enemy = network.Add();
        network.Link(GraspInterfaceKind.Channel, relay, enemy);
        var at = relay.Links.Last().Key;
        var server = holding.Asa(Samples.Synchronizable());
        holding.Call(new GraspCommand.ListenSynchronize(server, Samples.Synchronizable(3)));
        if (storm)
        {
            for (var i = 0; i < 5000; i++)
            {
                relay.Engine.HandleMulticast(network.Now, at, enemy.AsNeighbor, Search((uint)i, Invented(i), $"bad:{i}"));
                relay.Engine.HandleMulticast(network.Now, at, enemy.AsNeighbor, Flood((uint)i, Invented(i), $"bad:{i}"));
            }
            network.Perform(relay);
        }
        var start = network.Now;
        var call = asking.Begin(new GraspCommand.Synchronize(asking.Asa(), Samples.Synchronizable(), null, Minute));
        Assert.Equal(Samples.Value(3), asking.Await<GraspResult.Synchronized>(call).Objective.Value);
        // There and back across the relay, and a stream: seven messages of a millisecond each.
        Assert.Equal(TimeSpan.FromMilliseconds(7), network.Now - start);
    }

    private static readonly Ipv6Address Honest = Ipv6Address.Parse("fd89:b714:f3db::600d");

    private static Ipv6Address Invented(int number) => new(0xfd89_b714_f3db_0bad, (ulong)number);

    private static byte[] Flood(uint id, Ipv6Address initiator, string name) =>
        new FloodMessage(id, initiator, Minute, Samples.Entry(Samples.Synchronizable(1, name))).Encode();

    private static byte[] Search(uint id, Ipv6Address initiator, string name) =>
        new DiscoveryMessage(id, initiator, Samples.Synchronizable(0, name)).Encode();
}
