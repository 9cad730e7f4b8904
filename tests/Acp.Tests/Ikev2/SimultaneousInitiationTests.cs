using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Wire;

namespace Acp.Tests.Ikev2;

/// <summary>Both sides initiate at once (traps 19; C-03, C-26): one IKE SA and one child SA pair are left, and no packet is lost for it.</summary>
public class SimultaneousInitiationTests
{
    [Fact]
    public void C02_C26_both_at_the_same_instant()
    {
        using var world = new IkeWorld();
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.B.Initiate(IkeWorld.Link1, world.A);
        world.Run(2);
        world.AssertOneChannel();
        // RFC 8994 §6.6: what the Decider began is what stays.
        Assert.True(world.A.Machine.Status.Single(s => s.State == IkeSaState.Established).WeInitiated);
        Assert.Single(world.A.Actions.OfType<Ikev2Action.ChannelEstablished>());
        Assert.Single(world.B.Actions.OfType<Ikev2Action.ChannelEstablished>());
        Assert.Empty(world.A.Actions.OfType<Ikev2Action.ChannelClosed>());
        Assert.Empty(world.B.Actions.OfType<Ikev2Action.ChannelClosed>());
        Assert.Empty(world.A.Actions.OfType<Ikev2Action.InitiationFailed>());
        Assert.Empty(world.B.Actions.OfType<Ikev2Action.InitiationFailed>());
    }

    /// <summary>One side begins later, by every part of the time that the other's handshake takes, in both directions, with slow and quick answers.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void C26_every_offset(int answerMilliseconds)
    {
        for (var offset = 0; offset <= 30; offset++)
        {
            foreach (var deciderFirst in new[] { true, false })
            {
                using var world = new IkeWorld();
                world.A.AnswerDelay = world.B.AnswerDelay = TimeSpan.FromMilliseconds(answerMilliseconds);
                var (first, second) = deciderFirst ? (world.A, world.B) : (world.B, world.A);
                first.Initiate(IkeWorld.Link1, second);
                world.Run(TimeSpan.FromMicroseconds(500 * offset));
                second.Initiate(IkeWorld.Link1, first);
                world.Run(2);
                Settled(world, $"offset {offset} deciderFirst {deciderFirst}");
            }
        }
    }

    /// <summary>Every interleaving: each datagram gets its own delay of 1 to 9 ms by a seed.</summary>
    [Fact]
    public void C26_a_hundred_and_fifty_random_interleavings_with_traffic()
    {
        for (ulong seed = 0; seed < 150; seed++)
        {
            var random = new SeededRandom(seed);
            using var world = new IkeWorld();
            world.Network = (_, _, _) => [TimeSpan.FromMilliseconds(1 + random.Next(9))];
            world.A.AnswerDelay = TimeSpan.FromMilliseconds(random.Next(5));
            world.B.AnswerDelay = TimeSpan.FromMilliseconds(random.Next(5));
            world.A.Initiate(IkeWorld.Link1, world.B);
            world.B.Initiate(IkeWorld.Link1, world.A);
            world.Run(2);
            Settled(world, $"seed {seed}");
        }
    }

    /// <summary>The same, and any one datagram of the whole is lost: it takes a retransmission longer, no more.</summary>
    [Fact]
    public void C26_every_single_datagram_lost()
    {
        for (var lost = 0; lost < 12; lost++)
        {
            using var world = new IkeWorld();
            world.Network = (number, _, _) => number == lost ? [] : [IkeWorld.Delay];
            world.A.Initiate(IkeWorld.Link1, world.B);
            world.B.Initiate(IkeWorld.Link1, world.A);
            world.Run(2);
            Settled(world, $"lost {lost}");
        }
    }

    /// <summary>A third of everything is lost, in both directions: it comes right all the same, later.</summary>
    [Fact]
    public void C26_heavy_loss()
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            var random = new SeededRandom(1000 + seed);
            using var world = new IkeWorld(new Ikev2Options { Transmissions = 12, DeleteTransmissions = 12, RetransmitFactor = 1.2 });
            world.Network = (_, _, _) => random.Next(3) == 0 ? [] : [TimeSpan.FromMilliseconds(1 + random.Next(20))];
            world.A.Initiate(IkeWorld.Link1, world.B);
            world.B.Initiate(IkeWorld.Link1, world.A);
            world.Run(28);
            world.Network = null;
            world.Run(12);
            Settled(world, $"seed {seed}");
        }
    }

    /// <summary>Once each side has a channel, packets flow both ways all through the settling, and none is lost.</summary>
    [Fact]
    public void C26_no_packet_is_lost_while_settling()
    {
        var overlaps = 0;
        for (ulong seed = 0; seed < 100; seed++)
        {
            var random = new SeededRandom(seed);
            using var world = new IkeWorld();
            world.Network = (_, _, _) => [TimeSpan.FromMilliseconds(1 + random.Next(9))];
            world.A.Initiate(IkeWorld.Link1, world.B);
            world.B.Initiate(IkeWorld.Link1, world.A);
            // The very first moments, before the other side has its half of any SA, do not count; these do:
            while (!world.A.CanReach(world.B) || !world.B.CanReach(world.A))
                world.Run(0.0005);
            for (var i = 0; i < 4000; i++)
            {
                world.A.SendEsp(world.B, IkeWorld.Link1);
                world.B.SendEsp(world.A, IkeWorld.Link1);
                if (world.A.Children.Count > 1 || world.B.Children.Count > 1)
                    overlaps++;
                world.Run(0.0005);
            }

            Settled(world, $"seed {seed}");
            Assert.True(world.A.EspLost == 0 && world.B.EspLost == 0, $"seed {seed}: A lost {world.A.EspLost}, B lost {world.B.EspLost}");
        }

        Assert.True(overlaps > 100, "the test saw no overlap");
    }

    /// <summary>A Decider of foreign make keeps both SAs: the Follower closes the surplus one after its grace.</summary>
    [Fact]
    public void C26_follower_cleans_up_when_the_decider_does_not()
    {
        using var world = new IkeWorld();
        // A is such a peer: it does not think that it decides, and never cleans up.
        world.A.Authenticator.Alter = peer => peer with { AcpAddress = Ipv6Address.Parse("fdff::1") };
        world.A.Options = world.A.Options with { SurplusGrace = TimeSpan.FromDays(1) };
        world.A.Restart(6);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.B.Initiate(IkeWorld.Link1, world.A);
        world.Run(4.9);
        Assert.Equal(2, world.B.Machine.Status.Count());
        Assert.Equal(2, world.A.Children.Count);
        world.Run(0.5);
        var kept = Assert.Single(world.B.Machine.Status);
        Assert.False(kept.WeInitiated);
        Assert.Equal(kept.IkeSa, Assert.Single(world.A.Machine.Status).IkeSa);
        Assert.Equal(world.A.Children.Keys.Single(), world.B.Children.Values.Single().OutboundSpi);
        Assert.Equal(world.A.Sending.Values.Single(), world.A.Children.Keys.Single());
        Assert.Equal(world.B.Sending.Values.Single(), world.B.Children.Keys.Single());
        Assert.Empty(world.B.Actions.OfType<Ikev2Action.ChannelClosed>());
    }

    private static void Settled(IkeWorld world, string because)
    {
        world.AssertOneChannel(because);
        // Nobody gave the channel up in between.
        Assert.Single(world.A.Actions.OfType<Ikev2Action.ChannelEstablished>());
        Assert.Single(world.B.Actions.OfType<Ikev2Action.ChannelEstablished>());
    }
}
