using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;
using static Acp.Tests.GraspEngineRoom.Samples;

namespace Acp.Tests.GraspEngineRoom;

public class NegotiationTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TestNetwork _network = TestNetwork.Line(2);

    private TestNode Asking => _network.Nodes[0];

    private TestNode Serving => _network.Nodes[1];

    private AsaLocator Server => AsaLocator.Tcp(Serving.Address, 7017);

    private CommandId Request(AsaHandle asa, Objective? objective = null, bool discover = false) =>
        Asking.Begin(new GraspCommand.RequestNegotiate(asa, objective ?? Negotiable(10), discover ? null : Server, Minute));

    private static CommandId Listen(TestNode node, AsaHandle asa) => node.Begin(new GraspCommand.ListenNegotiate(asa, "EX1"));

    /// <summary>An established session: the initiator has a counter-offer of 5 with loop count <paramref name="loopCount"/> - 1.</summary>
    private (AsaHandle Asa, SessionHandle Session, AsaHandle Server, SessionHandle Served) Establish(byte loopCount = 6)
    {
        var (asa, server) = (Asking.Asa(Negotiable()), Serving.Asa(Negotiable()));
        var listening = Listen(Serving, server);
        var id = Request(asa, Negotiable(10, loopCount: loopCount));
        var served = Serving.Await<GraspResult.NegotiationRequested>(listening);
        Serving.Begin(new GraspCommand.NegotiateStep(server, served.Session, Negotiable(5), Minute));
        var offer = Asking.Await<GraspResult.Negotiated>(id);
        return (asa, offer.Session!.Value, server, served.Session);
    }

    [Fact]
    public void I10_I13_I14_offers_go_back_and_forth_and_the_loop_count_goes_down()
    {
        var (asa, server) = (Asking.Asa(Negotiable()), Serving.Asa(Negotiable()));
        var listening = Listen(Serving, server);
        var id = Request(asa, discover: true);
        var request = Serving.Await<GraspResult.NegotiationRequested>(listening);
        Assert.Equal((Value(10), (byte)6, (Ipv6Address?)Asking.Address), (request.Objective.Value!.Value, request.Objective.LoopCount, request.Peer));

        var step = Serving.Begin(new GraspCommand.NegotiateStep(server, request.Session, Negotiable(5), Minute));
        var offer = Asking.Await<GraspResult.Negotiated>(id);
        Assert.Equal((Value(5), (byte)5), (offer.Objective.Value!.Value, offer.Objective.LoopCount));

        id = Asking.Begin(new GraspCommand.NegotiateStep(asa, offer.Session!.Value, Negotiable(7, loopCount: 200), Minute));
        Assert.Equal(4, Serving.Await<GraspResult.Negotiated>(step).Objective.LoopCount);
        Assert.Equal(GraspError.ok, Serving.Call(new GraspCommand.EndNegotiate(server, request.Session, true)).Error);
        var agreed = Asking.Await<GraspResult.Negotiated>(id);
        Assert.Null(agreed.Session);
        Assert.Equal(Value(7), agreed.Objective.Value);

        _network.Advance(Minute);
        foreach (var node in _network.Nodes)
            Assert.Equal((0, 0, 0), (node.Engine.SessionCount, node.Engine.ConnectionCount, node.Engine.PendingCount)); // H-43, H-52
    }

    [Fact]
    public void I10_a_decline_is_code_1_with_its_reason()
    {
        var (asa, server) = (Asking.Asa(Negotiable()), Serving.Asa(Negotiable()));
        var listening = Listen(Serving, server);
        var id = Request(asa);
        var request = Serving.Await<GraspResult.NegotiationRequested>(listening);
        Serving.Call(new GraspCommand.EndNegotiate(server, request.Session, false, "no money"));
        Assert.Equal(new GraspResult.Done(GraspError.declined, "no money"), Asking.Await(id));
        Assert.Equal(GraspError.noSession, Serving.Call(new GraspCommand.NegotiateWait(server, request.Session, Minute)).Error); // I-24
    }

    [Fact]
    public void H42_at_loop_count_zero_nothing_is_sent_and_the_session_fails()
    {
        var (asa, session, _, _) = Establish(loopCount: 2);
        var sent = Asking.Sent.Count;
        var step = Asking.Call(new GraspCommand.NegotiateStep(asa, session, Negotiable(9), Minute));
        Assert.Equal(GraspError.loopExhausted, step.Error);
        Assert.Equal(sent, Asking.Sent.Count);
    }

    [Fact]
    public void H41_the_timer_is_60_s_and_M_WAIT_overwrites_and_restarts_it()
    {
        var (asa, server) = (Asking.Asa(Negotiable()), Serving.Asa(Negotiable()));
        var listening = Listen(Serving, server);
        var id = Asking.Begin(new GraspCommand.RequestNegotiate(asa, Negotiable(1), Server, TimeSpan.Zero)); // I-21
        var session = Serving.Await<GraspResult.NegotiationRequested>(listening).Session;
        _network.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(GraspError.ok, Serving.Call(new GraspCommand.NegotiateWait(server, session, TimeSpan.FromSeconds(90))).Error);
        Assert.Equal(TimeSpan.FromSeconds(90), Serving.SentOf<WaitMessage>().Single().WaitingTime);
        _network.Advance(TimeSpan.FromMilliseconds(1));
        _network.Advance(TimeSpan.FromSeconds(90) - TimeSpan.FromTicks(1));
        Assert.False(Asking.Results.ContainsKey(id));
        _network.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(GraspError.noNegReply, Asking.Results[id].Error);
    }

    [Fact]
    public void H41_without_a_reply_the_request_fails_after_60_s_and_not_before()
    {
        var asa = Asking.Asa(Negotiable());
        Listen(Serving, Serving.Asa(Negotiable()));
        var id = Asking.Begin(new GraspCommand.RequestNegotiate(asa, Negotiable(1), Server, TimeSpan.Zero));
        _network.Advance(TimeSpan.FromMilliseconds(1)); // the stream is open and the request is on its way
        _network.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromTicks(1));
        Assert.False(Asking.Results.ContainsKey(id));
        _network.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(GraspError.noNegReply, Asking.Results[id].Error);
    }

    [Fact]
    public void H44_a_request_that_nobody_listens_to_is_closed_at_once()
    {
        var asa = Asking.Asa(Negotiable());
        Serving.Asa(Negotiable());
        var start = _network.Now;
        Assert.Equal(GraspError.noPeer, Asking.Await(Request(asa)).Error);
        Assert.True(_network.Now - start < TimeSpan.FromSeconds(1));
        Assert.Equal(1, Serving.Engine.Counters.Dropped(GraspDropReason.NoListener));
    }

    [Fact]
    public void H43_a_stream_that_breaks_is_a_negotiation_that_failed()
    {
        var (asa, session, _, _) = Establish();
        var id = Asking.Begin(new GraspCommand.NegotiateStep(asa, session, Negotiable(7), Minute));
        Asking.Engine.HandleClosed(_network.Now, Asking.Streams.Keys.Single());
        _network.Perform(Asking);
        Assert.Equal(GraspError.noPeer, Asking.Results[id].Error);
        Assert.Equal(0, Asking.Engine.SessionCount);
    }

    [Fact]
    public void Errors_17_and_18_tell_nobody_found_from_nobody_reached()
    {
        var asa = Asking.Asa(Negotiable());
        Assert.Equal(GraspError.noDiscReply, Asking.Await(Request(asa, discover: true), 70).Error);
        var gone = Asking.Begin(new GraspCommand.RequestNegotiate(asa, Negotiable(), AsaLocator.Tcp(Ipv6Address.Parse("fd00::99"), 7017), Minute));
        Assert.Equal(GraspError.sockErrNegRq, Asking.Await(gone).Error);
        var datagrams = new AsaLocator(new Ipv6Locator(Serving.Address, TransportProtocol.Udp, 7017)); // H-51
        Assert.Equal(GraspError.sockErrNegRq, Asking.Call(new GraspCommand.RequestNegotiate(asa, Negotiable(), datagrams, Minute)).Error);
    }

    [Fact]
    public void H18_a_peer_that_toggles_dry_run_fails_the_session()
    {
        Assert.Equal(GraspError.invalidNeg, ReplyTo(id => new NegotiationMessage(id, Negotiable(3) with { Flags = Neg | ObjectiveFlags.F_NEG_DRY }).Encode()));
    }

    [Fact]
    public void Replies_that_make_no_sense_have_their_codes_24_25_26_28()
    {
        Assert.Equal(GraspError.invalidNeg, ReplyTo(id => new NegotiationMessage(id, Negotiable(3, "EX7")).Encode()));
        Assert.Equal(GraspError.invalidNeg, ReplyTo(id => [0x82, 5, 0x1a, (byte)(id >> 24), (byte)(id >> 16), (byte)(id >> 8), (byte)id]));
        Assert.Equal(GraspError.invalidEnd, ReplyTo(id => [0x82, 6, 0x1a, (byte)(id >> 24), (byte)(id >> 16), (byte)(id >> 8), (byte)id]));
        Assert.Equal(GraspError.CBORfail, ReplyTo(_ => [0x1c]));
        Assert.Equal(GraspError.noValidStep, ReplyTo(id => new SynchMessage(id, Synchronizable(1)).Encode()));
        Assert.Equal(GraspError.noValidStep, ReplyTo(id => new NegotiationMessage(id ^ 1, Negotiable(3)).Encode()));
        Assert.Equal(GraspError.noValidStep, ReplyTo(id => new InvalidMessage(id, null).Encode()));
        Assert.Equal(GraspError.loopExhausted, ReplyTo(id => new NegotiationMessage(id, Negotiable(3, loopCount: 0)).Encode()));
        Assert.Equal(GraspError.declined, ReplyTo(id => new EndMessage(id, false).Encode(), new NoopMessage().Encode(), [0x82, 0x18, 50, 1]));
    }

    private static GraspError ReplyTo(Func<uint, byte[]> reply, params byte[][] before)
    {
        var node = new TestNetwork().Add();
        var asa = node.Asa(Negotiable());
        var id = new CommandId(50);
        var now = node.Network.Now;
        node.Engine.HandleCommand(now, id, new GraspCommand.RequestNegotiate(asa, Negotiable(1), AsaLocator.Tcp(Ipv6Address.Parse("fd00::9"), 7017), Minute));
        var stream = node.Engine.Actions.Drain().OfType<GraspAction.Connect>().Single().Connection;
        node.Engine.HandleConnected(now, stream);
        var sent = node.Engine.Actions.Drain().OfType<GraspAction.SendOnStream>().Single().Message;
        Assert.True(GraspMessage.TryReadSessionId(sent.Span, out _, out var sessionId));
        foreach (var message in before.Append(reply(sessionId)))
            node.Engine.HandleStreamMessage(now, stream, message);
        var actions = node.Engine.Actions.Drain();
        Assert.Contains(new GraspAction.CloseStream(stream), actions);
        return actions.OfType<GraspAction.Complete>().Single(a => a.Command == id).Result.Error;
    }

    [Fact]
    public void H22_a_request_with_a_session_id_that_is_active_here_is_discarded_and_the_listener_told()
    {
        var server = Serving.Asa(Negotiable());
        var first = Listen(Serving, server);
        var second = Listen(Serving, server);
        var third = Listen(Serving, server);
        var message = new RequestNegotiationMessage(4711, Negotiable(1)).Encode();
        Deliver(Asking.Address);
        Assert.Equal(GraspError.ok, Serving.Results[first].Error);
        Deliver(Asking.Address);
        Assert.Equal(GraspError.IDclash, Serving.Results[second].Error);
        Deliver(Ipv6Address.Parse("fd00::77")); // H-20: the same id from somebody else is another session
        Assert.Equal(GraspError.ok, Serving.Results[third].Error);
        Assert.Equal(2, Serving.Engine.SessionCount);

        void Deliver(Ipv6Address from)
        {
            var stream = Serving.Engine.HandleAccepted(_network.Now, from)!.Value;
            Serving.Engine.HandleStreamMessage(_network.Now, stream, message);
            _network.Perform(Serving);
        }
    }

    [Fact]
    public void H48_200_sessions_with_one_stalled_asa_and_a_backlog_between_listen_calls()
    {
        var (asa, server) = (Asking.Asa(Negotiable()), Serving.Asa(Negotiable()));
        var stalled = Listen(Serving, server);
        var requests = Enumerable.Range(0, 200).Select(_ => Request(asa)).ToList();
        _network.Advance(TimeSpan.FromMilliseconds(50));
        Assert.True(Serving.Results.ContainsKey(stalled)); // its ASA never answers
        for (var i = 1; i < 200; i++)
        {
            var session = Serving.Call<GraspResult.NegotiationRequested>(new GraspCommand.ListenNegotiate(server, "EX1")).Session;
            Serving.Call(new GraspCommand.EndNegotiate(server, session, true));
        }
        _network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(199, requests.Count(r => Asking.Results.TryGetValue(r, out var result) && result.Error == GraspError.ok));
        _network.Advance(Minute);
        Assert.Single(requests, r => Asking.Results[r].Error == GraspError.noNegReply);
    }

    [Fact]
    public void I12_stop_listen_negotiate_answers_the_calls_that_wait()
    {
        var server = Serving.Asa(Negotiable());
        var waiting = Listen(Serving, server);
        Assert.Equal(GraspError.ok, Serving.Call(new GraspCommand.StopListenNegotiate(server, "EX1")).Error);
        Assert.Equal(GraspError.unspec, Serving.Results[waiting].Error);
        Assert.Equal(GraspError.noPeer, Asking.Await(Request(Asking.Asa(Negotiable()))).Error);
    }

    [Fact]
    public void H18_dry_run_needs_a_listener_that_knows_it_and_stays_one()
    {
        var dry = Negotiable(10) with { Flags = Neg | ObjectiveFlags.F_NEG_DRY };
        var asa = Asking.Asa(dry);
        var plain = Serving.Asa(Negotiable());
        Listen(Serving, plain);
        Assert.Equal(GraspError.declined, Asking.Await(Request(asa, dry)).Error);
        Serving.Call(new GraspCommand.DeregisterAsa(plain, "asa"));
        var server = Serving.Asa(dry);
        var listening = Listen(Serving, server);
        var id = Request(asa, dry);
        var session = Serving.Await<GraspResult.NegotiationRequested>(listening).Session;
        Serving.Begin(new GraspCommand.NegotiateStep(server, session, dry, Minute));
        var offer = Asking.Await<GraspResult.Negotiated>(id);
        Assert.Equal(GraspError.notDry, Asking.Call(new GraspCommand.NegotiateStep(asa, offer.Session!.Value, Negotiable(4), Minute)).Error);
    }

    [Fact]
    public void I20_send_invalid_ends_the_session_and_H08_is_not_answered()
    {
        var (asa, session, server, served) = Establish();
        Assert.Equal(GraspError.ok, Asking.Call(new GraspCommand.SendInvalid(asa, session, new byte[] { 1, 2 })).Error);
        Assert.Equal(new byte[] { 0x42, 1, 2 }, Asking.SentOf<InvalidMessage>().Single().Content!.Value.Memory.ToArray());
        _network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(GraspError.noSession, Serving.Call(new GraspCommand.NegotiateWait(server, served, Minute)).Error);
        Assert.Empty(Serving.SentOf<InvalidMessage>());
    }

    [Fact]
    public void H08_H10_an_unknown_request_gets_one_M_INVALID_and_M_INVALID_gets_none()
    {
        var stream = Serving.Engine.HandleAccepted(_network.Now, Asking.Address)!.Value;
        Serving.Engine.HandleStreamMessage(_network.Now, stream, [0x82, 0x18, 50, 7]);
        Assert.Equal([new GraspAction.SendOnStream(stream, new InvalidMessage(7, null).Encode()), new GraspAction.CloseStream(stream)], Serving.Engine.Actions.Drain());
        stream = Serving.Engine.HandleAccepted(_network.Now, Asking.Address)!.Value;
        Serving.Engine.HandleStreamMessage(_network.Now, stream, new InvalidMessage(7, null).Encode());
        Assert.Equal([new GraspAction.CloseStream(stream)], Serving.Engine.Actions.Drain());
    }

    [Theory]
    [InlineData(2048, true)]
    [InlineData(2049, false)]
    public void H23_a_request_of_2048_octets_is_served_and_one_more_is_not(int length, bool served)
    {
        var listening = Listen(Serving, Serving.Asa(Negotiable()));
        var empty = new RequestNegotiationMessage(uint.MaxValue, Negotiable() with { Value = Bytes(1900) }).Encode().Length;
        var message = new RequestNegotiationMessage(uint.MaxValue, Negotiable() with { Value = Bytes(1900 + length - empty) }).Encode();
        Assert.Equal(length, message.Length);
        var stream = Serving.Engine.HandleAccepted(_network.Now, Asking.Address)!.Value;
        Serving.Engine.HandleStreamMessage(_network.Now, stream, message);
        _network.Perform(Serving);
        Assert.Equal(served, Serving.Results.ContainsKey(listening));
        var asa = Asking.Asa(Negotiable());
        var sent = Asking.Begin(new GraspCommand.RequestNegotiate(asa, Negotiable() with { Value = Bytes(1900 + length - empty) }, Server, Minute));
        Assert.Equal(!served, Asking.Results.TryGetValue(sent, out var result) && result.Error == GraspError.messageTooLong);
    }

    [Fact]
    public void I26_10000_silent_streams_are_bounded_and_closed_after_a_while()
    {
        var accepted = Enumerable.Range(0, 10_000).Count(i => Serving.Engine.HandleAccepted(_network.Now, new Ipv6Address((UInt128)(i % 100) + 1)) is not null);
        Assert.Equal(new GraspOptions().MaxSilentStreams, accepted);
        Assert.Equal(10_000 - accepted, Serving.Engine.Counters.Dropped(GraspDropReason.Overload));
        _network.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal(accepted, Serving.Engine.ConnectionCount);
        _network.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, Serving.Engine.ConnectionCount);
    }

    [Fact]
    public void A_free_exchange_carries_any_items_both_ways()
    {
        var (asa, server) = (Asking.Asa(Negotiable()), Serving.Asa(Negotiable()));
        var listening = Listen(Serving, server);
        var opened = Asking.Await<GraspResult.Negotiated>(Asking.Begin(
            new GraspCommand.RequestNegotiate(asa, Negotiable(1), Server, Minute) { FreeExchange = true }));
        Assert.Equal(GraspError.noReply, opened.Error);
        var served = Serving.Await<GraspResult.NegotiationRequested>(listening).Session;
        Assert.Equal(GraspError.ok, Asking.Call(new GraspCommand.Send(asa, opened.Session!.Value, Value(1))).Error);
        Assert.Equal(GraspError.ok, Asking.Call(new GraspCommand.Send(asa, opened.Session.Value, Value(2))).Error);
        Assert.Equal(GraspError.badValue, Asking.Call(new GraspCommand.Send(asa, opened.Session.Value, new byte[] { 0x82 })).Error);
        var one = Serving.Await<GraspResult.Received>(Serving.Begin(new GraspCommand.Receive(server, served, Minute)));
        _network.Advance(TimeSpan.FromSeconds(1));
        var two = Serving.Call<GraspResult.Received>(new GraspCommand.Receive(server, served, Minute));
        Assert.Equal([Value(1), Value(2)], new[] { one.Item, two.Item });
        Assert.Equal(GraspError.noReply, Serving.Await(Serving.Begin(new GraspCommand.Receive(server, served, TimeSpan.FromSeconds(1)))).Error);
        Serving.Call(new GraspCommand.Send(server, served, Value(3)));
        Assert.Equal(Value(3), Asking.Await<GraspResult.Received>(Asking.Begin(new GraspCommand.Receive(asa, opened.Session.Value, Minute))).Item);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void H46_rapid_negotiation_skips_the_response_on_one_link_where_it_is_allowed(bool allowed)
    {
        var network = TestNetwork.Line(2, GraspInterfaceKind.Multicast, new GraspOptions { Kind = GraspInstanceKind.Standalone, RapidNegotiation = allowed });
        var (asking, serving) = (network.Nodes[0], network.Nodes[1]);
        var server = serving.Asa();
        serving.Call(new GraspCommand.RegisterObjective(server, Negotiable()) { Rapid = true });
        var listening = Listen(serving, server);
        var asa = asking.Asa(Negotiable());
        var id = asking.Begin(new GraspCommand.RequestNegotiate(asa, Negotiable(10), null, Minute) { Rapid = true });
        var request = serving.Await<GraspResult.NegotiationRequested>(listening);
        Assert.Equal(Value(10), request.Objective.Value);
        serving.Begin(new GraspCommand.NegotiateStep(server, request.Session, Negotiable(5), Minute));
        var offer = asking.Await<GraspResult.Negotiated>(id);
        Assert.Equal(Value(5), offer.Objective.Value);
        asking.Call(new GraspCommand.EndNegotiate(asa, offer.Session!.Value, true));
        network.Advance(Minute);
        Assert.Equal(allowed, !serving.SentOf<ResponseMessage>().Any());
        Assert.Equal((0, 0), (asking.Engine.SessionCount, serving.Engine.SessionCount));
    }

    [Fact]
    public void J13_asas_of_one_node_negotiate_with_nobody_around()
    {
        var node = new TestNetwork().Add();
        var server = node.Asa();
        var asa = node.Asa("client");
        node.Call(new GraspCommand.RegisterObjective(server, Negotiable()) { Overlap = true });
        node.Call(new GraspCommand.RegisterObjective(asa, Negotiable()) { Overlap = true });
        var listening = Listen(node, server);
        var id = node.Begin(new GraspCommand.RequestNegotiate(asa, Negotiable(3), null, Minute));
        var session = node.Await<GraspResult.NegotiationRequested>(listening).Session;
        node.Call(new GraspCommand.EndNegotiate(server, session, true));
        Assert.Equal(GraspError.ok, node.Await(id).Error);
        Assert.Empty(node.Sent);
        Assert.Equal((0, 0), (node.Engine.SessionCount, node.Engine.ConnectionCount));
    }

    [Fact]
    public void Quirk3_nothing_follows_M_WAIT_sooner_than_the_pause()
    {
        var network = TestNetwork.Line(2, options: new GraspOptions { PauseAfterWait = TimeSpan.FromMilliseconds(300) });
        var (asking, serving) = (network.Nodes[0], network.Nodes[1]);
        var server = serving.Asa(Negotiable());
        var listening = Listen(serving, server);
        var id = asking.Begin(new GraspCommand.RequestNegotiate(asking.Asa(Negotiable()), Negotiable(1), AsaLocator.Tcp(serving.Address, 7017), Minute));
        var session = serving.Await<GraspResult.NegotiationRequested>(listening).Session;
        serving.Call(new GraspCommand.NegotiateWait(server, session, Minute));
        serving.Call(new GraspCommand.EndNegotiate(server, session, true));
        network.Advance(TimeSpan.FromMilliseconds(300) - TimeSpan.FromTicks(1));
        Assert.Empty(serving.SentOf<EndMessage>());
        Assert.Equal(GraspError.ok, asking.Await(id).Error);
        Assert.Single(serving.SentOf<EndMessage>());
    }

    [Fact]
    public void A_cancelled_request_is_not_answered_and_leaves_nothing_behind()
    {
        Listen(Serving, Serving.Asa(Negotiable()));
        var id = Request(Asking.Asa(Negotiable()));
        _network.Advance(TimeSpan.FromMilliseconds(10));
        Asking.Engine.HandleCancel(_network.Now, id);
        _network.Perform(Asking);
        _network.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Asking.Results.ContainsKey(id));
        Assert.Equal((0, 0, 0), (Asking.Engine.SessionCount, Asking.Engine.ConnectionCount, Asking.Engine.PendingCount));
    }
}
