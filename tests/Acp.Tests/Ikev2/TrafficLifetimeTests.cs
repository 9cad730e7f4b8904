using Acp.Core;
using Acp.Core.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>Lifetimes by packets and octets, as the machine gives them out and as it hears of their ends (D-40, E-10).</summary>
public class TrafficLifetimeTests
{
    [Fact]
    public void D40_E10_each_child_gets_its_limits_with_jitter()
    {
        var soft = new HashSet<ulong>();
        for (ulong seed = 0; seed < 8; seed++)
        {
            using var world = IkeWorld.Connected(new Ikev2Options { ChildSaPackets = 1_000_000, ChildSaOctets = 1_000_000_000 }, seed);
            var limits = world.A.Actions.OfType<Ikev2Action.InstallChildSa>().Single().ChildSa.Limits;
            Assert.InRange(limits.SoftPackets, 800_000ul, 1_000_000ul);
            Assert.InRange(limits.SoftOctets, 800_000_000ul, 1_000_000_000ul);
            Assert.Equal((1_250_000ul, 1_250_000_000ul), (limits.HardPackets, limits.HardOctets));
            soft.Add(limits.SoftPackets);
        }

        Assert.True(soft.Count > 4, "no jitter");
    }

    [Fact]
    public void D40_without_a_setting_there_is_no_limit_but_the_sequence_numbers()
    {
        using var world = IkeWorld.Connected(new Ikev2Options());
        Assert.Same(ChildSaLimits.None, world.A.Actions.OfType<Ikev2Action.InstallChildSa>().Single().ChildSa.Limits);
        Assert.False(ChildSaLimits.None.AreNear(1ul << 62, 1ul << 62));
    }

    [Fact]
    public void D40_limits_that_leave_no_time_for_a_successor_are_no_setting()
    {
        Assert.Throws<ArgumentException>(() => new Ikev2Options { ChildSaPackets = 999 }.Validate());
        Assert.Throws<ArgumentException>(() => new Ikev2Options { ChildSaOctets = 999_999 }.Validate());
        new Ikev2Options { ChildSaPackets = 1000, ChildSaOctets = 1_000_000 }.Validate();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D40_E10_the_soft_limit_of_either_end_makes_one_successor_and_loses_nothing(bool both)
    {
        using var world = IkeWorld.Connected(new Ikev2Options());
        var old = (A: world.A.Children.Keys.Single(), B: world.B.Children.Keys.Single());
        Near(world, world.A, old.A);
        // Told twice, by the two directions.
        Near(world, world.A, old.A);
        if (both)
            Near(world, world.B, old.B);
        for (var i = 0; i < 50; i++)
        {
            world.A.SendEsp(world.B, IkeWorld.Link1);
            world.B.SendEsp(world.A, IkeWorld.Link1);
            world.Run(0.002);
        }

        world.Run(5);
        world.AssertOneChannel();
        Assert.NotEqual(old.A, world.A.Children.Keys.Single());
        Assert.Equal((0, 0), (world.A.EspLost, world.B.EspLost));
        Assert.Equal((50, 50), (world.A.EspReceived, world.B.EspReceived));
        Assert.Single(world.A.Facts.OfType<Ikev2Fact.LifetimeNear>());
        // News of what is gone already changes nothing.
        Near(world, world.A, old.A);
        world.A.Machine.HandleLifetimeOver(world.Now, world.A.Channels.Keys.Single(), old.A);
        world.A.Machine.HandleLifetimeOver(world.Now, new ChannelId(99), old.A);
        world.A.Perform();
        world.Run(5);
        world.AssertOneChannel();
    }

    [Fact]
    public void D40_E10_the_hard_limit_without_a_successor_ends_the_channel()
    {
        using var world = IkeWorld.Connected(new Ikev2Options());
        world.A.Machine.HandleLifetimeOver(world.Now, world.A.Channels.Keys.Single(), world.A.Children.Keys.Single());
        world.A.Perform();
        Assert.Equal(ChannelCloseReason.Exhausted, Assert.Single(world.A.Actions.OfType<Ikev2Action.ChannelClosed>()).Reason);
        world.Run(20);
        world.AssertNothingLeft();
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(60.0)]
    public void D40_E10_a_successor_on_its_way_is_waited_for_but_not_for_ever(double silence)
    {
        using var world = IkeWorld.Connected(new Ikev2Options { Transmissions = 12, LivenessIdle = TimeSpan.FromHours(1) });
        var until = world.Now + TimeSpan.FromSeconds(silence);
        world.Network = (_, _, _) => world.Now < until ? [] : [IkeWorld.Delay];
        var old = world.A.Children.Keys.Single();
        Near(world, world.A, old);
        world.Run(0.1);
        world.A.Machine.HandleLifetimeOver(world.Now, world.A.Channels.Keys.Single(), old);
        world.A.Perform();
        Assert.Single(world.A.Channels);
        world.Run(29.8);
        Assert.Single(world.A.Channels);
        world.Run(0.2);
        Assert.Equal(silence < 30, world.A.Channels.Count == 1);
        if (silence < 30)
            world.AssertOneChannel();
    }

    private static void Near(IkeWorld world, IkeNode node, uint spi)
    {
        node.Machine.HandleLifetimeNear(world.Now, node.Channels.Keys.Single(), spi);
        node.Perform();
    }
}
