using Acp.Core.Ikev2;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>A new certificate is shown to the peer on a new IKE SA, while the old one carries the channel (RFC 7296 §2.8.3).</summary>
public class ReauthenticationTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void D37_a_new_certificate_reaches_the_peer_and_no_packet_is_lost(bool byDecider, bool byBoth)
    {
        using var world = IkeWorld.Connected();
        var node = byDecider ? world.A : world.B;
        var channel = node.Channels.Single().Key;
        var old = world.A.Children.Keys.Single();
        world.ExchangeEsp(20);
        node.Renew();
        if (byBoth)
            world.Peer(node).Renew();
        world.ExchangeEsp(24_000);
        world.AssertOneChannel();
        Assert.Equal(channel, node.Channels.Single().Key);
        Assert.DoesNotContain(old, world.A.Children.Keys);
        Assert.Equal(0, world.A.EspLost + world.B.EspLost);
        Assert.Empty(world.A.Actions.OfType<Ikev2Action.ChannelRenewed>());
        Assert.Empty(world.B.Actions.OfType<Ikev2Action.ChannelRenewed>());
        AssertKnown(world, node);
        if (byBoth)
            AssertKnown(world, world.Peer(node));
    }

    [Fact]
    public void D37_what_is_lost_on_the_way_delays_it_and_breaks_nothing()
    {
        for (var lost = 0; lost < 10; lost++)
        {
            using var world = IkeWorld.Connected();
            var first = world.Sent.Count;
            world.Network = (number, _, _) => number == first + lost ? [] : [IkeWorld.Delay];
            world.B.Renew();
            world.ExchangeEsp(30_000);
            world.AssertOneChannel($"lost {lost}");
            Assert.Equal(0, world.A.EspLost + world.B.EspLost);
            AssertKnown(world, world.B);
        }
    }

    /// <summary>Nobody who lost the old SA can speak on it: that is a restart, and what ran through the channel begins anew.</summary>
    [Fact]
    public void D37_a_restart_is_not_taken_for_it()
    {
        using var world = IkeWorld.Connected();
        world.B.Restart(99);
        world.B.Initiate(IkeWorld.Link1, world.A);
        world.Run(1.5);
        Assert.Single(world.A.Actions.OfType<Ikev2Action.ChannelRenewed>());
        Assert.Empty(world.A.Actions.OfType<Ikev2Action.ChannelReauthenticated>());
    }

    [Fact]
    public void A_peer_that_does_not_answer_is_shown_it_again()
    {
        using var world = IkeWorld.Connected();
        // It lets no IKE_SA_INIT pass, but all else.
        world.Network = (_, _, datagram) => datagram.Span[18] == (byte)ExchangeType.IkeSaInit ? [] : [IkeWorld.Delay];
        world.A.Renew();
        world.Run(45);
        world.AssertOneChannel();
        Assert.Single(world.A.Facts.OfType<Ikev2Fact.InitiationEnded>());
        Assert.Empty(world.A.Actions.OfType<Ikev2Action.InitiationFailed>());
        world.Network = null;
        world.Run(30);
        AssertKnown(world, world.A);
    }

    private static void AssertKnown(IkeWorld world, IkeNode node)
    {
        var known = world.Peer(node).Machine.Status.Single().Peer!;
        Assert.Equal(node.Authenticator.Certificate.ToArray(), known.Certificate.ToArray());
    }
}
