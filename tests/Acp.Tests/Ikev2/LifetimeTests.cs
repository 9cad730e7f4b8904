using Acp.Core.Ikev2;
using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>Lifetimes by time and by message IDs: replaced in time, and ended when nobody replaces them (D-09, D-40).</summary>
public class LifetimeTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void D40_child_is_rekeyed_within_the_jitter_of_its_lifetime_and_not_a_tick_before()
    {
        var ages = new HashSet<long>();
        for (ulong seed = 0; seed < 8; seed++)
        {
            using var world = IkeWorld.Connected(new Ikev2Options { IkeSaLifetime = 100 * Hour, LivenessIdle = 50 * Hour }, seed);
            var old = world.A.Children.Keys.Single();
            // Traffic keeps the peer heard; nothing but the lifetime is due.
            var due = Instant.Earlier(world.A.Machine.NextDeadline, world.B.Machine.NextDeadline)!.Value;
            var age = due - world.Now;
            Assert.InRange(age, 0.8 * Hour - TimeSpan.FromSeconds(2), Hour);
            ages.Add(age.Ticks);
            world.Run(age - TimeSpan.FromTicks(1));
            Assert.Empty(Facts<Ikev2Fact.LifetimeNear>(world));
            world.Run(TimeSpan.FromTicks(1));
            Assert.Single(Facts<Ikev2Fact.LifetimeNear>(world));
            world.Run(3);
            world.AssertOneChannel();
            Assert.NotEqual(old, world.A.Children.Keys.Single());
        }

        Assert.True(ages.Count > 4, "no jitter");
    }

    [Fact]
    public void D40_a_week_of_rekeying_leaves_one_channel()
    {
        using var world = IkeWorld.Connected(new Ikev2Options { LivenessIdle = TimeSpan.FromMinutes(10) }, 3);
        world.Run(TimeSpan.FromDays(7));
        world.AssertOneChannel();
        var child = Facts<Ikev2Fact.ChildSaEstablished>(world).Count() / 2;
        Assert.InRange(child, 7 * 24, 7 * 24 * 5 / 4 + 2);
        // A day, less the jitter, of either side.
        Assert.InRange(Facts<Ikev2Fact.IkeSaRekeyed>(world).Count() / 2, 7, 9);
        Assert.Empty(Facts<Ikev2Fact.LifetimeOver>(world));
        Assert.Single(world.A.Actions.OfType<Ikev2Action.ChannelEstablished>());
    }

    /// <summary>The rekeying's request is lost until the hard lifetime is over: the channel ends rather than going on.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D40_what_nobody_replaces_ends_at_its_hard_lifetime(bool child)
    {
        var options = new Ikev2Options
        {
            ChildSaLifetime = child ? Hour : 100 * Hour,
            IkeSaLifetime = child ? 100 * Hour : Hour,
            LifetimeJitter = 0,
            HardLifetime = 1.001,
            LivenessIdle = 50 * Hour,
        };
        using var world = IkeWorld.Connected(options, 2);
        world.Network = (_, _, datagram) => datagram.Span[18] == (byte)ExchangeType.CreateChildSa ? [] : [IkeWorld.Delay];
        world.Run(1.0005 * Hour);
        Assert.Single(world.A.Channels);
        world.Run(0.0015 * Hour);
        var reasons = world.A.Actions.Concat(world.B.Actions).OfType<Ikev2Action.ChannelClosed>().Select(c => c.Reason).ToList();
        Assert.Equal(2, reasons.Count);
        Assert.Contains(ChannelCloseReason.Exhausted, reasons);
        world.Run(15);
        world.AssertNothingLeft();
    }

    [Fact]
    public void D09_message_ids_that_run_low_lead_to_a_new_ike_sa()
    {
        var options = new Ikev2Options { MessageIdRekey = 6, MessageIdLimit = 12, LivenessIdle = TimeSpan.FromSeconds(5) };
        using var world = IkeWorld.Connected(options, 1);
        var first = world.A.Machine.Status.Single().IkeSa;
        var child = world.A.Children.Keys.Single();
        for (var i = 0; i < 40; i++)
        {
            world.Run(5);
            world.AssertOneChannel($"round {i}");
        }

        Assert.NotEqual(first, world.A.Machine.Status.Single().IkeSa);
        Assert.Equal(child, world.A.Children.Keys.Single());
        Assert.True(Facts<Ikev2Fact.IkeSaRekeyed>(world).Count() >= 6);
        Assert.Empty(Facts<Ikev2Fact.LifetimeOver>(world));
        Assert.All(world.Sent, s => Assert.True(IkeHeader.TryRead(s.Datagram.Datagram.Span, out var h) && h.MessageId < 12));
    }

    /// <summary>Too few are left even for a rekeying: it ends before they wrap.</summary>
    [Fact]
    public void D09_message_ids_never_pass_the_limit()
    {
        var options = new Ikev2Options { MessageIdRekey = 11, MessageIdLimit = 12, LivenessIdle = TimeSpan.FromSeconds(5) };
        using var world = IkeWorld.Connected(options, 1);
        world.Run(200);
        world.AssertNothingLeft();
        Assert.Contains(world.A.Actions.Concat(world.B.Actions).OfType<Ikev2Action.ChannelClosed>(),
            c => c.Reason == ChannelCloseReason.Exhausted);
        Assert.All(world.Sent, s => Assert.True(IkeHeader.TryRead(s.Datagram.Datagram.Span, out var h) && h.MessageId < 14));
    }

    private static IEnumerable<T> Facts<T>(IkeWorld world) => world.A.Facts.OfType<T>().Concat(world.B.Facts.OfType<T>());
}
