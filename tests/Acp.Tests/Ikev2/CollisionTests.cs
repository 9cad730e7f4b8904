using Acp.Core;
using Acp.Core.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>
/// Exchanges that cross (RFC 7296 §2.8.1, §2.8.2, §2.25; D-39, D-42, D-43): whatever both ends begin, whenever, and whatever
/// the network does to it, in the end there is one IKE SA with one child SA pair on both ends, or nothing on either.
/// </summary>
public class CollisionTests
{
    public enum Act
    {
        RekeyChild,
        RekeyIke,
        Both,
        Close,
    }

    private static readonly Act[] Acts = Enum.GetValues<Act>();

    /// <summary>Simultaneous child rekeying with traffic: no packet is lost, and the nonces decide, in both orders.</summary>
    [Fact]
    public void D39_simultaneous_child_rekey() => Simultaneous(Act.RekeyChild, false);

    /// <summary>Simultaneous IKE rekeying: the winner inherits the child.</summary>
    [Fact]
    public void D39_simultaneous_ike_rekey() => Simultaneous(Act.RekeyIke, true);

    /// <summary>Every pair of acts, begun apart by every part of an exchange's time.</summary>
    [Fact]
    public void D42_every_pair_of_acts_at_every_offset()
    {
        foreach (var (a, b) in Pairs())
        {
            for (var offset = -8; offset <= 8; offset++)
            {
                using var world = IkeWorld.Connected(seed: (ulong)(offset + 8));
                Do(world, a, b, offset);
                Judge(world, a, b, $"{a} {b} offset {offset}");
            }
        }
    }

    /// <summary>The same, and any one datagram of the whole is lost.</summary>
    [Fact]
    public void D42_every_pair_of_acts_with_every_single_loss()
    {
        foreach (var (a, b) in Pairs())
        {
            for (var offset = -1; offset <= 1; offset++)
            {
                for (var lost = 0; lost < 12; lost++)
                {
                    using var world = IkeWorld.Connected(seed: (ulong)lost);
                    var first = world.Sent.Count;
                    world.Network = (number, _, _) => number == first + lost ? [] : [IkeWorld.Delay];
                    Do(world, a, b, offset);
                    Judge(world, a, b, $"{a} {b} offset {offset} lost {lost}");
                }
            }
        }
    }

    /// <summary>The same, and any one datagram comes after those that were sent later, by a little or by a retransmission.</summary>
    [Fact]
    public void D42_every_pair_of_acts_with_every_reordering()
    {
        foreach (var (a, b) in Pairs())
        {
            for (var late = 0; late < 12; late++)
            {
                foreach (var milliseconds in new[] { 2.5, 4.5, 700, 1500 })
                {
                    using var world = IkeWorld.Connected(seed: (ulong)late + 100);
                    var first = world.Sent.Count;
                    world.Network = (number, _, _) =>
                        [number == first + late ? TimeSpan.FromMilliseconds(milliseconds) : IkeWorld.Delay];
                    Do(world, a, b, 0);
                    Judge(world, a, b, $"{a} {b} late {late} by {milliseconds} ms");
                }
            }
        }
    }

    /// <summary>Seconds of random acts of both ends over a network that loses, doubles and reorders.</summary>
    [Fact]
    public void D42_hundreds_of_random_schedules()
    {
        var lived = 0;
        for (ulong seed = 0; seed < 400; seed++)
        {
            var random = new SeededRandom(seed);
            var closing = seed % 4 == 0;
            using var world = IkeWorld.Connected(seed: seed);
            var loss = random.Next(4);
            world.Network = (_, _, _) => random.Next(12) < loss ? []
                : random.Next(8) == 0 ? [Span(random), Span(random)] : [Span(random)];
            var rounds = 2 + random.Next(12);
            for (var i = 0; i < rounds; i++)
            {
                Perform(world, random.Next(2) == 0 ? world.A : world.B, Acts[random.Next(closing && i == rounds - 1 ? 4 : 3)]);
                world.Run(TimeSpan.FromMilliseconds(random.Next(random.Next(2) == 0 ? 20 : 1500)));
            }

            world.Network = null;
            world.Run(120);
            if (world.A.Channels.Count > 0)
                lived++;
            if (world.A.Channels.Count == 0 && world.B.Channels.Count == 0)
                world.AssertNothingLeft($"seed {seed}");
            else
                world.AssertOneChannel($"seed {seed}");
            Assert.True(closing || loss == 3 || world.A.Channels.Count == 1, $"seed {seed} lost its channel");
        }

        Assert.InRange(lived, 300, 399);
    }

