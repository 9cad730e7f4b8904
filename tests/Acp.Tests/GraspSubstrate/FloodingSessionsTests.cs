using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.GraspSubstrate;

/// <summary>Who connects to a channel's neighbour, which of two connections stays, and when it is tried again.</summary>
public class FloodingSessionsTests
{
    private static readonly Instant Start = new(55_555_000_000_000);
    private static readonly Ipv6Address Low = Ipv6Address.Parse("fe80::1");
    private static readonly Ipv6Address High = Ipv6Address.Parse("fe80::f");
    private static readonly GraspInterfaceId Channel = new(7);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly FloodingOptions Times = new();

    [Fact]
    public void J11_the_higher_address_connects_as_soon_as_it_hears_of_the_other()
    {
        var grasp = Up(High);
        Assert.Empty(Sessions(grasp));
        grasp.HandleNeighborHeard(Start, Channel, Low);
        var open = Assert.IsType<GraspAction.OpenSession>(Assert.Single(Sessions(grasp)));
        Assert.Equal((Channel, High, Low), (open.Interface, open.From, open.To));
        grasp.HandleNeighborHeard(Start, Channel, Low);
        Assert.Empty(Sessions(grasp));
    }

    [Fact]
    public void J11_the_lower_address_waits_a_moment_for_the_other()
    {
        var grasp = Up(Low);
        grasp.HandleNeighborHeard(Start, Channel, High);
        var at = Start + Times.LowerAddressPatience;
        Assert.Equal(at, grasp.NextDeadline);
        grasp.HandleTime(at - Tick);
        Assert.Empty(Sessions(grasp));
        grasp.HandleTime(at);
        Assert.IsType<GraspAction.OpenSession>(Assert.Single(Sessions(grasp)));
    }

