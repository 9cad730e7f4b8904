using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>Remote neighbours, with and without NATs between (D-53; RFC 7296 §2.23, RFC 3948, RFC 4555).</summary>
public class NatTraversalTests
{
    private static readonly UdpEncapsulation Straight = new(4500, 4500);

    [Fact]
    public void D53_a_node_behind_a_nat_moves_to_port_4500_for_ike_auth()
    {
        using var world = new IkeWorld();
        var nat = new SimulatedNat(world);
        Connect(world);
        world.Run(1);
        world.AssertOneChannel();

        Assert.Equal([(500, 500), (500, 61001), (4500, 4500), (4500, 61002)],
            world.Sent.Select(s => ((int)s.Datagram.LocalPort, (int)s.Datagram.RemotePort)));
        Assert.All(world.Sent.Take(2), s => Assert.False(NonEspMarker.IsAt(s.Datagram.Datagram.Span)));
        Assert.All(world.Sent.Skip(2), s => Assert.True(NonEspMarker.IsAt(s.Datagram.Datagram.Span)));
        Assert.Equal(new UdpEncapsulation(4500, nat.LastPort), Encapsulation(world.A));
        Assert.Equal(Straight, Encapsulation(world.B));
        Assert.Equal(new NatState(true, false, false), Nat(world.A));
        Assert.Equal(new NatState(false, true, false), Nat(world.B));
    }