    /// <summary>Both ends rekey everything every few seconds, for ten minutes: collisions in plenty, and the channel stays.</summary>
    [Fact]
    public void D40_short_lifetimes_for_long()
    {
        for (ulong seed = 0; seed < 6; seed++)
        {
            var random = new SeededRandom(seed);
            var life = TimeSpan.FromSeconds(5);
            var world = IkeWorld.Connected(new Ikev2Options { ChildSaLifetime = life, IkeSaLifetime = life, LifetimeJitter = seed < 3 ? 0 : 0.2, HardLifetime = 4 }, seed);
            using (world)
            {
                world.Network = (_, _, _) => random.Next(20) == 0 ? [] : [Span(random)];
                world.Run(600);
                world.Network = null;
                Assert.Single(world.A.Channels);
                Assert.Single(world.A.Actions.OfType<Ikev2Action.ChannelEstablished>());
                Assert.True(world.A.Facts.OfType<Ikev2Fact.IkeSaRekeyed>().Count() > 90);
                Assert.InRange(world.A.Children.Count, 1, 3);
            }
        }
    }

    private static void Simultaneous(Act act, bool ike)
    {
        var winners = new HashSet<bool>();
        for (ulong seed = 0; seed < 12; seed++)
        {
            using var world = IkeWorld.Connected(seed: seed);
            var (childBefore, ikeBefore) = (world.A.Children.Keys.Single(), world.A.Machine.Status.Single().IkeSa);
            world.ExchangeEsp(10);
            Do(world, act, act, 0);
            world.ExchangeEsp(3000);
            world.AssertOneChannel($"seed {seed}");
            Assert.Equal(0, world.A.EspLost + world.B.EspLost);
            Assert.True(world.A.EspReceived > 3000);
            var a = Assert.Single(world.A.Facts.OfType<Ikev2Fact.RekeyCollision>());
            var b = Assert.Single(world.B.Facts.OfType<Ikev2Fact.RekeyCollision>());
            Assert.NotEqual(a.Won, b.Won);
            Assert.True(a.OfIkeSa == ike && b.OfIkeSa == ike);
            winners.Add(a.Won);
            Assert.Equal(ike, world.A.Children.Keys.Single() == childBefore);
            Assert.NotEqual(ike, world.A.Machine.Status.Single().IkeSa == ikeBefore);
            if (ike)
                Assert.Equal(a.Won, world.A.Machine.Status.Single().WeInitiated);
            Assert.Empty(world.A.Actions.OfType<Ikev2Action.ChannelClosed>());
        }

        Assert.Equal(2, winners.Count);
    }

    private static IEnumerable<(Act A, Act B)> Pairs() => Acts.SelectMany(a => Acts.Select(b => (a, b)));

    private static TimeSpan Span(SeededRandom random) =>
        random.Next(10) == 0 ? TimeSpan.FromMilliseconds(random.Next(1500)) : TimeSpan.FromMilliseconds(1 + random.Next(9));

    /// <summary>A's act, and B's as many half milliseconds later as <paramref name="offset"/> says.</summary>
    private static void Do(IkeWorld world, Act a, Act b, int offset)
    {
        if (offset < 0)
            Perform(world, world.B, b);
        else
            Perform(world, world.A, a);
        world.Run(TimeSpan.FromMicroseconds(500 * Math.Abs(offset)));
        if (offset < 0)
            Perform(world, world.A, a);
        else
            Perform(world, world.B, b);
    }

    private static void Perform(IkeWorld world, IkeNode node, Act act)
    {
        foreach (var channel in node.Channels.Keys.ToList())
        {
            if (act is Act.RekeyChild or Act.Both)
                node.Machine.RekeyChildSa(world.Now, channel);
            if (act is Act.RekeyIke or Act.Both)
                node.Machine.RekeyIkeSa(world.Now, channel);
            if (act == Act.Close)
                node.Machine.Close(world.Now, IkeWorld.Link1, world.Peer(node).LinkLocal, ChannelCloseReason.Local);
            node.Perform();
        }
    }

    private static void Judge(IkeWorld world, Act a, Act b, string story)
    {
        world.Run(60);
        if (a == Act.Close || b == Act.Close)
        {
            world.AssertNothingLeft(story);
            return;
        }

        world.AssertOneChannel(story);
        Assert.True(world.A.Actions.OfType<Ikev2Action.ChannelClosed>().Concat(world.B.Actions.OfType<Ikev2Action.ChannelClosed>())
            .FirstOrDefault() is null, story);
    }
}
