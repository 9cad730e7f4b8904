using Acp.Core.Ikev2;
using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>Liveness, death, deletion, restart, expiry.</summary>
public class LivenessTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public void D44_probe_after_ten_silent_seconds_and_not_before()
    {
        using var world = Connected(out var heard);
        world.Run(heard + TimeSpan.FromSeconds(10) - world.Now - Tick);
        Assert.Equal(4, world.Sent.Count);
        world.Run(Tick);
        Assert.Equal(5, world.Sent.Count);
        Assert.Equal(57, world.Sent[4].Datagram.Datagram.Length);
        Assert.Contains(world.A.Facts.Concat(world.B.Facts), f => f is Ikev2Fact.LivenessProbe { Hinted: false });
        world.Run(600);
        world.AssertOneChannel();
    }

    [Fact]
    public void D44_D08_a_silent_peer_is_dead_within_thirty_seconds()
    {
        using var world = Connected(out var heard);
        world.Network = (_, _, _) => [];
        var cut = world.Now;
        // 10 s of silence and the waits 0.5 × 1.6ⁿ of six transmissions, 13.15 s.
        world.Run(heard + TimeSpan.FromSeconds(23.1) - cut);
        Assert.Equal(2, world.A.Channels.Count + world.B.Channels.Count);
        world.Run(0.3);
        Assert.Empty(world.A.Channels);
        Assert.Empty(world.B.Channels);
        var closed = Assert.Single(world.A.Actions.OfType<Ikev2Action.ChannelClosed>());
        Assert.Equal(ChannelCloseReason.DeadPeer, closed.Reason);
        Assert.False(closed.ByPeerDelete);
        Assert.True(world.Now - cut < TimeSpan.FromSeconds(30));
        world.AssertNothingLeft();
        Assert.Null(world.A.Machine.NextDeadline);
    }

    [Fact]
    public void D07_D08_retransmissions_are_bit_identical_and_spread_exponentially()
    {
        using var world = new IkeWorld();
        var times = new List<Instant>();
        world.Network = (_, _, _) =>
        {
            times.Add(world.Now);
            return [];
        };
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(60);
        Assert.Equal(6, world.Sent.Count);
        Assert.All(world.Sent, s => Assert.True(s.Datagram.Datagram.Span.SequenceEqual(world.Sent[0].Datagram.Datagram.Span)));
        double[] gaps = [.. times.Zip(times.Skip(1), (a, b) => (b - a).TotalSeconds)];
        double[] expected = [0.5, 0.8, 1.28, 2.048, 3.2768];
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], gaps[i], 4);
        var failed = Assert.Single(world.A.Actions.OfType<Ikev2Action.InitiationFailed>());
        Assert.Equal(InitiationFailure.Timeout, failed.Reason);
        world.AssertNothingLeft();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void D46_orderly_close_is_deleted_on_both_ends_even_when_a_datagram_is_lost(int lost)
    {
        using var world = Connected(out _);
        var first = world.Sent.Count;
        world.Network = (number, _, _) => number == first + lost ? [] : [IkeWorld.Delay];
        world.A.Machine.Close(world.Now, IkeWorld.Link1, world.B.LinkLocal, ChannelCloseReason.Local);
        world.A.Perform();
        Assert.Empty(world.A.Channels);
        Assert.Equal(1, world.A.Machine.ClosingCount);
        world.Run(2);
        world.AssertNothingLeft();
        Assert.Equal(0, world.A.Machine.ClosingCount);
        var closed = Assert.Single(world.B.Actions.OfType<Ikev2Action.ChannelClosed>());
        Assert.True(closed.ByPeerDelete);
        world.Run(60);
        Assert.Null(world.A.Machine.NextDeadline);
        Assert.Null(world.B.Machine.NextDeadline);
    }

    [Fact]
    public void D46_both_close_at_once()
    {
        using var world = Connected(out _);
        world.A.Machine.CloseAll(world.Now);
        world.B.Machine.CloseAll(world.Now);
        world.A.Perform();
        world.B.Perform();
        world.Run(1);
        world.AssertNothingLeft();
    }

    /// <summary>After a crash the restarted node initiates anew; the channel stays, its SAs are replaced, and no INITIAL_CONTACT is needed (D-37).</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D37_restart_replaces_the_old_sa(bool deciderRestarts)
    {
        using var world = Connected(out _);
        var (crashed, other) = deciderRestarts ? (world.A, world.B) : (world.B, world.A);
        crashed.Restart(77);
        crashed.Initiate(IkeWorld.Link1, other);
        world.Run(2);
        world.AssertOneChannel();
        Assert.Single(other.Actions.OfType<Ikev2Action.ChannelEstablished>());
        Assert.Single(other.Actions.OfType<Ikev2Action.ChannelRenewed>());
        Assert.Empty(other.Actions.OfType<Ikev2Action.ChannelClosed>());
    }

    /// <summary>The restarted node stays mute: its INVALID_IKE_SPI brings the death forward, by an authenticated probe only.</summary>
    [Fact]
    public void D45_unknown_spi_is_answered_and_only_hints()
    {
        using var world = Connected(out _);
        world.B.Restart(78);
        world.Run(10);
        world.Run(15);
        Assert.Contains(world.B.Facts, f => f is Ikev2Fact.Dropped { Reason: IkeDrop.UnknownSpi });
        Assert.Contains(world.A.Facts, f => f is Ikev2Fact.ErrorReceived { Notify: NotifyType.InvalidIkeSpi, Protected: false });
        world.AssertNothingLeft();
    }

    [Fact]
    public void D45_forged_invalid_ike_spi_leads_to_one_probe_not_to_death()
    {
        using var world = Connected(out _);
        var id = world.A.Machine.Status.Single().IkeSa;
        var forged = IkeMessage.Encode(
            IkeHeader.Create(id.InitiatorSpi, id.ResponderSpi, ExchangeType.Informational, IkeFlags.Response, 5),
            [new NotifyPayload(NotifyType.InvalidIkeSpi)]);
        for (var i = 0; i < 50; i++)
        {
            world.A.Machine.HandleDatagram(world.Now, IkeWorld.Link1, world.A.LinkLocal, 500, world.B.LinkLocal, 500, forged);
            world.A.Perform();
            world.Run(0.01);
        }

        Assert.Single(world.A.Facts.OfType<Ikev2Fact.LivenessProbe>(), p => p.Hinted);
        world.AssertOneChannel();
    }

    [Fact]
    public void C19_certificate_expiry_closes_mid_life()
    {
        using var world = Connected(out _);
        world.A.Machine.SetWallClock(new WallClock(world.B.Authenticator.NotAfter - TimeSpan.FromSeconds(100), world.Now));
        // The second of notAfter is the last good one.
        world.Run(TimeSpan.FromSeconds(101) - Tick);
        world.AssertOneChannel();
        world.Run(0.5);
        Assert.Equal(ChannelCloseReason.CertificateExpired, Assert.Single(world.A.Actions.OfType<Ikev2Action.ChannelClosed>()).Reason);
        world.AssertNothingLeft();
    }

    /// <summary>Somebody sets the clock, forth and back, more than once: what counts is the date now.</summary>
    [Fact]
    public void C19_a_clock_that_is_set_moves_the_end_with_it()
    {
        using var world = Connected(out _);
        var notAfter = world.B.Authenticator.NotAfter;
        world.A.Machine.SetWallClock(new WallClock(notAfter - TimeSpan.FromSeconds(10), world.Now));
        world.Run(5);
        world.A.Machine.SetWallClock(new WallClock(notAfter - TimeSpan.FromHours(1), world.Now));
        world.Run(3000);
        world.AssertOneChannel();
        Assert.Equal(world.Now + TimeSpan.FromSeconds(601), world.A.Machine.Status.Single().CertificatesEndAt);

        // Also what rekeying made since; and a step beyond the end needs no further event than time.
        world.B.Machine.RekeyIkeSa(world.Now, world.B.Channels.Keys.Single());
        world.B.Perform();
        world.Run(1);
        world.AssertOneChannel();
        world.A.Machine.SetWallClock(new WallClock(notAfter + TimeSpan.FromDays(400), world.Now));
        world.Run(TimeSpan.FromTicks(1));
        Assert.Equal(ChannelCloseReason.CertificateExpired, Assert.Single(world.A.Actions.OfType<Ikev2Action.ChannelClosed>()).Reason);
        world.Run(1);
        world.AssertNothingLeft();
    }

    [Fact]
    public void A27_unknown_clock_expires_nothing()
    {
        using var world = Connected(out _);
        world.A.Machine.SetWallClock(new WallClock(world.B.Authenticator.NotAfter - TimeSpan.FromSeconds(1), world.Now));
        world.A.Machine.SetWallClock(WallClock.Unknown);
        world.Run(50);
        world.AssertOneChannel();
    }

    [Fact]
    public void Link_down_ends_everything_on_it_at_once()
    {
        using var world = Connected(out _);
        var sent = world.Sent.Count;
        world.A.Machine.HandleLinkDown(world.Now, IkeWorld.Link1);
        world.A.Perform();
        Assert.Empty(world.A.Channels);
        Assert.Empty(world.A.Machine.Status);
        Assert.Equal(sent, world.Sent.Count);
        Assert.Null(world.A.Machine.NextDeadline);
    }

    /// <summary>Trap 17, C-12: the same two addresses on two links are two channels.</summary>
    [Fact]
    public void C12_C14_parallel_links_are_two_channels_and_die_alone()
    {
        using var world = Connected(out _);
        world.B.Initiate(IkeWorld.Link2, world.A);
        world.Run(1);
        Assert.Equal(2, world.A.Channels.Count);
        Assert.Equal(2, world.B.Children.Count);
        world.A.Machine.HandleLinkDown(world.Now, IkeWorld.Link1);
        world.A.Perform();
        Assert.Equal(IkeWorld.Link2, Assert.Single(world.A.Channels).Value.Link);
    }

    [Fact]
    public void Traffic_counts_as_life()
    {
        using var world = Connected(out _);
        var (channel, spi) = (world.A.Channels.Single().Key, world.A.Children.Single().Key);
        var sent = world.Sent.Count;
        for (var i = 0; i < 20; i++)
        {
            world.Run(5);
            world.A.Machine.HandleTraffic(world.Now, channel, spi);
            world.B.Machine.HandleTraffic(world.Now, world.B.Channels.Single().Key, world.B.Children.Single().Key);
        }

        Assert.Equal(sent, world.Sent.Count);
    }

    [Fact]
    public void D52_right_spi_on_the_wrong_link_or_address_is_dropped()
    {
        using var world = Connected(out _);
        world.Run(10.1);
        var (from, probe) = world.Sent.First(s => s.Datagram.Datagram.Length == 57);
        var to = world.Peer(from);
        var before = to.Facts.Count;
        to.Machine.HandleDatagram(world.Now, IkeWorld.Link2, to.LinkLocal, 500, from.LinkLocal, 500, probe.Datagram.Span);
        to.Machine.HandleDatagram(world.Now, IkeWorld.Link1, to.LinkLocal, 500, new(from.LinkLocal.Value + 1), 500, probe.Datagram.Span);
        to.Perform();
        Assert.Equal(2, to.Facts.Skip(before).OfType<Ikev2Fact.Dropped>().Count(d => d.Reason == IkeDrop.WrongPath));
        // On its own path it is a retransmission: the stored response, bit for bit (D-07).
        to.Machine.HandleDatagram(world.Now, IkeWorld.Link1, to.LinkLocal, 500, from.LinkLocal, 500, probe.Datagram.Span);
        to.Perform();
        var answers = world.Sent.Where(s => s.From == to).TakeLast(2).ToList();
        Assert.True(answers[0].Datagram.Datagram.Span.SequenceEqual(answers[1].Datagram.Datagram.Span));
    }

    /// <summary>A connected pair; <paramref name="heard"/> is when the side that will probe first last heard the other.</summary>
    private static IkeWorld Connected(out Instant heard)
    {
        var world = new IkeWorld();
        world.A.Initiate(IkeWorld.Link1, world.B);
        while (world.A.Children.Count == 0 || world.B.Children.Count == 0)
            world.Run(0.0001);
        world.AssertOneChannel();
        heard = Instant.Earlier(world.A.Machine.NextDeadline, world.B.Machine.NextDeadline)!.Value - TimeSpan.FromSeconds(10);
        // The responder's switch to certainty (a second after) is no liveness deadline.
        if (world.Now - heard > TimeSpan.FromSeconds(1))
        {
            world.Run(1.1);
            heard = Instant.Earlier(world.A.Machine.NextDeadline, world.B.Machine.NextDeadline)!.Value - TimeSpan.FromSeconds(10);
        }

        return world;
    }
}
