using System.Diagnostics;
using Acp.Core;
using Acp.Core.Esp;
using Acp.Linux.DataPlane;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Sockets;
using Acp.Wire;

namespace Acp.Lab.Remote;

/// <summary>The user-space data plane over a host's network, packet by packet (E-09, E-15, D-53).</summary>
public sealed class HostNetworkPlaneTests : IDisposable
{
    private const uint InboundSpi = 0x1001;
    private const uint OutboundSpi = 0x2002;
    private static readonly ChannelId Channel = new(1);
    private static readonly Ipv6Address Local = Ipv6Address.Parse("2001:db8::1");
    private static readonly Ipv6Address Remote = Ipv6Address.Parse("2001:db8::2");
    private static readonly Ipv6Address Other = Ipv6Address.Parse("2001:db8::3");
    private static readonly byte[] Key = [.. Enumerable.Range(0, 36).Select(i => (byte)i)];

    private readonly NetworkNamespace _host = NetworkNamespace.CreateUnnamed();
    private readonly NetworkNamespace _abutment = NetworkNamespace.CreateUnnamed();
    private readonly NetworkNamespace _acp = NetworkNamespace.CreateUnnamed();
    private readonly NetworkNamespace _peer = NetworkNamespace.CreateUnnamed();
    private readonly HostNews _news = new();
    private readonly HostNetwork _network;
    private readonly UserspaceDataPlane _plane;
    private readonly EspOutboundSa _sender;

    public HostNetworkPlaneTests()
    {
        using (var host = new RouteSocket(_host))
        using (var peer = new RouteSocket(_peer))
        {
            host.CreateVeth("eth0", "eth0", _peer);
            foreach (var (socket, addresses) in new[] { (host, new[] { Local }), (peer, new[] { Remote, Other }) })
            {
                var index = socket.IndexOf("eth0");
                socket.SetUp(index);
                foreach (var address in addresses)
                    socket.PutAddress(index, address, 64);
            }
        }

        _network = new HostNetwork(_host, 500, 4500);
        _plane = new UserspaceDataPlane(_abutment, _acp, _news);
        _plane.UseHostNetwork(_network);
        using var key = SecretOf(Key);
        _sender = new EspOutboundSa(InboundSpi, EspAlgorithm.AesGcm256, true, key);
    }

    [Fact]
    public void D53_esp_in_udp_is_taken_also_where_no_nat_was_seen_and_each_packet_once()
    {
        Open(null);
        using var native = new EspSender(_peer, Remote, LinkId.HostNetwork);
        using var udp = Ipv6DatagramSocket.OpenUdpDualStack(_peer, 4500, "peer");
        var first = Packet();
        native.Send(first, Local);
        Until("the native one is in", () => _plane.ReadCounters(Channel).PacketsIn == 1);
        Send(udp, Packet());
        Until("the other is in", () => _plane.ReadCounters(Channel).PacketsIn == 2);
        Send(udp, first);
        Until("the replay is counted", () => _plane.ReadCounters(Channel).Replays == 1);
        Assert.Equal(2, _plane.ReadCounters(Channel).PacketsIn);
        Assert.Empty(_news.Moves);
        _plane.RemoveChildSa(Channel, InboundSpi);
        _plane.CloseChannel(Channel);
    }

    [Fact]
    public void D53_another_port_is_told_once_and_another_address_is_not_heard()
    {
        Open(new UdpEncapsulation(4500, 4500));
        using var udp = Ipv6DatagramSocket.OpenUdpDualStack(_peer, 4500, "peer");
        using var moved = Ipv6DatagramSocket.OpenUdpDualStack(_peer, 4600, "peer, moved");
        Send(udp, Packet());
        Until("it is in", () => _plane.ReadCounters(Channel).PacketsIn == 1);
        Assert.Empty(_news.Moves);
        var overtaken = Packet();
        for (var i = 0; i < 3; i++)
            Send(moved, Packet());
        Until("they are in", () => _plane.ReadCounters(Channel).PacketsIn == 4);
        Send(udp, overtaken);
        Until("the late one is in", () => _plane.ReadCounters(Channel).PacketsIn == 5);
        Assert.Equal((Channel, InboundSpi, (ushort)4600), Assert.Single(_news.Moves));

        Send(udp, Packet(), Other);
        Until("the stranger is counted", () => _plane.ReadCounters(Channel).Malformed == 1);
        Assert.Equal(5, _plane.ReadCounters(Channel).PacketsIn);
    }

    [Fact]
    public void D53_ike_is_handed_on_with_its_marker_and_keepalives_are_nobodys()
    {
        using var udp = Ipv6DatagramSocket.OpenUdpDualStack(_peer, 4500, "peer");
        byte[][] datagrams = [[0xff], [1, 2, 3], [0, 0, 0, 0, 9], [0, 0, 0, 0, .. new byte[1300]]];
        foreach (var datagram in datagrams)
            Send(udp, datagram);
        Until("both are here", () => _news.Ike.Count == 2);
        Assert.Equal([datagrams[2], datagrams[3]], _news.Ike.Select(i => i.Datagram));
        Assert.All(_news.Ike, i => Assert.Equal((Remote, 4500, Local), (i.From.Source, i.From.SourcePort, i.From.Destination)));
    }

    public void Dispose()
    {
        _plane.Dispose();
        _network.Dispose();
        _sender.Dispose();
        foreach (var ns in new[] { _host, _abutment, _acp, _peer })
            ns.Dispose();
    }

    private static void Send(Ipv6DatagramSocket from, ReadOnlySpan<byte> datagram, Ipv6Address? source = null) =>
        Assert.True(from.TrySend(datagram, source ?? Remote, Local, 4500, 0));

    private static SecretBytes SecretOf(byte[] octets)
    {
        var secret = new SecretBytes(octets.Length);
        octets.CopyTo(secret.Span);
        return secret;
    }

    private static void Until(string what, Func<bool> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"not within 10 s: {what}");
            Thread.Sleep(2);
        }
    }

    private void Open(UdpEncapsulation? encapsulation)
    {
        _plane.OpenChannel(
            new ChannelSpec(Channel, LinkId.HostNetwork, Local, Remote, "acp_test", 1400, Ipv6Address.Parse("fe80::7")) { Encapsulation = encapsulation });
        _plane.InstallChildSa(
            new ChildSaParameters(
                Channel, LinkId.HostNetwork, Local, Remote, InboundSpi, OutboundSpi, EspAlgorithm.AesGcm256, true, SecretOf(Key), SecretOf(Key))
            {
                Encapsulation = encapsulation,
            });
    }

    /// <summary>An empty IPv6 packet (next header 59) in ESP.</summary>
    private byte[] Packet()
    {
        var room = new byte[EspOutboundSa.HeadRoom + 40 + EspOutboundSa.TailRoom];
        room[EspOutboundSa.HeadRoom] = 0x60;
        room[EspOutboundSa.HeadRoom + 6] = 59;
        Assert.True(_sender.TrySeal(room, 40, out var length, out _));
        return room[..length];
    }
}