    [Theory]
    [InlineData("::ffff:10.0.0.2", "::ffff:198.51.100.7")]
    [InlineData("2001:db8:1::2", "2001:db8:2::7")]
    public void D53_without_a_nat_all_stays_on_port_500_with_native_esp(string b, string a)
    {
        using var world = new IkeWorld();
        world.B.Machine.Initiate(world.Now, LinkId.HostNetwork, Ipv6Address.Parse(b), Ipv6Address.Parse(a), 500);
        world.B.Perform();
        world.Run(60);
        world.AssertOneChannel();
        Assert.All(world.Sent, s => Assert.Equal((500, 500), (s.Datagram.LocalPort, s.Datagram.RemotePort)));
        Assert.Null(Encapsulation(world.A));
        Assert.Null(Encapsulation(world.B));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D53_one_end_can_ask_for_encapsulation_without_a_nat(bool byInitiator)
    {
        using var world = new IkeWorld();
        var forcing = byInitiator ? world.B : world.A;
        forcing.Options = new Ikev2Options { ForceEncapsulation = true };
        forcing.Restart(99);
        Connect(world, SimulatedNat.Inside, SimulatedNat.Server);
        world.Run(1);
        world.AssertOneChannel();
        Assert.Equal(Straight, Encapsulation(world.A));
        Assert.Equal(Straight, Encapsulation(world.B));
    }

    [Fact]
    public void D53_between_link_local_addresses_nothing_moves_whatever_the_notifies_say()
    {
        using var world = new IkeWorld(new Ikev2Options { ForceEncapsulation = true });
        // Somebody on the link changes what A hears of B's port, and back.
        world.Middlebox = (from, sent) => from == world.B ? sent with { LocalPort = 777 } : sent with { RemotePort = 500 };
        world.B.Initiate(IkeWorld.Link1, world.A);
        world.Run(60);
        Assert.All(world.Sent.Where(s => s.From == world.B), s => Assert.Equal(500, s.Datagram.LocalPort));
        Assert.NotEmpty(world.A.Facts.OfType<Ikev2Fact.NatDetected>());
        Assert.Empty(world.A.Facts.OfType<Ikev2Fact.NatTraversed>());
        Assert.Null(Encapsulation(world.A));
        Assert.DoesNotContain(world.Sent, s => NonEspMarker.IsAt(s.Datagram.Datagram.Span));
    }

    [Fact]
    public void D53_a_nat_before_us_is_reminded_every_twenty_seconds()
    {
        using var world = new IkeWorld(new Ikev2Options { LivenessIdle = TimeSpan.FromHours(1) });
        _ = new SimulatedNat(world);
        var start = world.Now;
        Connect(world);
        world.Run(1);
        var before = world.Sent.Count;
        var established = world.B.Machine.NextDeadline;
        Assert.Equal(start + TimeSpan.FromSeconds(20), established);
        world.Run(TimeSpan.FromSeconds(19) - TimeSpan.FromTicks(1));
        Assert.Equal(before, world.Sent.Count);
        world.Run(TimeSpan.FromTicks(1));
        var keepalive = Assert.Single(world.Sent.Skip(before));
        Assert.Equal(world.B, keepalive.From);
        Assert.Equal([0xff], keepalive.Datagram.Datagram.ToArray());
        Assert.Equal(4500, keepalive.Datagram.LocalPort);
        world.Run(60);
        Assert.Equal(before + 4, world.Sent.Count);
        // A takes them for what they are.
        Assert.Empty(world.A.Facts.OfType<Ikev2Fact.Malformed>());
        Assert.Empty(world.A.Facts.OfType<Ikev2Fact.Dropped>());
        world.AssertOneChannel();
    }

    [Fact]
    public void D53_a_new_mapping_of_the_nat_is_followed_when_something_authentic_comes()
    {
        using var world = new IkeWorld();
        var nat = new SimulatedNat(world);
        Connect(world);
        world.Run(1);
        nat.Forget();
        // B's liveness probe, or its keepalive and then its probe, makes the new mapping.
        world.Run(40);
        world.AssertOneChannel();
        Assert.Equal(61003, nat.LastPort);
        Assert.Equal(new UdpEncapsulation(4500, 61003), world.A.Actions.OfType<Ikev2Action.ChannelMoved>().Last().Encapsulation);
        Assert.Equal(61003, world.A.Machine.Status.Single().Path.RemotePort);
        Assert.Empty(world.B.Actions.OfType<Ikev2Action.ChannelMoved>());
        Assert.Empty(world.A.Facts.OfType<Ikev2Fact.IkeSaClosed>());
    }

    [Fact]
    public void D53_authentic_esp_from_another_port_is_followed_only_before_a_nat_of_the_peer()
    {
        using var world = new IkeWorld();
        _ = new SimulatedNat(world);
        Connect(world);
        world.Run(1);
        foreach (var node in new[] { world.A, world.B })
        {
            var (channel, spi) = (node.Channels.Keys.Single(), node.Children.Keys.Single());
            node.Machine.HandleEspMoved(channel, spi + 1, 7000);
            node.Machine.HandleEspMoved(new ChannelId(77), spi, 7000);
            node.Perform();
            Assert.Empty(node.Actions.OfType<Ikev2Action.ChannelMoved>());
            node.Machine.HandleEspMoved(channel, spi, 7000);
            node.Perform();
        }

        Assert.Equal(new UdpEncapsulation(4500, 7000), Assert.Single(world.A.Actions.OfType<Ikev2Action.ChannelMoved>()).Encapsulation);
        // B is behind a NAT itself: whoever forwards its packets could lead it astray.
        Assert.Empty(world.B.Actions.OfType<Ikev2Action.ChannelMoved>());
    }

    [Fact]
    public void D40_rekeying_goes_on_behind_a_nat_that_forgets()
    {
        using var world = new IkeWorld(new Ikev2Options { ChildSaLifetime = TimeSpan.FromMinutes(1), IkeSaLifetime = TimeSpan.FromMinutes(3) });
        var nat = new SimulatedNat(world);
        Connect(world);
        for (var i = 0; i < 10; i++)
        {
            world.Run(65);
            world.AssertOneChannel($"round {i}");
            nat.Forget();
            world.Run(25);
            Assert.Equal(nat.LastPort, world.A.Machine.Status.Single(s => s.State == IkeSaState.Established).Path.RemotePort);
        }

        Assert.NotEmpty(world.A.Facts.OfType<Ikev2Fact.IkeSaRekeyed>());
        Assert.Equal(Straight, world.B.Actions.OfType<Ikev2Action.InstallChildSa>().Last().ChildSa.Encapsulation);
        Assert.DoesNotContain(world.A.Facts.OfType<Ikev2Fact.IkeSaClosed>(), c => c.Reason == ChannelCloseReason.DeadPeer);
    }

    [Fact]
    public void D07_every_single_datagram_lost_behind_a_nat()
    {
        for (var lost = 0; lost < 4; lost++)
        {
            using var world = new IkeWorld();
            _ = new SimulatedNat(world);
            world.Network = (number, _, _) => number == lost ? [] : [IkeWorld.Delay];
            Connect(world);
            world.Run(2);
            world.AssertOneChannel($"lost {lost}");
        }
    }

    [Fact]
    public void D52_another_port_is_answered_but_not_followed_where_no_nat_was_seen()
    {
        using var world = new IkeWorld();
        using var peer = new RawInitiator(world, on: Path(500, 500));
        Assert.NotNull(peer.Ask(ExchangeType.IkeAuth, 1, peer.Auth()));
        peer.On = Path(500, 777);
        // RFC 7296 §2.11: the answer goes where the request came from; RawInitiator checks that.
        Assert.NotNull(peer.Ask(ExchangeType.Informational, 2));
        Assert.Equal(500, world.B.Machine.Status.Single().Path.RemotePort);
    }

    [Fact]
    public void D53_a_peer_may_move_to_4500_without_a_nat_and_keeps_native_esp()
    {
        // strongSwan with MOBIKE.
        using var world = new IkeWorld();
        using var peer = new RawInitiator(world, on: Path(500, 500));
        peer.On = Path(4500, 4500);
        var request = peer.Auth();
        request.Add(new NotifyPayload(NotifyType.MobikeSupported));
        request.Add(new NotifyPayload(NotifyType.AdditionalIp6Address, SimulatedNat.Server.ToBytes()));
        var answer = peer.Ask(ExchangeType.IkeAuth, 1, request)!;
        Assert.DoesNotContain(answer.OfType<NotifyPayload>(), n => n.Notify == NotifyType.MobikeSupported);
        Assert.Single(answer.OfType<SaPayload>());
        Assert.Equal(4500, world.B.Machine.Status.Single().Path.LocalPort);
        Assert.Null(Encapsulation(world.B));

        // And it does not go back.
        peer.On = Path(500, 500);
        Assert.NotNull(peer.Ask(ExchangeType.Informational, 2));
        Assert.Equal(4500, world.B.Machine.Status.Single().Path.LocalPort);
    }

    [Fact]
    public void D53_mobike_may_not_change_the_address()
    {
        using var world = new IkeWorld();
        using var peer = new RawInitiator(world, on: Path(500, 500));
        Assert.NotNull(peer.Ask(ExchangeType.IkeAuth, 1, peer.Auth()));
        var answer = peer.Ask(ExchangeType.Informational, 2, new NotifyPayload(NotifyType.UpdateSaAddresses))!;
        Assert.Equal(NotifyType.UnacceptableAddresses, Assert.IsType<NotifyPayload>(Assert.Single(answer)).Notify);
        Assert.NotNull(peer.Ask(ExchangeType.Informational, 3));
        // From another address there is no answer at all.
        peer.On = Path(500, 500) with { Remote = SimulatedNat.Outside };
        Assert.Null(peer.Ask(ExchangeType.Informational, 4));
        Assert.Equal(IkeDrop.WrongPath, world.B.Facts.OfType<Ikev2Fact.Dropped>().Last().Reason);
    }

    [Fact]
    public void D52_a_repeated_request_from_another_port_moves_nothing()
    {
        using var world = new IkeWorld();
        using var peer = new RawInitiator(world, on: Path(500, 61001), behindNat: true);
        peer.On = Path(4500, 61002);
        Assert.NotNull(peer.Ask(ExchangeType.IkeAuth, 1, peer.Auth()));
        Assert.Equal(new UdpEncapsulation(4500, 61002), Encapsulation(world.B));
        // Whoever heard it can send it again from anywhere.
        peer.On = Path(4500, 6666);
        var answer = peer.Repeat();
        Assert.Equal(6666, answer!.RemotePort);
        Assert.Equal(61002, world.B.Machine.Status.Single().Path.RemotePort);
        // A new one is the peer's own.
        Assert.NotNull(peer.Ask(ExchangeType.Informational, 2));
        Assert.Equal(6666, world.B.Machine.Status.Single().Path.RemotePort);
        Assert.Equal(new UdpEncapsulation(4500, 6666), Assert.Single(world.B.Actions.OfType<Ikev2Action.ChannelMoved>()).Encapsulation);
    }

    [Fact]
    public void D53_on_4500_what_has_no_marker_is_dropped()
    {
        using var world = new IkeWorld();
        using var peer = new RawInitiator(world, on: Path(500, 500));
        foreach (var datagram in new byte[][] { [], [0xff], [0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1, 2, 3], [.. new byte[40]] })
            world.B.Machine.HandleDatagram(world.Now, LinkId.HostNetwork, SimulatedNat.Server, 4500, SimulatedNat.Inside, 4500, datagram);
        world.B.Perform();
        Assert.Equal(3, world.B.Facts.OfType<Ikev2Fact.Dropped>().Count(d => d.Reason == IkeDrop.NoMarker));
        Assert.Equal(2, world.B.Facts.OfType<Ikev2Fact.Malformed>().Count());
    }

    /// <summary>B initiates; A is the server.</summary>
    private static void Connect(IkeWorld world, Ipv6Address? from = null, Ipv6Address? to = null)
    {
        world.B.Machine.Initiate(world.Now, LinkId.HostNetwork, from ?? SimulatedNat.Inside, to ?? SimulatedNat.Server, 500);
        world.B.Perform();
    }

    private static IkePath Path(ushort localPort, ushort remotePort) =>
        new(LinkId.HostNetwork, SimulatedNat.Server, localPort, SimulatedNat.Inside, remotePort);

    private static UdpEncapsulation? Encapsulation(IkeNode node)
    {
        var channel = Assert.Single(node.Actions.OfType<Ikev2Action.ChannelEstablished>());
        var child = node.Actions.OfType<Ikev2Action.InstallChildSa>().First();
        Assert.Equal(channel.Encapsulation, child.ChildSa.Encapsulation);
        return channel.Encapsulation;
    }

    private static NatState Nat(IkeNode node) => Assert.Single(node.Facts.OfType<Ikev2Fact.NatTraversed>()).Nat;
}