    [Fact]
    public void J11_who_is_connected_to_does_not_connect_as_well()
    {
        var grasp = Up(Low);
        grasp.HandleNeighborHeard(Start, Channel, High);
        Assert.NotNull(grasp.HandleSessionAccepted(Start, Channel, new GraspNeighbor(High, 40000)));
        Assert.Null(grasp.NextDeadline);
        Assert.True(Assert.Single(grasp.Flooding) is { Since: not null, WeOpened: false });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void J11_of_two_connections_the_one_that_the_higher_address_opened_stays_and_the_other_is_read_to_its_end(bool weAreHigher)
    {
        var (own, other) = weAreHigher ? (High, Low) : (Low, High);
        var grasp = Up(own);
        var ours = Connect(grasp, Start, other);
        var theirs = grasp.HandleSessionAccepted(Start, Channel, new GraspNeighbor(other, 40000))!.Value;
        var (stays, goes) = weAreHigher ? (ours, theirs) : (theirs, ours);
        Assert.Equal(new GraspAction.FinishSession(goes), Assert.Single(Sessions(grasp)));

        // What was under way on the other still counts (no flood is lost in the handover) …
        grasp.HandleSessionMessage(Start, goes, FloodOf(1));
        Assert.Equal(1, grasp.Engine.Counters.FloodsReceived);
        // … and what is sent goes on the one that stays.
        Flood(grasp, Start);
        var sent = Assert.IsType<GraspAction.SendOnSession>(Assert.Single(Sessions(grasp)));
        Assert.Equal(stays, sent.Session);

        grasp.HandleSessionClosed(Start, goes);
        Assert.Empty(Sessions(grasp));
        Assert.Equal(1, grasp.SessionCount);
    }

    [Fact]
    public void J11_a_spare_connection_that_does_not_end_is_ended()
    {
        var grasp = Up(High);
        _ = Connect(grasp, Start, Low);
        var spare = grasp.HandleSessionAccepted(Start, Channel, new GraspNeighbor(Low, 40000))!.Value;
        Sessions(grasp);
        var at = Start + Times.FinishTimeout;
        grasp.HandleTime(at - Tick);
        Assert.Empty(Sessions(grasp));
        grasp.HandleTime(at);
        Assert.Equal(new GraspAction.AbortSession(spare), Assert.Single(Sessions(grasp)));
        Assert.Equal(1, grasp.SessionCount);
    }

    [Fact]
    public void J11_a_neighbour_that_connects_again_has_forgotten_its_first_connection()
    {
        var grasp = Up(Low);
        var first = grasp.HandleSessionAccepted(Start, Channel, new GraspNeighbor(High, 40000))!.Value;
        var second = grasp.HandleSessionAccepted(Start, Channel, new GraspNeighbor(High, 40001))!.Value;
        Assert.Equal(new GraspAction.AbortSession(first), Assert.Single(Sessions(grasp)));
        Assert.Equal(1, grasp.SessionCount);
        grasp.HandleSessionClosed(Start, second);
        Assert.Equal(0, grasp.SessionCount);
    }

    [Fact]
    public void J12_the_pause_before_another_attempt_doubles_up_to_half_a_minute_and_a_good_session_starts_it_over()
    {
        var grasp = Up(High);
        grasp.HandleNeighborHeard(Start, Channel, Low);
        var now = Start;
        foreach (var pause in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            var attempt = Assert.IsType<GraspAction.OpenSession>(Assert.Single(Sessions(grasp))).Session;
            grasp.HandleSessionClosed(now, attempt);
            var next = now + TimeSpan.FromSeconds(pause);
            Assert.Equal(next, grasp.NextDeadline);
            grasp.HandleTime(next - Tick);
            Assert.Empty(Sessions(grasp));
            now = next;
            grasp.HandleTime(now);
        }
        var good = Assert.IsType<GraspAction.OpenSession>(Assert.Single(Sessions(grasp))).Session;
        grasp.HandleSessionConnected(now, good);
        grasp.HandleSessionClosed(now + Times.Stable, good);
        Assert.Equal(now + Times.Stable + Times.FirstBackoff, grasp.NextDeadline);
    }

    [Fact]
    public void J12_an_attempt_that_hangs_is_given_up()
    {
        var grasp = Up(High);
        grasp.HandleNeighborHeard(Start, Channel, Low);
        var attempt = Assert.IsType<GraspAction.OpenSession>(Assert.Single(Sessions(grasp))).Session;
        grasp.HandleTime(Start + Times.ConnectTimeout);
        Assert.Equal(new GraspAction.AbortSession(attempt), Assert.Single(Sessions(grasp)));
        Assert.Equal(Start + Times.ConnectTimeout + Times.FirstBackoff, grasp.NextDeadline);
    }

    [Fact]
    public void J12_a_new_session_is_told_what_we_flood()
    {
        var grasp = Up(High);
        Flood(grasp, Start);
        Assert.Equal(1, grasp.Unsent);
        var session = Connect(grasp, Start, Low, out var after);
        var sent = Assert.IsType<GraspAction.SendOnSession>(Assert.Single(after));
        Assert.Equal(session, sent.Session);
        Assert.True(GraspMessage.TryDecode(sent.Message.Span, out var message, out _));
        Assert.IsType<FloodMessage>(message);
    }

    [Fact]
    public void J06_a_request_on_a_flooding_session_ends_it()
    {
        var grasp = Up(High);
        var session = Connect(grasp, Start, Low);
        grasp.HandleSessionMessage(Start, session, new RequestNegotiationMessage(5, new Objective("X", ObjectiveFlags.F_NEG, 6, new byte[] { 1 })).Encode());
        Assert.Equal(new GraspAction.AbortSession(session), Assert.Single(Sessions(grasp)));
        Assert.Equal(1, grasp.Engine.Counters.Dropped(GraspDropReason.WrongTransport));
        Assert.Equal(Start + Times.FirstBackoff, grasp.NextDeadline);
    }

    [Fact]
    public void J02_a_channel_that_goes_takes_everything_with_it()
    {
        var grasp = Up(High);
        var ours = Connect(grasp, Start, Low);
        var spare = grasp.HandleSessionAccepted(Start, Channel, new GraspNeighbor(Low, 40000))!.Value;
        Sessions(grasp);
        grasp.HandleChannelDown(Start, Channel);
        Assert.Equal([new GraspAction.AbortSession(ours), new GraspAction.AbortSession(spare)], Sessions(grasp));
        Assert.Empty(grasp.Flooding);
        Assert.Equal(0, grasp.SessionCount);
        Assert.Null(grasp.NextDeadline);
        Assert.Null(grasp.HandleSessionAccepted(Start, Channel, new GraspNeighbor(Low, 40001)));
    }

    [Fact]
    public void J08_the_answer_to_a_discovery_goes_back_on_the_session()
    {
        var grasp = Up(High);
        var session = Connect(grasp, Start, Low);
        var asa = Register(grasp, Start);
        Command(grasp, Start, new GraspCommand.ListenSynchronize(asa, Measure));
        Sessions(grasp);
        grasp.HandleSessionMessage(Start, session, new DiscoveryMessage(9, Ipv6Address.Parse("fd89::9"), Measure with { Value = null }).Encode());
        var sent = Assert.IsType<GraspAction.SendOnSession>(Assert.Single(Sessions(grasp)));
        Assert.Equal(session, sent.Session);
        Assert.True(GraspMessage.TryDecode(sent.Message.Span, out var message, out _));
        Assert.Equal(9u, Assert.IsType<ResponseMessage>(message).SessionId);
    }

    private static Objective Measure => new("Measure", ObjectiveFlags.F_DISC | ObjectiveFlags.F_SYNCH, 6, new byte[] { 1 });

    private static byte[] FloodOf(uint session) => new FloodMessage(
        session, Ipv6Address.Parse("fd89::9"), TimeSpan.FromMinutes(1), [new FloodEntry(Measure with { Name = "Theirs" }, null)]).Encode();

    private static AcpGrasp Up(Ipv6Address own)
    {
        var grasp = new AcpGrasp(new GraspOptions(), Times, new SeededRandom(3));
        grasp.Engine.SetAddress(Start, Ipv6Address.Parse("fd89::5"), 7017);
        grasp.Engine.SetOperational(Start, true);
        grasp.HandleChannelUp(Start, new GraspInterface(Channel, GraspInterfaceKind.Channel, own));
        return grasp;
    }

    private static FloodingSessionId Connect(AcpGrasp grasp, Instant now, Ipv6Address other) => Connect(grasp, now, other, out _);

    private static FloodingSessionId Connect(AcpGrasp grasp, Instant now, Ipv6Address other, out List<GraspAction> after)
    {
        grasp.HandleNeighborHeard(now, Channel, other);
        grasp.HandleTime(now + Times.LowerAddressPatience);
        var session = Assert.IsType<GraspAction.OpenSession>(Assert.Single(Sessions(grasp))).Session;
        grasp.HandleSessionConnected(now, session);
        after = Sessions(grasp);
        return session;
    }

    private static AsaHandle Register(AcpGrasp grasp, Instant now)
    {
        var asa = Assert.IsType<GraspResult.AsaRegistered>(Command(grasp, now, new GraspCommand.RegisterAsa("test"))).Asa;
        Assert.Equal(GraspError.ok, Command(grasp, now, new GraspCommand.RegisterObjective(asa, Measure)).Error);
        return asa;
    }

    private static void Flood(AcpGrasp grasp, Instant now) => Assert.Equal(GraspError.ok, Command(
        grasp, now, new GraspCommand.Flood(Register(grasp, now), TimeSpan.FromMinutes(1), [new FloodEntry(Measure, null)])).Error);

    // Answered at once, whatever else there is to do: that stays.
    private static GraspResult Command(AcpGrasp grasp, Instant now, GraspCommand command)
    {
        grasp.Engine.HandleCommand(now, new CommandId(1), command);
        grasp.Settle(now);
        var all = grasp.Actions.Drain();
        foreach (var other in all.Where(a => a is not GraspAction.Complete))
            grasp.Actions.Add(other);
        return Assert.Single(all.OfType<GraspAction.Complete>()).Result;
    }

    private static List<GraspAction> Sessions(AcpGrasp grasp) => grasp.Actions.Drain();
}
