using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;
using static Acp.Tests.GraspEngineRoom.Samples;

namespace Acp.Tests.GraspEngineRoom;

public class ApiTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void I01_the_error_codes_have_the_numbers_and_names_of_RFC_8991()
    {
        string[] names =
        [
            "ok", "declined", "noReply", "unspec", "ASAfull", "dupASA", "noASA", "notYourASA", "notBoth", "notDry", "notOverlap",
            "objFull", "objReg", "notYourObj", "notObj", "notNeg", "noSecurity", "noDiscReply", "sockErrNegRq", "noSession",
            "noSocket", "loopExhausted", "sockErrNegStep", "noPeer", "CBORfail", "invalidNeg", "invalidEnd", "noNegReply",
            "noValidStep", "sockErrWait", "sockErrEnd", "IDclash", "notSynch", "notFloodDisc", "sockErrSynRq", "noListener",
            "noSynchReply", "noValidSynch", "invalidLoc",
        ];
        Assert.Equal(names, Enum.GetValues<GraspError>().Where(e => (int)e < 1000).Select(e => e.ToString()));
        Assert.Equal(Enumerable.Range(0, 39), Enum.GetValues<GraspError>().Where(e => (int)e < 1000).Select(e => (int)e));
    }

    [Theory]
    [InlineData("EX0", false)]
    [InlineData("EX9", false)]
    [InlineData("EX10", true)]
    [InlineData("EXA", true)]
    [InlineData("411:EX1", true)]
    public void H17_objectives_for_experiments_are_refused_where_they_are_not_allowed(string name, bool registered)
    {
        var node = new TestNetwork(options: new GraspOptions { ExperimentalObjectives = false }).Add();
        var answer = node.Call(new GraspCommand.RegisterObjective(node.Asa(), Synchronizable(name: name)));
        Assert.Equal(registered ? GraspError.ok : GraspError.experimental, answer.Error);
        var lab = new TestNetwork().Add();
        Assert.Equal(GraspError.ok, lab.Call(new GraspCommand.RegisterObjective(lab.Asa(), Synchronizable(name: name))).Error);
    }

    [Fact]
    public void H20_one_session_id_from_two_initiators_is_two_sessions()
    {
        var network = TestNetwork.Line(3);
        var (left, node, right) = (network.Nodes[0], network.Nodes[1], network.Nodes[2]);
        var server = node.Asa(Negotiable());
        var listening = new[] { node.Begin(new GraspCommand.ListenNegotiate(server, "EX1")), node.Begin(new GraspCommand.ListenNegotiate(server, "EX1")) };
        foreach (var from in new[] { left, right })
        {
            var stream = node.Engine.HandleAccepted(network.Now, from.Address)!.Value;
            node.Engine.HandleStreamMessage(network.Now, stream, new RequestNegotiationMessage(4711, Negotiable()).Encode());
            var flood = new FloodMessage(4711, from.Address, Minute, Entry(Synchronizable(from.Number)));
            node.Engine.HandleMulticast(network.Now, node.Links.Keys.First(), from.AsNeighbor, flood.Encode());
        }
        network.Perform(node);
        Assert.All(listening, l => Assert.Equal(GraspError.ok, node.Results[l].Error));
        Assert.Equal(2, node.Engine.Counters.FloodsReceived);
        Assert.Equal(0, node.Engine.Counters.Dropped(GraspDropReason.SessionIdClash) + node.Engine.Counters.Dropped(GraspDropReason.Duplicate));
    }

    [Fact]
    public void H47_a_value_that_is_asked_for_is_null_and_one_that_is_offered_never_absent()
    {
        var peer = new ScriptedPeer();
        var server = AsaLocator.Tcp(ScriptedPeer.Address, 7017);
        peer.Begin(new GraspCommand.Synchronize(peer.Asa(), Synchronizable() with { Value = null }, server, Minute));
        peer.Accept();
        peer.Begin(new GraspCommand.RequestNegotiate(peer.Asa(Negotiable()), Negotiable() with { Value = null }, server, Minute));
        peer.Accept();
        Assert.Equal<ByteString?>(new byte[] { 0xf6 }, peer.Sent<RequestSynchronizationMessage>().Single().Objective.Value);
        Assert.Equal<ByteString?>(new byte[] { 0xf6 }, peer.Sent<RequestNegotiationMessage>().Single().Objective.Value);
    }

    [Fact]
    public void I21_a_timeout_of_zero_is_a_minute_except_for_discovery()
    {
        var peer = new ScriptedPeer();
        var server = AsaLocator.Tcp(ScriptedPeer.Address, 7017);
        var asa = peer.Asa(Negotiable());
        Assert.Empty(Assert.IsType<GraspResult.Discovered>(peer.Call(new GraspCommand.Discover(asa, Negotiable(), TimeSpan.Zero, TimeSpan.Zero))).Locators);
        var calls = new[]
        {
            peer.Begin(new GraspCommand.Synchronize(asa, Synchronizable(), server, TimeSpan.Zero)),
            peer.Begin(new GraspCommand.RequestNegotiate(asa, Negotiable(), server, TimeSpan.Zero)),
            peer.Begin(new GraspCommand.Synchronize(asa, Synchronizable(), null, TimeSpan.Zero)),
        };
        peer.Advance(Minute - TimeSpan.FromTicks(1));
        Assert.All(calls, c => Assert.False(peer.Results.ContainsKey(c)));
        peer.Advance(TimeSpan.FromTicks(1));
        Assert.Equal([GraspError.sockErrSynRq, GraspError.sockErrNegRq, GraspError.notFloodDisc], calls.Select(c => peer.Results[c].Error));
    }

    [Fact]
    public void I24_a_session_is_its_own_asas_and_ends_once()
    {
        var peer = new ScriptedPeer();
        var (asa, other) = (peer.Asa(Negotiable()), peer.Asa(Negotiable(name: "EX3")));
        var listening = peer.Begin(new GraspCommand.ListenNegotiate(asa, "EX1"));
        peer.Say(peer.Connect(), new RequestNegotiationMessage(1, Negotiable()));
        var session = ((GraspResult.NegotiationRequested)peer.Results[listening]).Session;
        foreach (var stranger in new[] { (other, session), (asa, new SessionHandle(session.Value ^ 1)) })
        {
            Assert.Equal(GraspError.noSession, peer.Call(new GraspCommand.NegotiateWait(stranger.Item1, stranger.Item2, Minute)).Error);
            Assert.Equal(GraspError.noSession, peer.Call(new GraspCommand.NegotiateStep(stranger.Item1, stranger.Item2, Negotiable(), Minute)).Error);
            Assert.Equal(GraspError.noSession, peer.Call(new GraspCommand.EndNegotiate(stranger.Item1, stranger.Item2, true)).Error);
        }
        Assert.Equal(GraspError.ok, peer.Call(new GraspCommand.EndNegotiate(asa, session, true)).Error);
        Assert.Equal(GraspError.noSession, peer.Call(new GraspCommand.EndNegotiate(asa, session, true)).Error);
    }

    [Fact]
    public void I03_an_asa_is_registered_once_under_an_unpredictable_handle_up_to_a_limit()
    {
        var node = new TestNetwork(options: new GraspOptions { MaxAsas = 3 }).Add();
        var handles = Enumerable.Range(0, 3).Select(i => node.Asa("a" + i).Value).ToList();
        Assert.Equal(3, handles.Distinct().Count());
        Assert.Equal(GraspError.dupASA, node.Call(new GraspCommand.RegisterAsa("a1")).Error);
        Assert.Equal(GraspError.ASAfull, node.Call(new GraspCommand.RegisterAsa("b")).Error);
    }

    [Fact]
    public void I04_deregistration_ends_sessions_listeners_and_calls()
    {
        var network = TestNetwork.Line(2);
        var (node, serving) = (network.Nodes[0], network.Nodes[1]);
        var asa = node.Asa(Negotiable());
        var other = node.Asa("other");
        Assert.Equal(GraspError.notYourASA, node.Call(new GraspCommand.DeregisterAsa(asa, "other")).Error);
        serving.Begin(new GraspCommand.ListenNegotiate(serving.Asa(Negotiable()), "EX1"));
        var listening = node.Begin(new GraspCommand.ListenNegotiate(asa, "EX1"));
        var asking = node.Begin(new GraspCommand.RequestNegotiate(asa, Negotiable(1), AsaLocator.Tcp(serving.Address, 7017), Minute));
        network.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(GraspError.ok, node.Call(new GraspCommand.DeregisterAsa(asa, "asa")).Error);
        Assert.Equal(GraspError.notObj, node.Results[listening].Error);
        Assert.Equal(GraspError.notObj, node.Results[asking].Error);
        Assert.Equal((0, 0), (node.Engine.SessionCount, node.Engine.PendingCount));
        Assert.Equal(GraspError.noASA, node.Call(new GraspCommand.DeregisterAsa(asa, "asa")).Error);
        Assert.Equal(GraspError.ok, node.Call(new GraspCommand.RegisterObjective(other, Negotiable())).Error);
    }

    [Fact]
    public void I05_I07_I08_I22_registration_of_objectives()
    {
        var node = new TestNetwork(options: new GraspOptions { MaxObjectivesPerAsa = 2 }).Add();
        var (a, b) = (node.Asa("a"), node.Asa("b"));
        GraspError Register(AsaHandle asa, string name, ObjectiveFlags flags, bool overlap = false) =>
            node.Call(new GraspCommand.RegisterObjective(asa, new Objective(name, flags, 6, null)) { Overlap = overlap }).Error;
        Assert.Equal(GraspError.notBoth, Register(a, "EX1", Neg | Synch));
        Assert.Equal(GraspError.notDry, Register(a, "EX1", ObjectiveFlags.F_NEG_DRY));
        Assert.Equal(GraspError.noASA, Register(new AsaHandle(0), "EX1", Neg));
        Assert.Equal(GraspError.ok, Register(a, "EX1", Neg));
        Assert.Equal(GraspError.objReg, Register(a, "EX1", Neg));
        Assert.Equal(GraspError.objReg, Register(b, "EX1", Neg, overlap: true)); // mixed
        Assert.Equal(GraspError.ok, Register(a, "EX2", Neg, overlap: true));
        Assert.Equal(GraspError.ok, Register(b, "EX2", Neg, overlap: true));
        Assert.Equal(GraspError.objFull, Register(a, "EX3", Neg));
        Assert.Equal(GraspError.notYourObj, node.Call(new GraspCommand.DeregisterObjective(b, "EX1")).Error);
        Assert.Equal(GraspError.notObj, node.Call(new GraspCommand.DeregisterObjective(b, "EX8")).Error);
        Assert.Equal(GraspError.ok, node.Call(new GraspCommand.DeregisterObjective(a, "EX1")).Error);
        Assert.Equal(GraspError.ok, Register(b, "EX1", Neg));
        // H-16: names are compared octet by octet.
        var strict = new TestNetwork(options: new GraspOptions { SupportsOverlap = false }).Add();
        var c = strict.Asa();
        Assert.Equal(GraspError.ok, strict.Call(new GraspCommand.RegisterObjective(c, Negotiable(name: "x:\u00e9"))).Error);
        Assert.Equal(GraspError.ok, strict.Call(new GraspCommand.RegisterObjective(c, Negotiable(name: "x:e\u0301"))).Error);
        Assert.Equal(GraspError.notOverlap, strict.Call(new GraspCommand.RegisterObjective(c, Negotiable(name: "EX5")) { Overlap = true }).Error);
    }

    [Fact]
    public void Calls_on_objectives_of_the_wrong_kind_or_owner_have_their_codes()
    {
        var node = new TestNetwork().Add();
        var asa = node.Asa(Synchronizable());
        var other = node.Asa(Negotiable(), "other");
        Assert.Equal(GraspError.notNeg, node.Call(new GraspCommand.RequestNegotiate(asa, Negotiable(1, "EX2"), null, Minute)).Error);
        Assert.Equal(GraspError.notNeg, node.Call(new GraspCommand.ListenNegotiate(asa, "EX2")).Error);
        Assert.Equal(GraspError.notYourObj, node.Call(new GraspCommand.ListenNegotiate(asa, "EX1")).Error);
        Assert.Equal(GraspError.notSynch, node.Call(new GraspCommand.Synchronize(asa, Negotiable(), null, Minute)).Error);
        Assert.Equal(GraspError.notSynch, node.Call(new GraspCommand.ListenSynchronize(other, Negotiable(1))).Error);
        Assert.Equal(GraspError.notObj, node.Call(new GraspCommand.StopListenSynchronize(other, "EX7")).Error);
        Assert.Equal(GraspError.noSession, node.Call(new GraspCommand.EndNegotiate(asa, new SessionHandle(1), true)).Error);
        Assert.Equal(GraspError.noASA, node.Call(new GraspCommand.EndNegotiate(new AsaHandle(0), new SessionHandle(1), true)).Error);
        Assert.Equal(GraspError.notObj, node.Call(new GraspCommand.ExpireFlood(asa, "EX2", null)).Error);
    }

    [Fact]
    public void H45_H52_synchronization_is_one_request_one_answer_and_a_closed_stream()
    {
        var network = TestNetwork.Line(4);
        var (node, serving) = (network.Nodes[0], network.Nodes[3]);
        var server = serving.Asa(Synchronizable());
        serving.Call(new GraspCommand.ListenSynchronize(server, Synchronizable(1)));
        var asa = node.Asa();
        GraspResult.Synchronized Synchronize() =>
            node.Await<GraspResult.Synchronized>(node.Begin(new GraspCommand.Synchronize(asa, Synchronizable(), null, TimeSpan.Zero)));
        Assert.Equal(Value(1), Synchronize().Objective.Value);
        serving.Call(new GraspCommand.ListenSynchronize(server, Synchronizable(2))); // I-16
        Assert.Equal(Value(2), Synchronize().Objective.Value);
        var asked = node.SentOf<RequestSynchronizationMessage>().First();
        Assert.Equal((Value(0).Length, (byte)0xf6), (asked.Objective.Value!.Value.Length, asked.Objective.Value.Value.Span[0])); // H-47
        network.Advance(TimeSpan.FromSeconds(1));
        Assert.All(network.Nodes, n => Assert.Equal((0, 0, 0), (n.Engine.SessionCount, n.Engine.ConnectionCount, n.Engine.PendingCount)));
        Assert.DoesNotContain(node.SentOf<RequestSynchronizationMessage>(), r => node.SentOf<DiscoveryMessage>().Any(d => d.SessionId == r.SessionId)); // quirk 8
    }

    [Fact]
    public void I15_a_flooded_copy_is_given_at_once_and_causes_no_traffic()
    {
        var network = TestNetwork.Line(2);
        var (node, flooding) = (network.Nodes[0], network.Nodes[1]);
        flooding.Call(new GraspCommand.Flood(flooding.Asa(Synchronizable()), Minute, Entry(Synchronizable(9))));
        network.Advance(TimeSpan.FromSeconds(1));
        var result = node.Call<GraspResult.Synchronized>(new GraspCommand.Synchronize(node.Asa(), Synchronizable(), null, Minute));
        Assert.Equal(Value(9), result.Objective.Value);
        Assert.NotNull(result.Flood);
        Assert.Empty(node.Sent);
    }

    [Fact]
    public void Synchronization_fails_with_33_34_35_36_37_and_24()
    {
        var network = TestNetwork.Line(2);
        var (node, serving) = (network.Nodes[0], network.Nodes[1]);
        var asa = node.Asa();
        CommandId Begin(AsaLocator? peer) => node.Begin(new GraspCommand.Synchronize(asa, Synchronizable(), peer, TimeSpan.FromSeconds(2)));
        Assert.Equal(GraspError.notFloodDisc, node.Await(Begin(null)).Error);
        Assert.Equal(GraspError.sockErrSynRq, node.Await(Begin(AsaLocator.Tcp(Ipv6Address.Parse("fd00::99"), 7017))).Error);
        Assert.Equal(GraspError.noListener, node.Await(Begin(AsaLocator.Tcp(serving.Address, 7017))).Error);
        Assert.Equal(GraspError.noValidSynch, ReplyTo(new SynchMessage(0, Synchronizable(1)).Encode()));
        Assert.Equal(GraspError.noValidSynch, ReplyTo(new WaitMessage(0, Minute).Encode())); // quirk 9
        Assert.Equal(GraspError.CBORfail, ReplyTo([0xff]));
        Assert.Equal(GraspError.noSynchReply, ReplyTo(null));

        GraspError ReplyTo(byte[]? reply)
        {
            var id = new CommandId(10_000 + node.Actions.Count);
            node.Engine.HandleCommand(network.Now, id, new GraspCommand.Synchronize(asa, Synchronizable(), AsaLocator.Tcp(Ipv6Address.Parse("fd00::5"), 7017), TimeSpan.Zero));
            var stream = node.Engine.Actions.Drain().OfType<GraspAction.Connect>().Single().Connection;
            node.Engine.HandleConnected(network.Now, stream);
            if (reply is not null)
                node.Engine.HandleStreamMessage(network.Now, stream, reply);
            else
                network.Advance(TimeSpan.FromSeconds(60));
            node.Actions.AddRange(node.Engine.Actions.Drain());
            return node.Actions.OfType<GraspAction.Complete>().Single(a => a.Command == id).Result.Error;
        }
    }

    [Fact]
    public void J13_asas_of_one_node_synchronize_with_nobody_around()
    {
        var node = new TestNetwork().Add();
        var server = node.Asa(Synchronizable());
        node.Call(new GraspCommand.ListenSynchronize(server, Synchronizable(4)));
        var id = node.Begin(new GraspCommand.Synchronize(node.Asa("reader"), Synchronizable(), null, Minute));
        Assert.Equal(Value(4), node.Await<GraspResult.Synchronized>(id).Objective.Value);
        Assert.Empty(node.Sent);
    }

    [Fact]
    public void J06_a_request_on_a_flooding_session_closes_it_and_H51_in_a_datagram_is_passed_over()
    {
        var request = new RequestNegotiationMessage(1, Negotiable(1)).Encode();
        var network = TestNetwork.Line(2);
        var node = network.Nodes[1];
        node.Begin(new GraspCommand.ListenNegotiate(node.Asa(Negotiable()), "EX1"));
        node.Engine.HandleMulticast(network.Now, new GraspInterfaceId(1), network.Nodes[0].AsNeighbor, request);
        Assert.Equal([new GraspAction.CloseNeighbor(new GraspInterfaceId(1), network.Nodes[0].AsNeighbor)], node.Engine.Actions.Drain());

        network = TestNetwork.Line(2, GraspInterfaceKind.Multicast);
        node = network.Nodes[1];
        node.Engine.HandleMulticast(network.Now, new GraspInterfaceId(1), network.Nodes[0].AsNeighbor, request);
        node.Engine.HandleMulticast(network.Now, new GraspInterfaceId(1), network.Nodes[0].AsNeighbor, [0x82, 0x18, 50, 7]); // H-10
        node.Engine.HandleMulticast(network.Now, new GraspInterfaceId(1), network.Nodes[0].AsNeighbor, new NoopMessage().Encode()); // H-09
        Assert.Empty(node.Engine.Actions.Drain());
        Assert.Equal(1, node.Engine.Counters.Dropped(GraspDropReason.WrongTransport));
        Assert.Equal(1, node.Engine.Counters.Undecodable(GraspRefusal.UnknownMessageType));
    }

    [Fact]
    public void H19_a_session_id_in_use_or_used_recently_is_drawn_again()
    {
        var network = new TestNetwork();
        var random = new ScriptedRandom(11, 22, 22, 11, 33);
        var engine = new Acp.Core.Grasp.GraspEngine(new GraspOptions(), random);
        engine.SetOperational(network.Now, true);
        engine.HandleInterfaceUp(network.Now, new GraspInterface(new(1), GraspInterfaceKind.Channel, Ipv6Address.Parse("fe80::1")));
        engine.HandleCommand(network.Now, new CommandId(1), new GraspCommand.RegisterAsa("a")); // 11
        var asa = engine.Actions.Drain().OfType<GraspAction.Complete>().Select(a => ((GraspResult.AsaRegistered)a.Result).Asa).Single();
        Discover(2); // 22, in use
        Discover(3); // 22 again, so 11
        Assert.Equal([22u, 11u], Sent());
        engine.HandleTime(network.Now + TimeSpan.FromMilliseconds(100)); // both are over
        random.Add(22, 11, 44);
        Discover(4); // 33
        Discover(5); // 22 and 11 were used recently
        Assert.Equal([33u, 44u], Sent());

        void Discover(int id) => engine.HandleCommand(network.Now, new CommandId(id),
            new GraspCommand.Discover(asa, Synchronizable(), TimeSpan.FromMilliseconds(100), TimeSpan.Zero));

        uint[] Sent() => [.. engine.Actions.Drain().OfType<GraspAction.SendMulticast>().Select(a =>
        {
            GraspMessage.TryReadSessionId(a.Message.Span, out _, out var id);
            return id;
        })];
    }

    [Fact]
    public void H19_H35_a_session_id_that_others_still_remember_of_a_flood_is_drawn_again()
    {
        var network = new TestNetwork();
        var random = new ScriptedRandom(11, 22, 22, 33);
        var engine = new Acp.Core.Grasp.GraspEngine(new GraspOptions { MaxRecentSessionIds = 0 }, random);
        engine.SetOperational(network.Now, true);
        engine.HandleInterfaceUp(network.Now, new GraspInterface(new(1), GraspInterfaceKind.Channel, Ipv6Address.Parse("fe80::1")));
        engine.HandleCommand(network.Now, new CommandId(1), new GraspCommand.RegisterAsa("a")); // 11
        var asa = engine.Actions.Drain().OfType<GraspAction.Complete>().Select(a => ((GraspResult.AsaRegistered)a.Result).Asa).Single();
        engine.HandleCommand(network.Now, new CommandId(2), new GraspCommand.RegisterObjective(asa, Synchronizable()));
        for (var i = 3; i < 5; i++) // 22; 22 again, so 33
            engine.HandleCommand(network.Now, new CommandId(i), new GraspCommand.Flood(asa, Minute, Entry(Synchronizable(i))));
        Assert.Equal([22u, 33u], engine.Actions.Drain().OfType<GraspAction.SendMulticast>().Select(a =>
        {
            GraspMessage.TryReadSessionId(a.Message.Span, out _, out var id);
            return id;
        }));
    }

    [Fact]
    public void J02_H49_interfaces_come_and_go_and_the_relay_set_follows()
    {
        var network = TestNetwork.Line(3);
        var middle = network.Nodes[1];
        middle.Engine.HandleInterfaceDown(network.Now, new GraspInterfaceId(2));
        network.Nodes[0].Call(new GraspCommand.Flood(network.Nodes[0].Asa(Synchronizable()), Minute, Entry(Synchronizable(1))));
        network.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(middle.Sent);
        middle.Engine.HandleInterfaceUp(network.Now, new GraspInterface(new(2), GraspInterfaceKind.Channel, middle.LinkLocal));
        network.Nodes[0].Call(new GraspCommand.Flood(network.Nodes[0].Asa(Synchronizable(name: "EX3"), "b"), Minute, Entry(Synchronizable(1, "EX3"))));
        network.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(middle.Sent);
        // Renumbering: what is discovered from now on is the new address.
        var server = middle.Asa(Synchronizable(name: "EX4"));
        middle.Call(new GraspCommand.ListenSynchronize(server, Synchronizable(1, "EX4")));
        var renumbered = Ipv6Address.Parse("fd00::4242");
        middle.Engine.SetAddress(network.Now, renumbered, 7018);
        var asking = network.Nodes[2];
        var id = asking.Begin(new GraspCommand.Discover(asking.Asa(), Synchronizable(name: "EX4"), Minute, TimeSpan.Zero) { Enough = 1 });
        Assert.Equal(new Ipv6Locator(renumbered, TransportProtocol.Tcp, 7018), asking.Await<GraspResult.Discovered>(id).Locators[0].Locator);
    }

    [Fact]
    public void I25_a_locator_says_what_it_is()
    {
        var six = new AsaLocator(new Ipv6Locator(Ipv6Address.Parse("fe80::1"), TransportProtocol.Tcp, 5), new GraspInterfaceId(3), new Instant(9), true);
        Assert.Equal((true, false, true, true, (ushort?)5, (TransportProtocol?)TransportProtocol.Tcp),
            (six.IsIpv6, six.IsIpv4, six.IsDiverted, six.IsLinkLocal, six.Port, six.Protocol));
        var uri = new AsaLocator(new UriLocator("https://x", null, null));
        Assert.Equal((true, true, (ushort?)null), (uri.IsUri, uri.MayBeOutsideAcp, uri.Port));
        Assert.True(new AsaLocator(new Ipv4Locator(1, TransportProtocol.Udp, 1)) is { IsIpv4: true, IsReliable: false });
    }

    [Fact]
    public void Mutated_messages_never_throw_and_leave_memory_bounded()
    {
        var network = TestNetwork.Line(3);
        var node = network.Nodes[1];
        var asa = node.Asa(Negotiable());
        node.Begin(new GraspCommand.ListenNegotiate(asa, "EX1"));
        var random = new SeededRandom(99);
        byte[][] seeds =
        [
            new DiscoveryMessage(1, network.Nodes[0].Address, Negotiable()).Encode(),
            new FloodMessage(2, network.Nodes[0].Address, Minute, Entry(Synchronizable(1))).Encode(),
            new ResponseMessage(3, network.Nodes[0].Address, Minute, [new FqdnLocator("a", TransportProtocol.Tcp, 1)]).Encode(),
            new RequestNegotiationMessage(4, Negotiable(1)).Encode(),
            new NegotiationMessage(5, Negotiable(1)).Encode(),
            new EndMessage(6, false, "x").Encode(),
            new WaitMessage(7, Minute).Encode(),
        ];
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var flips = random.Next(4); flips >= 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (i % 2 == 0)
                node.Engine.HandleMulticast(network.Now, new GraspInterfaceId(1), network.Nodes[0].AsNeighbor, bytes);
            else if (node.Engine.HandleAccepted(network.Now, network.Nodes[0].Address) is { } stream)
            {
                node.Engine.HandleStreamMessage(network.Now, stream, bytes);
                node.Engine.HandleStreamMessage(network.Now, stream, bytes);
                if (i % 4 == 1)
                    node.Engine.HandleClosed(network.Now, stream);
            }
            node.Engine.Actions.Drain();
            node.Engine.Facts.Drain();
        }
        var limits = new GraspOptions();
        Assert.True(node.Engine.SessionCount <= limits.MaxListenBacklog + 1);
        Assert.True(node.Engine.ConnectionCount <= limits.MaxSilentStreams + limits.MaxListenBacklog + 2);
        Assert.True(node.Engine.RelayedDiscoveryCount <= limits.MaxRelayedDiscoveries);
        network.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal((0, 0), (node.Engine.SessionCount, node.Engine.ConnectionCount));
    }

    private sealed class ScriptedRandom(params uint[] values) : RandomSource
    {
        private readonly Queue<uint> _values = new(values);

        public void Add(params uint[] more)
        {
            foreach (var value in more)
                _values.Enqueue(value);
        }

        public override void Fill(Span<byte> destination) => BitConverter.TryWriteBytes(destination, _values.Dequeue());
    }
}
