using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>CREATE_CHILD_SA: make before break, without loss (D-40, D-41, E-16).</summary>
public class RekeyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D40_D41_child_rekey_loses_no_packet(bool byDecider)
    {
        using var world = IkeWorld.Connected();
        var node = byDecider ? world.A : world.B;
        var old = world.A.Children.Keys.Single();
        world.ExchangeEsp(20);
        node.Machine.RekeyChildSa(world.Now, node.Channels.Single().Key);
        node.Perform();
        world.ExchangeEsp(4000);
        world.AssertOneChannel();
        Assert.DoesNotContain(old, world.A.Children.Keys);
        Assert.Equal(0, world.A.EspLost + world.B.EspLost);
        Assert.Empty(world.A.Actions.OfType<Ikev2Action.ChannelClosed>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D40_ike_rekey_keeps_channel_and_child(bool byDecider)
    {
        using var world = IkeWorld.Connected();
        var (node, other) = byDecider ? (world.A, world.B) : (world.B, world.A);
        var child = world.A.Children.Keys.Single();
        for (var i = 0; i < 3; i++)
        {
            var before = world.A.Machine.Status.Single().IkeSa;
            node.Machine.RekeyIkeSa(world.Now, node.Channels.Single().Key);
            node.Perform();
            world.Run(1);
            world.AssertOneChannel();
            Assert.NotEqual(before, world.A.Machine.Status.Single().IkeSa);
            Assert.Equal(child, world.A.Children.Keys.Single());
            (node, other) = (other, node);
        }

        // The new one carries liveness, a child rekey and the end.
        world.Run(60);
        node.Machine.RekeyChildSa(world.Now, node.Channels.Single().Key);
        node.Perform();
        world.Run(1);
        world.AssertOneChannel();
        node.Machine.CloseAll(world.Now);
        node.Perform();
        world.Run(1);
        world.AssertNothingLeft();
    }

    [Fact]
    public void D40_rekeys_survive_the_loss_of_any_datagram()
    {
        foreach (var ike in new[] { true, false })
        {
            for (var lost = 0; lost < 4; lost++)
            {
                using var world = IkeWorld.Connected();
                var first = world.Sent.Count;
                world.Network = (number, _, _) => number == first + lost ? [] : [IkeWorld.Delay];
                world.Rekey(world.B, ike);
                world.ExchangeEsp(5000);
                world.AssertOneChannel($"ike {ike} lost {lost}");
                Assert.Equal(0, world.A.EspLost + world.B.EspLost);
            }
        }
    }

    /// <summary>Once rekeyed, after a restart of the peer the newest still replaces the old.</summary>
    [Fact]
    public void D37_restart_after_rekey()
    {
        using var world = IkeWorld.Connected();
        world.Rekey(world.A, true);
        world.Run(1);
        world.B.Restart(44);
        world.B.Initiate(IkeWorld.Link1, world.A);
        world.Run(2);
        world.AssertOneChannel();
        Assert.Single(world.A.Actions.OfType<Ikev2Action.ChannelRenewed>());
    }
}
