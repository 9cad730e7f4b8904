using System.Globalization;
using Acp.Core;
using Acp.Core.Grasp;
using Acp.Tests.GraspEngineRoom;
using Acp.Wire;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Tests.Grasp;

/// <summary>
/// Messages that mean harm: each is taken, or refused and counted by why; what is held is bounded; and others are served
/// all the while. ACPD_GRASP_MUTATIONS sets how many mutated messages there are, by default few enough for every day.
/// </summary>
public sealed class HostileMessageTests
{
    private const int MiB = 1 << 20;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly Ipv6Address Stranger = Ipv6Address.Parse("fd89:b714:f3db::bad");

    [Fact]
    public void Q02_Q03_H10_mutated_messages_are_taken_or_refused_by_reason_and_others_are_served()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("ACPD_GRASP_MUTATIONS") ?? "20000", CultureInfo.InvariantCulture);
        var victim = new Victim();
        var random = new SeededRandom(90210);
        var seeds = Seeds();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var refused = new long[Enum.GetValues<GraspRefusal>().Length];
        for (var i = 0; i < count; i++)
        {
            var bytes = Mutated(seeds, random);
            var onStream = i % 3 == 0;
            if (!GraspMessage.TryDecode(bytes, onStream ? victim.Engine.StreamLimits : GraspConstants.DefaultLimits, out _, out var why))
                refused[(int)why]++;
            switch (i % 3)
            {
                case 0:
                    // From so many addresses that none of them has too many streams.
                    var stream = victim.Say(new Ipv6Address(0xfd89_0000_0000_0000, (ulong)random.Next(1000)), bytes);
                    Assert.NotNull(stream);
                    victim.Engine.HandleClosed(victim.Now, stream.Value);
                    break;
                case 1:
                    victim.Engine.HandleMulticast(victim.Now, Victim.Left.Id, Victim.Neighbor(), bytes);
                    break;
                default:
                    victim.Engine.HandleMulticast(victim.Now, Victim.Lan.Id, Victim.Neighbor(), bytes);
                    break;
            }
            // Nobody is there whom an answer could be brought to.
            foreach (var connect in victim.Pass(TimeSpan.FromMilliseconds(1)).OfType<GraspAction.Connect>())
                victim.Engine.HandleClosed(victim.Now, connect.Connection);
            if (i % (count / 4) == 0)
                victim.AssertOthersAreServed();
        }
        victim.AssertOthersAreServed();
        foreach (var why in Enum.GetValues<GraspRefusal>().Where(w => w != GraspRefusal.None))
            Assert.InRange(victim.Engine.Counters.Undecodable(why), refused[(int)why], refused[(int)why] + victim.Engine.Counters.NegotiationsServed);
        Assert.True(refused.Sum() > count / 4, "too few of them are refused to mean anything");
        AssertBounded(victim);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 32 * MiB);
        victim.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal((0, 0, 0), (victim.Engine.SessionCount, victim.Engine.ConnectionCount, victim.Engine.PendingCount));
    }

    [Theory]
    [InlineData("81")] // arrays of one
    [InlineData("9f")] // of indefinite length
    [InlineData("a100")] // maps of one
    [InlineData("bf00")]
    [InlineData("d818")] // tags
    public void Q02_an_item_nested_10000_deep_is_refused_before_it_has_all_come(string opener)
    {
        var start = Grasp.Cbor.Encode(new object?[] { 8, 7, new object?[] { "EX2", 5, 6, 1 } })[..^1];
        byte[] deep = [.. start, .. Enumerable.Repeat(Convert.FromHexString(opener), 10_000).SelectMany(b => b), 0];
        var victim = new Victim();
        Assert.Equal(CborFrame.Refused, new CborItemFramer(victim.Engine.StreamLimits).Examine(deep[..200], out var length, out var why));
        Assert.Equal((CborRefusal.TooDeep, 0), (why, length));
        victim.Say(Stranger, deep);
        victim.Hear(Victim.Left, deep);
        victim.Hear(Victim.Lan, deep);
        Assert.Equal(3, victim.Engine.Counters.Undecodable(GraspRefusal.OverLimits));
        victim.AssertOthersAreServed();
    }

    [Theory]
    [InlineData("5b0000000100000000")] // 4 GB of octets
    [InlineData("7b0000000100000000")] // of text
    [InlineData("9b0000000100000000")] // 2^32 elements
    [InlineData("bb0000000100000000")] // pairs
    [InlineData("5bffffffffffffffff")]
    [InlineData("9bffffffffffffffff")]
    public void Q02_what_is_announced_too_large_is_refused_at_its_announcement_and_costs_nothing(string announcement)
    {
        byte[] bytes = [.. Grasp.Cbor.Encode(new object?[] { 8, 7, new object?[] { "EX2", 5, 6, 1 } })[..^1], .. Convert.FromHexString(announcement)];
        var victim = new Victim();
        var framer = new CborItemFramer(victim.Engine.StreamLimits);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(CborFrame.Refused, framer.Examine(bytes, out _, out var why));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
        Assert.True(why is CborRefusal.TooLarge or CborRefusal.TextTooLong or CborRefusal.TooManyElements);
        victim.Hear(Victim.Left, bytes);
        victim.Say(Stranger, bytes);
        Assert.Equal(2, victim.Engine.Counters.Undecodable(GraspRefusal.OverLimits));
        victim.AssertOthersAreServed();
    }

    [Theory]
    [InlineData(GraspConstants.M_DISCOVERY, GraspRefusal.MissingObjective)]
    [InlineData(GraspConstants.M_REQ_NEG, GraspRefusal.MissingObjective)]
    [InlineData(GraspConstants.M_REQ_SYN, GraspRefusal.MissingObjective)]
    [InlineData(GraspConstants.M_NEGOTIATE, GraspRefusal.MissingObjective)]
    [InlineData(GraspConstants.M_SYNCH, GraspRefusal.MissingObjective)]
    [InlineData(GraspConstants.M_FLOOD, GraspRefusal.BadObjective)]
    public void H15_H16_a_map_is_no_name(byte type, GraspRefusal expected)
    {
        object?[] objective = [Grasp.Cbor.Hex("a1634558310a"), 5, 6, 1];
        var initiator = Stranger.ToBytes();
        var bytes = Grasp.Cbor.Encode(type switch
        {
            GraspConstants.M_DISCOVERY => new object?[] { type, 7, initiator, objective },
            GraspConstants.M_FLOOD => new object?[] { type, 7, initiator, 1000, new object?[] { objective, Array.Empty<object?>() } },
            _ => new object?[] { type, 7, objective },
        });
        var victim = new Victim();
        Assert.Empty(victim.Hear(Victim.Left, bytes));
        victim.Say(Stranger, bytes);
        Assert.Equal(2, victim.Engine.Counters.Undecodable(expected));
        victim.AssertOthersAreServed();
    }

    [Fact]
    public void H34_H35_floods_and_discoveries_with_a_loop_count_of_255_go_round_a_ring_once()
    {
        var network = TestNetwork.Ring(6);
        var (node, links) = (network.Nodes[0], network.Nodes.SelectMany(n => n.Links.Values).Distinct().ToList());
        var asa = node.Asa(Samples.Synchronizable());
        Assert.Equal(GraspError.ok, node.Call(new GraspCommand.Flood(asa, Minute, Samples.Entry(Samples.Synchronizable(1, loopCount: 255)))).Error);
        network.Advance(Minute);
        Assert.All(network.Nodes.Skip(1), n => Assert.Equal(1, n.Engine.Counters.FloodsReceived));
        Assert.InRange(links.Sum(l => l.Carried), 6, 2 * links.Count);
        var before = links.Sum(l => l.Carried);
        node.Begin(new GraspCommand.Discover(asa, Samples.Synchronizable(0, "EX9", 255), TimeSpan.FromSeconds(10), Minute));
        network.Advance(TimeSpan.FromSeconds(10));
        Assert.InRange(links.Sum(l => l.Carried) - before, 6, 2 * links.Count);
    }

    [Fact]
    public void H42_a_negotiation_that_begins_with_255_ends_however_long_both_go_on()
    {
        var network = TestNetwork.Line(2);
        var (asking, serving) = (network.Nodes[0], network.Nodes[1]);
        var server = serving.Asa(Samples.Negotiable());
        var listening = serving.Begin(new GraspCommand.ListenNegotiate(server, "EX1"));
        var asa = asking.Asa(Samples.Negotiable());
        var call = asking.Begin(new GraspCommand.RequestNegotiate(
            asa, Samples.Negotiable(0, loopCount: 255), AsaLocator.Tcp(serving.Address, GraspConstants.GRASP_LISTEN_PORT), Minute));
        var turn = (Node: serving, Asa: server, serving.Await<GraspResult.NegotiationRequested>(listening).Session);
        var other = (Node: asking, Asa: asa, Call: call);
        for (var steps = 0; ; steps++)
        {
            Assert.InRange(steps, 0, 254);
            var step = turn.Node.Begin(new GraspCommand.NegotiateStep(turn.Asa, turn.Session, Samples.Negotiable(steps), Minute));
            if (turn.Node.Results.TryGetValue(step, out var over))
            {
                Assert.Equal(GraspError.loopExhausted, over.Error);
                Assert.Equal(254, steps);
                break;
            }
            var offered = other.Node.Await<GraspResult.Negotiated>(other.Call);
            Assert.Equal(254 - steps, offered.Objective.LoopCount);
            (turn, other) = ((other.Node, other.Asa, offered.Session!.Value), (turn.Node, turn.Asa, step));
        }
    }

    [Fact]
    public void H20_H22_a_session_id_used_again_and_again_is_one_session_for_each_peer()
    {
        var victim = new Victim();
        victim.Begin(new GraspCommand.ListenNegotiate(victim.Asa, "EX1"));
        var request = new RequestNegotiationMessage(4711, Samples.Negotiable(1)).Encode();
        for (var i = 0; i < 10_000; i++)
            victim.Say(Stranger, request);
        Assert.Equal(1, victim.Engine.Counters.NegotiationsServed);
        var counters = victim.Engine.Counters;
        Assert.Equal(9_999, counters.Dropped(GraspDropReason.SessionIdClash) + counters.Dropped(GraspDropReason.Overload));
        Assert.InRange(victim.Engine.ConnectionCount, 1, 1 + victim.Options.MaxSilentStreamsPerPeer);
        for (var i = 1; i <= 100; i++)
            victim.Say(new Ipv6Address(0xfd89_0000_0000_0000, (ulong)i), request);
        Assert.Equal(101, counters.NegotiationsServed);
        victim.AssertOthersAreServed();
    }

    [Fact]
    public void H19_H22_an_id_that_is_ours_cannot_be_used_by_others_nor_an_answer_be_guessed_for_it()
    {
        var victim = new Victim();
        var peer = new AsaLocator(new Ipv6Locator(Stranger, TransportProtocol.Tcp, 7017));
        var call = victim.Begin(new GraspCommand.Synchronize(victim.Asa, Samples.Synchronizable(0, "EX8"), peer, Minute));
        var connect = victim.Actions().OfType<GraspAction.Connect>().Single().Connection;
        victim.Engine.HandleConnected(victim.Now, connect);
        var asked = Assert.IsType<RequestSynchronizationMessage>(Victim.Read(victim.Actions().OfType<GraspAction.SendOnStream>().Single().Message));
        // From elsewhere: the same id in a request is a clash, in an answer nobody's.
        victim.Say(Ipv6Address.Parse("fd89::2"), new RequestSynchronizationMessage(asked.SessionId, Samples.Synchronizable() with { Value = Samples.Value(0) }).Encode());
        victim.Say(Ipv6Address.Parse("fd89::2"), new SynchMessage(asked.SessionId, Samples.Synchronizable(66, "EX8")).Encode());
        Assert.Equal(1, victim.Engine.Counters.Dropped(GraspDropReason.SessionIdClash));
        Assert.Equal(1, victim.Engine.Counters.Dropped(GraspDropReason.Unsolicited));
        Assert.DoesNotContain(victim.Actions(), a => a is GraspAction.Complete c && c.Command == call);
        victim.Engine.HandleStreamMessage(victim.Now, connect, new SynchMessage(asked.SessionId, Samples.Synchronizable(1, "EX8")).Encode());
        Assert.Equal(Samples.Value(1), Assert.IsType<GraspResult.Synchronized>(
            victim.Actions().OfType<GraspAction.Complete>().Single(c => c.Command == call).Result).Objective.Value);
    }

    [Fact]
    public void I26_what_comes_out_of_turn_is_bounded_in_one_session_and_in_all()
    {
        var victim = new Victim(new GraspOptions { MaxInboxOctets = 20_000 });
        var held = 0;
        for (var i = 0; i < 100; i++)
        {
            victim.Begin(new GraspCommand.ListenNegotiate(victim.Asa, "EX1"));
            var stream = victim.Say(new Ipv6Address(0xfd89_0000_0000_0000, (ulong)i), new RequestNegotiationMessage(5, Samples.Negotiable(1)).Encode())!.Value;
            // It is our ASA's turn, which is asleep.
            var step = new NegotiationMessage(5, Samples.Negotiable() with { Value = Samples.Bytes(1000) }).Encode();
            victim.Engine.HandleStreamMessage(victim.Now, stream, step);
            held += step.Length;
        }
        Assert.True(held > 20_000);
        Assert.Equal(20_000 / (held / 100), victim.Engine.SessionCount);
        Assert.Equal(100 - victim.Engine.SessionCount, victim.Engine.Counters.Dropped(GraspDropReason.Overload));
        victim.Pass(victim.Options.MaxAsaTime);
        Assert.Equal(0, victim.Engine.SessionCount);
        // What was held is free again.
        victim.Begin(new GraspCommand.ListenNegotiate(victim.Asa, "EX1"));
        var last = victim.Say(Stranger, new RequestNegotiationMessage(5, Samples.Negotiable(1)).Encode())!.Value;
        for (var i = 0; i < 16; i++)
            victim.Engine.HandleStreamMessage(victim.Now, last, new NegotiationMessage(5, Samples.Negotiable() with { Value = Samples.Bytes(1000) }).Encode());
        Assert.Equal(1, victim.Engine.SessionCount);
        victim.Engine.HandleStreamMessage(victim.Now, last, new NoopMessage().Encode());
        Assert.Equal(0, victim.Engine.SessionCount);
    }

    [Fact]
    public void H10_a_peer_that_talks_nonsense_for_ever_is_answered_a_few_times_only()
    {
        var victim = new Victim();
        var call = victim.Begin(new GraspCommand.RequestNegotiate(
            victim.Asa, Samples.Negotiable(1), new AsaLocator(new Ipv6Locator(Stranger, TransportProtocol.Tcp, 7017)), Minute));
        var connect = victim.Actions().OfType<GraspAction.Connect>().Single().Connection;
        victim.Engine.HandleConnected(victim.Now, connect);
        victim.Actions();
        for (var i = 0; i < 10_000; i++)
            victim.Engine.HandleStreamMessage(victim.Now, connect, [0x82, 0x18, 50, 7]);
        var actions = victim.Actions();
        Assert.InRange(actions.OfType<GraspAction.SendOnStream>().Count(), 1, 16);
        Assert.Equal(GraspError.noValidStep, actions.OfType<GraspAction.Complete>().Single(c => c.Command == call).Result.Error);
        Assert.Contains(new GraspAction.CloseStream(connect), actions);
    }

    internal static void AssertBounded(Victim victim)
    {
        var (engine, limits) = (victim.Engine, victim.Options);
        Assert.InRange(engine.SeenCount, 0, 2 * limits.MaxSeen);
        Assert.InRange(engine.FloodCache.Count(), 0, limits.MaxFloodCache);
        Assert.InRange(engine.DiscoveryCache.Count(), 0, limits.MaxDiscoveryCacheLocators);
        Assert.InRange(engine.RelayedDiscoveryCount, 0, limits.MaxRelayedDiscoveries);
        Assert.InRange(engine.SessionCount, 0, limits.MaxSessions);
        Assert.InRange(engine.ConnectionCount, 0, limits.MaxSilentStreams + 2 * limits.MaxSessions + 2 * limits.MaxKeptStreams);
    }

    private static List<byte[]> Seeds() =>
    [
        .. GraspyVectors.All.Select(v => v.Message),
        new DiscoveryMessage(1, Stranger, Samples.Negotiable()).Encode(),
        new DiscoveryMessage(1, Stranger, Samples.Synchronizable(0, "EX9")).Encode(),
        new FloodMessage(2, Stranger, Minute, Samples.Entry(Samples.Synchronizable(1), new Ipv6Locator(Stranger, TransportProtocol.Tcp, 9))).Encode(),
        new ResponseMessage(3, Stranger, Minute, [new FqdnLocator("a", TransportProtocol.Tcp, 1), new UriLocator("b:c", null, null)]).Encode(),
        new RequestNegotiationMessage(4, Samples.Negotiable(1)).Encode(),
        new RequestSynchronizationMessage(4, Samples.Synchronizable()).Encode(),
        new NegotiationMessage(5, Samples.Negotiable(1)).Encode(),
        new EndMessage(6, false, "x").Encode(),
        new WaitMessage(7, Minute).Encode(),
        new InvalidMessage(8, new byte[] { 0x61, 0x78 }).Encode(),
    ];

    // Octets and bits changed, cut off, put in, taken out; or the head of one and the tail of another.
    private static byte[] Mutated(List<byte[]> seeds, SeededRandom random)
    {
        var bytes = seeds[random.Next(seeds.Count)].ToList();
        for (var changes = random.Next(4); changes >= 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at));
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4:
                    bytes.RemoveAt(at);
                    break;
                default:
                    var other = seeds[random.Next(seeds.Count)];
                    bytes = [.. bytes[..at], .. other[random.Next(other.Length)..]];
                    break;
            }
        }
        return [.. bytes];
    }
}
