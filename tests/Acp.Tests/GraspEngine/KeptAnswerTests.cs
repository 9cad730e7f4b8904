using Acp.Core.Grasp;
using Acp.Wire;
using Acp.Wire.Grasp;
using static Acp.Tests.GraspEngineRoom.Samples;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>Streams on which discoveries that came by multicast are answered, and which are kept for the next answer.</summary>
public sealed class KeptAnswerTests
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConsentTime = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly GraspOptions Keeping = new() { KeepStreams = Keep };

    [Fact]
    public void H52_answers_one_after_the_other_share_a_stream_that_both_ends_keep()
    {
        var (network, asking, answering) = Pair(Keeping, Keeping);
        for (var i = 0; i < 5; i++)
            Discover(asking);
        Assert.Single(answering.Actions.OfType<GraspAction.Connect>());
        Assert.Equal(5, answering.SentOf<ResponseMessage>().Count());
        Assert.Equal((1, 1), (asking.Engine.KeptCount, answering.Engine.KeptCount));
        // Until it has rested so long; the asker waits for the other end to close.
        network.Advance(Keep - TimeSpan.FromMilliseconds(100));
        Assert.Equal((1, 1), (asking.Engine.ConnectionCount, answering.Engine.ConnectionCount));
        network.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal((0, 0), (asking.Engine.ConnectionCount, answering.Engine.ConnectionCount));
        Discover(asking);
        Assert.Equal(2, answering.Actions.OfType<GraspAction.Connect>().Count());
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void H52_where_one_end_does_not_keep_streams_each_answer_has_its_own_and_closes_it(bool asker, bool answerer)
    {
        var (network, asking, answering) = Pair(asker ? Keeping : new GraspOptions(), answerer ? Keeping : new GraspOptions());
        for (var i = 0; i < 3; i++)
            Discover(asking);
        Assert.Equal(3, answering.Actions.OfType<GraspAction.Connect>().Count());
        network.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal((0, 0), (asking.Engine.ConnectionCount, answering.Engine.ConnectionCount));
    }

    [Fact]
    public void H52_an_answer_that_meets_a_stream_which_the_asker_let_go_is_given_again_on_another()
    {
        var (network, asking, answering) = Pair(Keeping, Keeping);
        Discover(asking);
        // The asker has forgotten it, and the news is still on its way.
        asking.Engine.HandleClosed(network.Now, asking.Streams.Single().Key);
        asking.Streams.Clear();
        var call = Begin(asking);
        network.Advance(TimeSpan.FromMilliseconds(5));
        Assert.DoesNotContain(call, asking.Results.Keys);
        var stream = answering.Streams.Single().Key;
        answering.Streams.Clear();
        answering.Engine.HandleClosed(network.Now, stream);
        network.Perform(answering);
        Assert.Single(asking.Await<GraspResult.Discovered>(call, 0.01).Locators);
        Assert.Equal(2, answering.Actions.OfType<GraspAction.Connect>().Count());
    }

    [Fact]
    public void H52_without_an_offer_the_stream_of_an_answer_is_closed()
    {
        var (network, asking, _) = Pair(Keeping, Keeping);
        var stream = asking.Engine.HandleAccepted(network.Now, Ipv6Address.Parse("fe80::77"), new GraspInterfaceId(1))!.Value;
        var response = new ResponseMessage(7, asking.Address, TimeSpan.FromMinutes(1), [new Ipv6Locator(asking.Address, TransportProtocol.Tcp, 9)]);
        asking.Engine.HandleStreamMessage(network.Now, stream, response.Encode());
        network.Advance(ConsentTime - Tick);
        Assert.Equal(1, asking.Engine.ConnectionCount);
        Assert.Empty(asking.SentOf<NoopMessage>());
        network.Advance(Tick);
        Assert.Contains(new GraspAction.CloseStream(stream), asking.Actions);
    }

    [Fact]
    public void H52_an_answerer_whose_offer_is_not_taken_up_closes()
    {
        var (network, _, answering) = Pair(Keeping, Keeping);
        var asker = new GraspNeighbor(Ipv6Address.Parse("fe80::77"), 4711);
        answering.Engine.HandleMulticast(
            network.Now, new GraspInterfaceId(1), asker, new DiscoveryMessage(7, Ipv6Address.Parse("fd89::77"), Synchronizable()).Encode());
        while (answering.Engine.Actions.TryTake(out var action))
            answering.Actions.Add(action);
        var stream = Assert.Single(answering.Actions.OfType<GraspAction.Connect>()).Connection;
        answering.Engine.HandleConnected(network.Now, stream);
        network.Perform(answering);
        Assert.Single(answering.SentOf<ResponseMessage>());
        network.Advance(ConsentTime - Tick);
        Assert.DoesNotContain(new GraspAction.CloseStream(stream), answering.Actions);
        network.Advance(Tick);
        Assert.Contains(new GraspAction.CloseStream(stream), answering.Actions);
        Assert.Equal(0, answering.Engine.ConnectionCount);
    }

    private static (TestNetwork Network, TestNode Asking, TestNode Answering) Pair(GraspOptions asking, GraspOptions answering)
    {
        var network = new TestNetwork();
        var (one, other) = (network.Add(asking), network.Add(answering));
        network.Link(GraspInterfaceKind.Multicast, one, other);
        one.Asa();
        var asa = other.Asa(Synchronizable());
        other.Call(new GraspCommand.ListenSynchronize(asa, Synchronizable(2)));
        return (network, one, other);
    }

    private static CommandId Begin(TestNode asking) => asking.Begin(new GraspCommand.Discover(
        asking.Facts.OfType<GraspFact.AsaRegistered>().First().Asa, Synchronizable(), TimeSpan.FromMilliseconds(100), TimeSpan.Zero)
    {
        Enough = 1,
    });

    private static void Discover(TestNode asking)
    {
        Assert.Single(asking.Await<GraspResult.Discovered>(Begin(asking)).Locators);
        // The M_NOOPs.
        asking.Network.Advance(TimeSpan.FromMilliseconds(2));
    }
}
