using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;
using static Acp.Tests.GraspEngineRoom.Samples;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>Streams that two engines keep for their next session, and when they do not (RFC 8990 §2.5.5: SHOULD be closed).</summary>
public sealed class KeptStreamTests
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly GraspOptions Keeping = new() { KeepStreams = Keep };

    [Fact]
    public void H52_sessions_one_after_the_other_share_a_stream_that_both_ends_keep()
    {
        var (network, asking, serving) = Pair(Keeping, Keeping);
        for (var i = 0; i < 5; i++)
        {
            Synchronize(asking, serving);
            Negotiate(asking, serving);
        }
        Assert.Single(asking.Actions.OfType<GraspAction.Connect>());
        Assert.Equal(10, serving.SentOf<NoopMessage>().Count());
        Assert.Equal(10, asking.Sent.Select(SessionIdOf).OfType<uint>().Distinct().Count()); // H-19
        Assert.Equal((1, 1), (asking.Engine.KeptCount, serving.Engine.KeptCount));
        // Until it has rested so long; the other end waits for us to close.
        network.Advance(Keep - TimeSpan.FromMilliseconds(100));
        Assert.Equal((1, 1), (asking.Engine.ConnectionCount, serving.Engine.ConnectionCount));
        network.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal((0, 0), (asking.Engine.ConnectionCount, serving.Engine.ConnectionCount));
        Synchronize(asking, serving);
        Assert.Equal(2, asking.Actions.OfType<GraspAction.Connect>().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void H52_a_stream_is_not_kept_for_longer_than_its_age_allows_at_either_end(bool ofAsker)
    {
        var aging = Keeping with { MaxStreamAge = TimeSpan.FromSeconds(10) };
        var (network, asking, serving) = ofAsker ? Pair(aging, Keeping) : Pair(Keeping, aging);
        for (var i = 0; i < 4; i++) // at 0, 3, 6 and 9 seconds
        {
            Synchronize(asking, serving);
            network.Advance(TimeSpan.FromSeconds(3));
        }
        Assert.Single(asking.Actions.OfType<GraspAction.Connect>());
        Synchronize(asking, serving);
        network.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal((0, 0), (asking.Engine.ConnectionCount, serving.Engine.ConnectionCount));
        Synchronize(asking, serving);
        Assert.Equal(2, asking.Actions.OfType<GraspAction.Connect>().Count());
    }

    [Fact]
    public void H52_sessions_at_once_have_streams_of_their_own_and_later_ones_use_these()
    {
        var (_, asking, serving) = Pair(Keeping, Keeping);
        for (var round = 0; round < 3; round++)
        {
            var calls = Enumerable.Range(0, 20).Select(_ => Begin(asking, serving)).ToList();
            foreach (var call in calls)
                Assert.Equal(Value(2), asking.Await<GraspResult.Synchronized>(call).Objective.Value);
            asking.Network.Advance(TimeSpan.FromMilliseconds(10));
        }
        Assert.Equal(20, asking.Actions.OfType<GraspAction.Connect>().Count());
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void H43_H52_where_one_end_does_not_keep_streams_each_session_has_its_own_and_closes_it(bool asker, bool server)
    {
        var (network, asking, serving) = Pair(asker ? Keeping : new GraspOptions(), server ? Keeping : new GraspOptions());
        for (var i = 0; i < 3; i++)
        {
            Synchronize(asking, serving);
            Negotiate(asking, serving);
        }
        Assert.Equal(6, asking.Actions.OfType<GraspAction.Connect>().Count());
        network.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal((0, 0), (asking.Engine.ConnectionCount, serving.Engine.ConnectionCount));
    }

    [Fact]
    public void H52_nothing_is_kept_where_the_end_of_what_is_said_cannot_be_known()
    {
        var (network, asking, serving) = Pair(Keeping, Keeping);
        // graspy looks for more of a long answer until the stream ends (quirk 4).
        var asa = serving.Asa(Synchronizable(name: "EX3"), "long");
        serving.Call(new GraspCommand.ListenSynchronize(asa, Synchronizable(name: "EX3") with { Value = Bytes(1300) }));
        Synchronize(asking, serving, "EX3");
        // The initiator ends it; the responder says M_INVALID.
        var (session, served, _) = Offer(asking, serving);
        Assert.Equal(GraspError.ok, asking.Call(new GraspCommand.EndNegotiate(AsaOf(asking), session, false)).Error);
        network.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(GraspError.noSession, serving.Call(new GraspCommand.NegotiateWait(AsaOf(serving), served, Minute)).Error);
        var call = Request(asking, serving);
        var request = serving.Await<GraspResult.NegotiationRequested>(Listen(serving));
        serving.Call(new GraspCommand.SendInvalid(AsaOf(serving), request.Session, default(ByteString)));
        asking.Await(call);
        network.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal((0, 0), (asking.Engine.ConnectionCount, serving.Engine.ConnectionCount));
        Assert.Empty(serving.SentOf<NoopMessage>());
    }

    [Fact]
    public void H52_a_request_that_meets_a_stream_which_the_peer_let_go_is_made_again_on_another()
    {
        var node = new TestNetwork(options: Keeping).Add();
        var now = node.Network.Now;
        var asa = node.Asa(Negotiable());
        var first = Ask(asa);
        var stream = Assert.Single(node.Actions.OfType<GraspAction.Connect>()).Connection;
        node.Engine.HandleConnected(now, stream);
        Answer(stream);
        node.Engine.HandleStreamMessage(now, stream, new NoopMessage().Encode());
        Assert.Equal(GraspError.ok, node.Results[first].Error);

        var second = Ask(asa);
        Assert.Single(node.Actions.OfType<GraspAction.Connect>());
        Assert.Equal(2, node.SentOf<RequestSynchronizationMessage>().Count());
        node.Engine.HandleClosed(now, stream);
        node.Network.Perform(node);
        var again = node.Actions.OfType<GraspAction.Connect>().Last().Connection;
        Assert.NotEqual(stream, again);
        node.Engine.HandleConnected(now, again);
        Answer(again);
        Assert.Equal(GraspError.ok, node.Results[second].Error);
        Assert.Equal(3, node.SentOf<RequestSynchronizationMessage>().Select(r => r.SessionId).Distinct().Count());

        // And a stream of its own that is closed says what it always said (H-44).
        node.Engine.HandleClosed(now, again);
        var third = Ask(asa);
        var last = node.Actions.OfType<GraspAction.Connect>().Last().Connection;
        node.Engine.HandleConnected(now, last);
        node.Engine.HandleClosed(now, last);
        node.Network.Perform(node);
        Assert.Equal(GraspError.noListener, node.Results[third].Error);

        CommandId Ask(AsaHandle by) => node.Begin(new GraspCommand.Synchronize(by, Synchronizable(), AsaLocator.Tcp(Ipv6Address.Parse("fd89::9"), 7017), Minute));

        void Answer(ConnectionId on)
        {
            node.Network.Perform(node);
            var id = node.SentOf<RequestSynchronizationMessage>().Last().SessionId;
            node.Engine.HandleStreamMessage(now, on, new SynchMessage(id, Synchronizable(2)).Encode());
            node.Network.Perform(node);
        }
    }

    [Fact]
    public void H52_a_negotiation_that_meets_such_a_stream_is_begun_again_with_a_new_session_id()
    {
        var (network, asking, serving) = Pair(Keeping, Keeping);
        Negotiate(asking, serving);
        var kept = serving.Streams.Single();
        // The other end's engine has forgotten it, and the news is still on its way.
        serving.Streams.Clear();
        serving.Engine.HandleClosed(network.Now, kept.Key);
        var call = Request(asking, serving);
        var stream = asking.Streams.Single().Key;
        asking.Streams.Clear();
        asking.Engine.HandleClosed(network.Now, stream);
        network.Perform(asking);
        Accept(serving);
        Assert.Equal(GraspError.ok, asking.Await<GraspResult.Negotiated>(call).Error);
        Assert.Equal(3, asking.SentOf<RequestNegotiationMessage>().Select(r => r.SessionId).Distinct().Count());
    }

    [Fact]
    public void Q03_kept_streams_are_bounded_and_end_when_something_else_comes_on_them()
    {
        var few = Keeping with { MaxKeptStreams = 4 };
        var (network, asking, serving) = Pair(few, few);
        var calls = Enumerable.Range(0, 20).Select(_ => Begin(asking, serving)).ToList();
        calls.ForEach(c => asking.Await(c));
        network.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal((4, 4), (asking.Engine.KeptCount, serving.Engine.KeptCount));
        Assert.Equal((4, 4), (asking.Engine.ConnectionCount, serving.Engine.ConnectionCount));
        asking.Engine.HandleStreamMessage(network.Now, asking.Streams.Keys.First(), new EndMessage(1, true).Encode());
        Assert.Equal(1, asking.Engine.Counters.Dropped(GraspDropReason.Unexpected));
        network.Perform(asking);
        network.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal((3, 3), (asking.Engine.ConnectionCount, serving.Engine.ConnectionCount));
    }

    private static (TestNetwork Network, TestNode Asking, TestNode Serving) Pair(GraspOptions asking, GraspOptions serving)
    {
        var network = new TestNetwork();
        var (one, other) = (network.Add(asking), network.Add(serving));
        network.Link(GraspInterfaceKind.Channel, one, other);
        one.Call(new GraspCommand.RegisterObjective(one.Asa(), Negotiable()));
        var asa = other.Asa();
        other.Call(new GraspCommand.RegisterObjective(asa, Negotiable()));
        other.Call(new GraspCommand.RegisterObjective(asa, Synchronizable()));
        other.Call(new GraspCommand.ListenSynchronize(asa, Synchronizable(2)));
        return (network, one, other);
    }

    private static AsaHandle AsaOf(TestNode node) => node.Facts.OfType<GraspFact.AsaRegistered>().First().Asa;

    private static AsaLocator At(TestNode node) => AsaLocator.Tcp(node.Address, GraspConstants.GRASP_LISTEN_PORT);

    private static CommandId Begin(TestNode asking, TestNode serving, string name = "EX2") =>
        asking.Begin(new GraspCommand.Synchronize(AsaOf(asking), Synchronizable(name: name), At(serving), Minute));

    private static void Synchronize(TestNode asking, TestNode serving, string name = "EX2")
    {
        Assert.Equal(GraspError.ok, asking.Await(Begin(asking, serving, name)).Error);
        // The M_NOOP that came with it.
        asking.Network.Advance(TimeSpan.FromMilliseconds(1));
    }

    private static CommandId Request(TestNode asking, TestNode serving)
    {
        var call = asking.Begin(new GraspCommand.RequestNegotiate(AsaOf(asking), Negotiable(1), At(serving), Minute));
        asking.Network.Perform(asking);
        return call;
    }

    private static CommandId Listen(TestNode serving) => serving.Begin(new GraspCommand.ListenNegotiate(AsaOf(serving), "EX1"));

    private static void Accept(TestNode serving)
    {
        var request = serving.Await<GraspResult.NegotiationRequested>(Listen(serving));
        Assert.Equal(GraspError.ok, serving.Call(new GraspCommand.EndNegotiate(AsaOf(serving), request.Session, true)).Error);
    }

    private static void Negotiate(TestNode asking, TestNode serving)
    {
        var listening = Listen(serving);
        var call = Request(asking, serving);
        var request = serving.Await<GraspResult.NegotiationRequested>(listening);
        Assert.Equal(GraspError.ok, serving.Call(new GraspCommand.EndNegotiate(AsaOf(serving), request.Session, true)).Error);
        Assert.Null(asking.Await<GraspResult.Negotiated>(call).Session);
        asking.Network.Advance(TimeSpan.FromMilliseconds(1));
    }

    /// <summary>A negotiation in which it is the initiator's turn.</summary>
    private static (SessionHandle Session, SessionHandle Served, CommandId Step) Offer(TestNode asking, TestNode serving)
    {
        var call = Request(asking, serving);
        var request = serving.Await<GraspResult.NegotiationRequested>(Listen(serving));
        var step = serving.Begin(new GraspCommand.NegotiateStep(AsaOf(serving), request.Session, Negotiable(3), Minute));
        return (asking.Await<GraspResult.Negotiated>(call).Session!.Value, request.Session, step);
    }

    private static uint? SessionIdOf(GraspMessage message) => message switch
    {
        RequestNegotiationMessage m => m.SessionId,
        RequestSynchronizationMessage m => m.SessionId,
        _ => null,
    };
}
