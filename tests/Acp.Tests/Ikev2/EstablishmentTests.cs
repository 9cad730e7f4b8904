using Acp.Core.Ikev2;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>The initial exchanges, undisturbed and disturbed.</summary>
public class EstablishmentTests
{
    [Fact]
    public void D05_four_messages_make_one_channel_with_equal_keys()
    {
        using var world = new IkeWorld();
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        world.AssertOneChannel();
        Assert.Equal(4, world.Sent.Count);
        Assert.Single(world.B.Actions.OfType<Ikev2Action.PeerInitiated>());
        Assert.True(IkeMessage.TryDecode(world.Sent[0].Datagram.Datagram.Span, out var init, out _));
        Assert.Equal(ExchangeType.IkeSaInit, init.Header.Exchange);
        Assert.Equal(DhGroup.Ecp256, init.Find<KePayload>()!.Group);
        Assert.Equal(64, init.Find<KePayload>()!.Data.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_single_datagram_lost(bool fromDecider)
    {
        for (var lost = 0; lost < 4; lost++)
        {
            using var world = new IkeWorld();
            world.Network = (number, _, _) => number == lost ? [] : [IkeWorld.Delay];
            var (from, to) = fromDecider ? (world.A, world.B) : (world.B, world.A);
            from.Initiate(IkeWorld.Link1, to);
            world.Run(2);
            world.AssertOneChannel($"lost {lost}");
        }
    }

    [Fact]
    public void Every_single_datagram_duplicated_or_delayed()
    {
        for (var odd = 0; odd < 4; odd++)
        {
            foreach (var times in new[] { new[] { 1, 1 }, [1, 40], [700], [1, 900] })
            {
                using var world = new IkeWorld();
                world.Network = (number, _, _) => number == odd ? [.. times.Select(t => TimeSpan.FromMilliseconds(t))] : [IkeWorld.Delay];
                world.B.Initiate(IkeWorld.Link1, world.A);
                world.Run(5);
                // A late copy of IKE_SA_INIT may stand half-open until it times out.
                world.Run(31);
                world.AssertOneChannel($"odd {odd} times {string.Join(',', times)}");
            }
        }
    }
}
