using Acp.Core;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Linux.Crypto;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Node;

/// <summary>A node with configured neighbours: whom it looks for, whom it hears (RFC 8994 §8.2.1; M-15).</summary>
public class RemoteNeighborTests
{
    private static readonly Ipv6Address Peer = Ipv6Address.Parse("::ffff:198.51.100.7");
    private static readonly Ipv6Address Local = Ipv6Address.Parse("::ffff:192.0.2.1");
    private static readonly NodeLink Eth0 = new(new LinkId(5), "abut_eth0", "eth0", Ipv6Address.Parse("fe80::5"), 1500, 0);

    private readonly Core.Node.Node _node;
    private Instant _now = new(123_456_789_000);

    public RemoteNeighborTests()
    {
        var own = Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:1");
        _node = new Core.Node.Node(
            new NodeOptions { Neighbors = [Neighbor("198.51.100.7"), Neighbor("fe80::9%eth0"), Neighbor("fe80::9%eth1")] },
            new NodeSelf(own, new Ipv6Prefix(own, 127), [new byte[10]], [new byte[20]]), new PlatformIkeCrypto(), new SeededRandom(1));
    }

    [Fact]
    public void M15_is_looked_for_when_the_host_network_is_up_from_the_address_that_the_system_says()
    {
        Assert.Empty(Actions());
        _node.HandleHostNetworkUp(_now);
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(new NodeAction.FindRoute(Peer), Assert.Single(Actions()));
        Pass(TimeSpan.FromSeconds(5));
        Assert.Empty(Actions());
        _node.HandleRoute(_now, Peer, Local, 1400);
        var send = Assert.IsType<NodeAction.SendIke>(Assert.Single(Actions()));
        Assert.Equal((LinkId.HostNetwork, Local, 500, Peer, 500), (send.Link, send.Local, send.LocalPort, send.Remote, send.RemotePort));
        Assert.True(IkeMessage.TryDecode(send.Payload.Span, out _, out _));
    }

    [Fact]
    public void C16_without_a_route_it_is_tried_again_after_ten_seconds_then_twenty()
    {
        _node.HandleHostNetworkUp(_now);
        Pass(TimeSpan.FromSeconds(1));
        foreach (var seconds in new[] { 10, 20, 40, 80, 160, 320, 640, 640 })
        {
            Assert.Equal(new NodeAction.FindRoute(Peer), Assert.Single(Actions()));
            _node.HandleRoute(_now, Peer, null, 0);
            Assert.Equal(AdjacencyState.Backoff, Entry().State);
            Assert.Equal("the host has no route there", Entry().LastError);
            Assert.Equal(_now + TimeSpan.FromSeconds(seconds), _node.NextDeadline);
            Pass(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            Assert.Empty(Actions());
            Pass(TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public void M15_who_is_not_configured_is_not_heard()
    {
        _node.HandleHostNetworkUp(_now);
        var before = _node.NextDeadline;
        _node.HandleIke(_now, LinkId.HostNetwork, Local, 500, Ipv6Address.Parse("::ffff:198.51.100.8"), 500, new byte[300]);
        Assert.Equal(1, _node.StrangersIgnored);
        Assert.Empty(Actions());
        Assert.Equal(before, _node.NextDeadline);
        Assert.Contains(_node.Facts.Drain(), f => f is NodeFact.StrangerIgnored { RemotePort: 500 });
        _node.HandleIke(_now, LinkId.HostNetwork, Local, 500, Peer, 500, new byte[300]);
        Assert.Equal(1, _node.StrangersIgnored);
    }

    [Fact]
    public void M15_one_on_a_link_is_looked_for_there_and_never_expires()
    {
        _node.HandleLinkUp(_now, Eth0);
        Pass(TimeSpan.FromSeconds(1));
        var send = Actions().OfType<NodeAction.SendIke>().First();
        Assert.Equal((Eth0.Id, Eth0.LinkLocal, Ipv6Address.Parse("fe80::9"), 500), (send.Link, send.Local, send.Remote, send.RemotePort));
        Pass(TimeSpan.FromHours(2));
        var entry = _node.Adjacencies.Find(Eth0.Id, Ipv6Address.Parse("fe80::9"))!;
        Assert.True(entry.IsConfigured);
        Assert.True(entry.State is AdjacencyState.Backoff or AdjacencyState.Initiating);
        Assert.True(entry.Attempts > 10);
        _node.HandleLinkDown(_now, Eth0.Id);
        Assert.Null(_node.Adjacencies.Find(Eth0.Id, Ipv6Address.Parse("fe80::9")));
    }

    [Fact]
    public void C15_a_configured_follower_tries_again_by_itself()
    {
        var machine = new AdjacencyMachine(new AdjacencyOptions(), new SeededRandom(3));
        ValueList<ChannelMethod> methods = [new ChannelMethod(ChannelMethod.IkeV2, 500)];
        machine.HandleConfigured(_now, LinkId.HostNetwork, Peer, methods);
        var identity = new PeerIdentity(Peer, "peer", "CN=peer", DateTimeOffset.MaxValue, new byte[] { 1 });
        machine.HandleChannelUp(_now, LinkId.HostNetwork, Peer, identity, false, new ChannelId(1));
        machine.HandleChannelDown(_now, LinkId.HostNetwork, Peer, new ChannelId(1), "deleted", true);
        Assert.Equal(AdjacencyState.Backoff, machine.Table.Find(LinkId.HostNetwork, Peer)!.State);
        Assert.Equal(_now + TimeSpan.FromSeconds(10), machine.NextDeadline);
        machine.HandleNeighborExpired(_now, LinkId.HostNetwork, Peer);
        Assert.True(machine.Table.Find(LinkId.HostNetwork, Peer)!.IsAnnounced);
    }

    private static ConfiguredNeighbor Neighbor(string text) =>
        ConfiguredNeighbor.TryParse(text, out var neighbor, out var reason) ? neighbor : throw new FormatException(reason);

    private AdjacencyEntry Entry() => _node.Adjacencies.Find(LinkId.HostNetwork, Peer)!;

    /// <summary>What the node wants done, but for what DULL floods.</summary>
    private List<NodeAction> Actions() => [.. _node.Actions.Drain().Where(a => a is not NodeAction.SendDull)];

    private void Pass(TimeSpan span)
    {
        var end = _now + span;
        while (_node.NextDeadline is { } next && next <= end)
        {
            if (next > _now)
                _now = next;
            _node.HandleTime(_now);
        }

        _now = end;
    }
}
