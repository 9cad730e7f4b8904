using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Acp.Core;
using Acp.Core.Esp;
using Acp.Linux.DataPlane;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire;
using Acp.Wire.Esp;
using Acp.Wire.Netlink;

namespace Acp.Lab;

/// <summary>
/// What every data plane must do, kernel or user space: the same tests, given a factory. Real namespaces, real packets.
/// </summary>
public abstract class DataPlaneTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    protected abstract IDataPlane Create(NetworkNamespace abutment, NetworkNamespace acp, IDataPlaneNews news);

    protected DataPlaneLab NewLab() => new(Create);

    [Theory]
    [InlineData(EspAlgorithm.AesGcm256, false)]
    [InlineData(EspAlgorithm.AesGcm256, true)]
    [InlineData(EspAlgorithm.ChaCha20Poly1305, true)]
    public void E01_E24_packets_pass_both_ways_and_are_counted(EspAlgorithm algorithm, bool esn)
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.Install(1, algorithm, esn);
        var a = channel.UdpAtA();
        var b = channel.UdpAtB();
        Exchange(a, b, channel, 100);
        var counters = lab.A.Plane.ReadCounters(channel.Id);
        Assert.True(counters.PacketsOut >= 1 && counters.PacketsIn >= 1, counters.ToString());
        Assert.True(counters.OctetsOut >= 148 && counters.OctetsIn >= 148, counters.ToString());
        Assert.Equal(0, counters.AuthenticationFailures + counters.Replays + counters.TooBig + counters.Malformed);
    }

    [Fact]
    public void E17_the_longest_packet_fits_exactly_and_one_octet_more_does_not()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        Assert.Equal(1426, channel.Mtu);
        channel.Install(1);
        var a = channel.UdpAtA();
        var b = channel.UdpAtB();
        DontFragment(a);
        Exchange(a, b, channel, channel.Mtu - 48);
        var error = Assert.Throws<SocketException>(() => a.SendTo(new byte[channel.Mtu - 47], channel.FromAToB()));
        Assert.Equal(SocketError.MessageSize, error.SocketErrorCode);
        Assert.Equal(0, lab.B.Plane.ReadCounters(channel.Id).TooBig);
    }

    [Fact]
    public void E18_a_link_of_1280_carries_inner_packets_of_1280()
    {
        using var lab = NewLab();
        var channel = lab.Connect(linkMtu: 1280);
        Assert.Equal(1280, channel.Mtu);
        channel.Install(1);
        Exchange(channel.UdpAtA(), channel.UdpAtB(), channel, 1280 - 48);
    }

    [Fact]
    public void Multicast_on_the_channel_reaches_the_neighbour()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.Install(1);
        var a = channel.UdpAtA();
        var group = Ipv6Address.Parse("ff02::1a");
        var b = lab.NewSocket(lab.B.Acp, SocketType.Dgram, ProtocolType.Udp, Ipv6Address.Unspecified, 0, 7001);
        b.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(group.ToIPAddress(), channel.IndexB));
        a.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, channel.IndexA);
        a.SendTo("dio"u8, new IPEndPoint(group.ToIPAddress(channel.IndexA), 7001));
        var buffer = new byte[10];
        Assert.Equal(3, b.Receive(buffer));
    }

    [Fact]
    public void The_interface_is_a_routers_with_one_address_and_the_right_mtu()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        var link = lab.A.AcpRoute.FindLink(channel.Name);
        Assert.NotNull(link);
        Assert.Equal(channel.IndexA, link.Index);
        Assert.Equal(1426, link.Mtu);
        var addresses = lab.A.AcpRoute.Addresses().Where(x => x.Index == channel.IndexA).ToList();
        Assert.Equal([DataPlaneLab.InnerA], addresses.Select(x => x.Address));
        Assert.False(addresses[0].IsTentative);
        Assert.Equal("0", Sysctl.TryRead(lab.A.Acp, $"net/ipv6/conf/{channel.Name}/accept_ra"));
        Assert.Equal("1", Sysctl.TryRead(lab.A.Acp, $"net/ipv6/conf/{channel.Name}/forwarding"));
        Assert.Equal("255", Sysctl.TryRead(lab.A.Acp, $"net/ipv6/conf/{channel.Name}/hop_limit"));
    }

    [Fact]
    public void E15_nothing_passes_before_an_sa_or_after_its_removal()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        var a = channel.UdpAtA();
        var b = channel.UdpAtB();
        AssertSilent(() => a.SendTo("early"u8, channel.FromAToB()), b);
        channel.Install(1);
        Exchange(a, b, channel, 10);
        channel.Remove(1);
        AssertSilent(() => a.SendTo("late"u8, channel.FromAToB()), b);
    }

    [Fact]
    public void B30_the_same_addresses_on_two_links_are_two_neighbours()
    {
        using var lab = NewLab();
        var first = lab.Connect();
        var second = lab.Connect();
        first.Install(1);
        second.Install(2);
        Exchange(first.UdpAtA(7101), first.UdpAtB(7101), first, 200, 7101);
        Exchange(second.UdpAtA(7102), second.UdpAtB(7102), second, 200, 7102);
        lab.A.Plane.CloseChannel(first.Id);
        lab.B.Plane.CloseChannel(first.Id);
        Exchange(second.UdpAtA(7103), second.UdpAtB(7103), second, 200, 7103);
        Assert.True(lab.B.Plane.ReadCounters(second.Id).PacketsIn >= 2);
    }

    [Fact]
    public void A_tcp_stream_arrives_as_it_was_sent()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.Install(1);
        var listener = lab.NewSocket(lab.B.Acp, SocketType.Stream, ProtocolType.Tcp, DataPlaneLab.InnerB, channel.IndexB, 7200);
        listener.Listen(1);
        var client = lab.NewSocket(lab.A.Acp, SocketType.Stream, ProtocolType.Tcp, DataPlaneLab.InnerA, channel.IndexA);
        client.Connect(channel.FromAToB(7200));
        using var server = listener.Accept();
        server.ReceiveTimeout = 5000;
        var data = new SeededRandom(7).Bytes(12_345_678);
        var sender = new Thread(() =>
        {
            for (var at = 0; at < data.Length;)
                at += client.Send(data.AsSpan(at, Math.Min(100_001, data.Length - at)));
            client.Shutdown(SocketShutdown.Send);
        });
        sender.Start();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        int count;
        while ((count = server.Receive(buffer)) > 0)
            hash.AppendData(buffer, 0, count);
        sender.Join();
        Assert.Equal(SHA256.HashData(data), hash.GetHashAndReset());
        var counters = lab.B.Plane.ReadCounters(channel.Id);
        Assert.Equal(0, counters.AuthenticationFailures + counters.Replays + counters.TooBig + counters.Malformed);
    }

    [Fact]
    public void E10_a_child_sa_warns_at_its_soft_limit_and_stops_at_its_hard_one()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        // Packets of the kernel's own (MLD, Neighbor Discovery) count as well; octets leave them room.
        channel.InstallAtB(1, EspAlgorithm.AesGcm256, true);
        channel.InstallAtA(1, EspAlgorithm.AesGcm256, true, new ChildSaLimits(ulong.MaxValue, ulong.MaxValue, 20_000, 40_000));
        var a = channel.UdpAtA();
        var b = channel.UdpAtB();
        for (var i = 0; i < 60; i++)
            a.SendTo(new byte[1000], channel.FromAToB());
        Eventually(() => lab.A.News.LifetimesOver.Contains((channel.Id, DataPlaneChannel.SpiOfA(1))), "news of the end");
        Assert.Single(lab.A.News.Lifetimes, l => l == (channel.Id, DataPlaneChannel.SpiOfA(1)));
        Assert.InRange(lab.A.Plane.ReadCounters(channel.Id).OctetsOut, 38_000, 41_100);
        while (b.Available > 0)
            b.Receive(new byte[2000]);

        // A successor carries.
        channel.Install(2);
        Exchange(a, b, channel, 1000);
    }

    [Fact]
    public void E20_E21_forwarding_counts_nodes_and_answers_a_packet_too_long_with_the_channels_mtu()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.Install(1);

        // host fd02::2 ── fd02::1 a (acp) ── channel ── b (acp) fd03::1
        var (host, hostRoute) = lab.NewNamespace("host");
        lab.A.AcpRoute.CreateVeth("tohost", "eth0", host);
        var toHost = lab.A.AcpRoute.IndexOf("tohost");
        var eth0 = hostRoute.IndexOf("eth0");
        hostRoute.SetUp(eth0);
        lab.A.AcpRoute.SetUp(toHost);
        var hostAddress = Ipv6Address.Parse("fd02::2");
        var gateway = Ipv6Address.Parse("fd02::1");
        var far = Ipv6Address.Parse("fd03::1");
        hostRoute.PutAddress(eth0, hostAddress, 64);
        lab.A.AcpRoute.PutAddress(toHost, gateway, 64);
        hostRoute.PutRoute(Route("fd03::/64", eth0, gateway));
        lab.A.AcpRoute.PutRoute(Route("fd03::/64", channel.IndexA, DataPlaneLab.InnerB));
        lab.B.AcpRoute.PutAddress(channel.IndexB, far, 64);
        lab.B.AcpRoute.PutRoute(Route("fd02::/64", channel.IndexB, DataPlaneLab.InnerA));

        DataPlaneLab.AwaitAddress(lab.B.AcpRoute, channel.IndexB, far);
        DataPlaneLab.AwaitAddress(lab.A.AcpRoute, toHost, gateway);
        DataPlaneLab.AwaitAddress(hostRoute, eth0, hostAddress);

        var b = lab.NewSocket(lab.B.Acp, SocketType.Dgram, ProtocolType.Udp, far, 0, 7300);
        var h = lab.NewSocket(host, SocketType.Dgram, ProtocolType.Udp, hostAddress, 0, 7300);
        var errors = lab.NewSocket(host, SocketType.Raw, ProtocolType.IcmpV6, hostAddress);
        var buffer = new byte[2000];
        h.SendTo(new byte[channel.Mtu - 48], new IPEndPoint(far.ToIPAddress(), 7300));
        Assert.Equal(channel.Mtu - 48, b.Receive(buffer));

        // The tunnel is one hop, whatever the packets around it crossed: a forwards the packet, b is at home.
        h.Ttl = 1;
        h.SendTo(new byte[100], new IPEndPoint(far.ToIPAddress(), 7300));
        AwaitError(3); // Time Exceeded
        h.Ttl = 2;
        h.SendTo(new byte[100], new IPEndPoint(far.ToIPAddress(), 7300));
        Assert.Equal(100, b.Receive(buffer));
        h.Ttl = 64;

        h.SendTo(new byte[channel.Mtu - 47], new IPEndPoint(far.ToIPAddress(), 7300));
        AwaitError(2); // Packet Too Big
        Assert.Equal(1426u, BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(4))); // RFC 4443 §3.2

        void AwaitError(byte type)
        {
            var deadline = DateTime.UtcNow + Patience;
            do
            {
                Assert.True(DateTime.UtcNow < deadline, $"no ICMPv6 message of type {type}");
                errors.Receive(buffer);
            }
            while (buffer[0] != type); // Neighbor Discovery comes as well
        }
    }

    /// <summary>The responder of a rekeying sends on the old SA until it is told to switch.</summary>
    [Fact]
    public void E16_a_child_sa_held_back_sends_when_told_to()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.Install(1);
        channel.InstallAtB(2, sendAtOnce: false);
        var a = channel.UdpAtA();
        var b = channel.UdpAtB();
        var packet = new byte[100];

        // A knows nothing of the new one yet: what it receives came on the old one.
        b.SendTo(packet, channel.FromBToA());
        Assert.Equal(100, a.Receive(new byte[200]));
        channel.InstallAtA(2);
        lab.B.Plane.SwitchOutbound(channel.Id, DataPlaneChannel.SpiOfB(2));
        lab.A.Plane.RemoveChildSa(channel.Id, DataPlaneChannel.SpiOfA(1));
        b.SendTo(packet, channel.FromBToA());
        Assert.Equal(100, a.Receive(new byte[200]));
        a.SendTo(packet, channel.FromAToB());
        Assert.Equal(100, b.Receive(new byte[200]));

        // Unknown ones change nothing.
        lab.B.Plane.SwitchOutbound(channel.Id, 0x12345678);
        lab.B.Plane.SwitchOutbound(new ChannelId(77), DataPlaneChannel.SpiOfB(2));
        lab.B.Plane.RemoveChildSa(channel.Id, DataPlaneChannel.SpiOfB(1));
        b.SendTo(packet, channel.FromBToA());
        Assert.Equal(100, a.Receive(new byte[200]));
    }

    [Fact]
    public void E16_rekeys_under_traffic_lose_nothing()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.Install(1);
        var a = channel.UdpAtA();
        var b = channel.UdpAtB();
        b.ReceiveBufferSize = 1 << 20;
        var stop = false;
        var sent = 0;
        var sender = new Thread(() =>
        {
            var packet = new byte[200];
            while (!Volatile.Read(ref stop))
            {
                BinaryPrimitives.WriteInt32BigEndian(packet, sent++);
                a.SendTo(packet, channel.FromAToB());
                Thread.Sleep(1);
            }
        });
        var seen = new HashSet<int>();
        void ReceiveUntil(int count)
        {
            var packet = new byte[300];
            while (seen.Count < count)
            {
                b.Receive(packet);
                Assert.True(seen.Add(BinaryPrimitives.ReadInt32BigEndian(packet)), "a packet came twice");
            }
        }

        sender.Start();
        try
        {
            for (uint n = 2; n < 12; n++)
            {
                channel.InstallAtB(n); // the responder is first, and a still sends on the old one
                ReceiveUntil(seen.Count + 10);
                channel.InstallAtA(n);
                ReceiveUntil(seen.Count + 10);
                channel.Remove(n - 1);
            }

            ReceiveUntil(seen.Count + 10);
        }
        finally
        {
            Volatile.Write(ref stop, true);
            sender.Join();
        }

        ReceiveUntil(sent);
        Assert.Equal(Enumerable.Range(0, sent), seen.Order());
        Assert.Empty(lab.B.News.UnknownSpis);
    }

    [Fact]
    public void Removing_the_newer_sa_falls_back_to_the_older()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.Install(1);
        channel.Install(2);
        var a = channel.UdpAtA();
        var b = channel.UdpAtB();
        Exchange(a, b, channel, 50);
        channel.Remove(2);
        Exchange(a, b, channel, 50);
        channel.Remove(2); // unknown by now: ignored
        Exchange(a, b, channel, 50);
    }

    [Fact]
    public void E09_E13_E14_what_must_not_pass_does_not()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.InstallAtB(1);
        var b = channel.UdpAtB();
        using var key = new SecretBytes(DataPlaneChannel.Keys(1).AToB);
        using var sa = new EspOutboundSa(DataPlaneChannel.SpiOfB(1), EspAlgorithm.AesGcm256, true, key);
        var raw = lab.NewEspSender(DataPlaneLab.UnderlayA, channel.LinkA);
        void Send(byte[] packet) => raw.Send(packet, DataPlaneLab.UnderlayB);
        var buffer = new byte[2000];
        void Arrives(byte[] packet)
        {
            Send(packet);
            Assert.Equal(5, b.Receive(buffer));
        }

        var good = Seal(sa, Udp("hello"u8));
        Arrives(good);

        // TFC padding passes, cut off.
        Arrives(Seal(sa, [.. Udp("hello"u8), .. new byte[300]]));

        Send(good); // replayed
        Send(Seal(sa, [], EspNextHeader.None)); // dummy
        Send(Seal(sa, new byte[400], EspNextHeader.None));
        Send(Seal(sa, Udp("hello"u8), EspNextHeader.Ipv4));
        var forged = Seal(sa, Udp("hello"u8));
        forged[^1] ^= 1;
        Send(forged);
        var truncated = Seal(sa, Udp("hello"u8)[..50]);
        Send(truncated);
        var unknown = Seal(sa, Udp("hello"u8));
        BinaryPrimitives.WriteUInt32BigEndian(unknown, 0xdeadbeef);
        Send(unknown);
        Send([1, 2, 3]);

        // The right packet from the wrong address.
        var other = Ipv6Address.Parse("fe80::bad");
        lab.A.AbutmentRoute.PutAddress(channel.LinkA.Value, other, 64);
        DataPlaneLab.AwaitAddress(lab.A.AbutmentRoute, channel.LinkA.Value, other);
        lab.NewEspSender(other, channel.LinkA).Send(Seal(sa, Udp("spoof!"u8)), DataPlaneLab.UnderlayB);

        // All of those are behind us when the next good one comes: one pump, one order.
        Arrives(Seal(sa, Udp("hello"u8)));
        b.ReceiveTimeout = 100;
        Assert.Throws<SocketException>(() => b.Receive(buffer));
        CheckDrops(lab.B, channel);
    }

    [Fact]
    public void Closing_leaves_nothing()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.Install(1);
        Exchange(channel.UdpAtA(), channel.UdpAtB(), channel, 10);
        lab.A.Plane.CloseChannel(channel.Id);
        Assert.Null(lab.A.AcpRoute.FindLink(channel.Name));
        Assert.Equal(default, lab.A.Plane.ReadCounters(channel.Id));
        lab.A.Plane.CloseChannel(channel.Id);
        lab.A.Plane.RemoveChildSa(channel.Id, DataPlaneChannel.SpiOfA(1));

        // The same names and SPIs can be had again.
        lab.B.Plane.CloseChannel(channel.Id);
        var again = new DataPlaneChannel(lab, 1, channel.LinkA, channel.LinkB, 1500);
        again.Install(1);
        Exchange(again.UdpAtA(7401), again.UdpAtB(7401), again, 10, 7401);
    }

    [Fact]
    public void Installing_takes_the_keys_and_wipes_them_at_the_latest_when_closed()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        var (toB, toA) = DataPlaneChannel.Keys(1);
        using var inbound = new SecretBytes(toA);
        using var outbound = new SecretBytes(toB);
        lab.A.Plane.InstallChildSa(new ChildSaParameters(
            channel.Id, channel.LinkA, DataPlaneLab.UnderlayA, DataPlaneLab.UnderlayB, DataPlaneChannel.SpiOfA(1), DataPlaneChannel.SpiOfB(1), EspAlgorithm.AesGcm256, true, inbound, outbound));
        lab.A.Plane.CloseChannel(channel.Id);
        Assert.True(inbound.IsDisposed);
        Assert.True(outbound.IsDisposed);
    }

    [Fact]
    public void A_name_that_is_taken_or_impossible_is_an_error_with_a_reason()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        var spec = new ChannelSpec(new ChannelId(77), channel.LinkA, DataPlaneLab.UnderlayA, DataPlaneLab.UnderlayB, channel.Name, 1426, DataPlaneLab.InnerA);
        Assert.Contains(channel.Name, Assert.Throws<DataPlaneException>(() => lab.A.Plane.OpenChannel(spec)).Message);
        Assert.Throws<DataPlaneException>(() => lab.A.Plane.OpenChannel(spec with { InterfaceName = "sixteen-letters-" }));
        Assert.Throws<DataPlaneException>(() => lab.A.Plane.OpenChannel(spec with { InterfaceName = "acp_x", Link = new LinkId(4711) }));
        Assert.Null(lab.A.AcpRoute.FindLink("acp_x"));
    }

    /// <summary>Counters after E09_E13_E14; what is counted where differs between data planes.</summary>
    protected abstract void CheckDrops(DataPlaneSide side, DataPlaneChannel channel);

    protected static void Exchange(Socket a, Socket b, DataPlaneChannel channel, int length, int port = 7000)
    {
        var random = new SeededRandom((ulong)length);
        var buffer = new byte[9000];
        var ping = random.Bytes(length);
        a.SendTo(ping, channel.FromAToB(port));
        EndPoint from = new IPEndPoint(IPAddress.IPv6Any, 0);
        Assert.Equal(length, b.ReceiveFrom(buffer, ref from));
        Assert.True(buffer.AsSpan(0, length).SequenceEqual(ping));
        Assert.Equal(DataPlaneLab.InnerA, Ipv6Address.Read(((IPEndPoint)from).Address.GetAddressBytes()));
        var pong = random.Bytes(length);
        b.SendTo(pong, channel.FromBToA(port));
        Assert.Equal(length, a.Receive(buffer));
        Assert.True(buffer.AsSpan(0, length).SequenceEqual(pong));
    }

    protected static void Eventually(Func<bool> condition, string what)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, what);
            Thread.Yield();
        }
    }

    private static void AssertSilent(Action send, Socket receiver)
    {
        send();
        var before = receiver.ReceiveTimeout;
        receiver.ReceiveTimeout = 100;
        Assert.Throws<SocketException>(() => receiver.Receive(new byte[10]));
        receiver.ReceiveTimeout = before;
    }

    private static unsafe void DontFragment(Socket socket)
    {
        var on = 1;
        SystemCallException.Check(
            LibC.setsockopt((int)socket.Handle, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_DONTFRAG, &on, sizeof(int)), "IPV6_DONTFRAG");
    }

    private static RouteMessage Route(string prefix, int index, Ipv6Address gateway) =>
        new(Ipv6Prefix.Parse(prefix), index, gateway);

    /// <summary>A UDP packet from inner a to inner b, port 7000.</summary>
    private static byte[] Udp(ReadOnlySpan<byte> payload)
    {
        var packet = new byte[48 + payload.Length];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(8 + payload.Length));
        packet[6] = 17;
        packet[7] = 64;
        DataPlaneLab.InnerA.Write(packet.AsSpan(8));
        DataPlaneLab.InnerB.Write(packet.AsSpan(24));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(40), 7000);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42), 7000);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(44), (ushort)(8 + payload.Length));
        payload.CopyTo(packet.AsSpan(48));
        var sum = Acp.Linux.Tun.InternetChecksum.PseudoHeader(packet, 8 + payload.Length, 17);
        sum = Acp.Linux.Tun.InternetChecksum.Add(sum, packet.AsSpan(40));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(46), Acp.Linux.Tun.InternetChecksum.Finish(sum));
        return packet;
    }

    private static byte[] Seal(EspOutboundSa sa, byte[] payload, EspNextHeader nextHeader = EspNextHeader.Ipv6)
    {
        var room = new byte[EspOutboundSa.HeadRoom + payload.Length + EspOutboundSa.TailRoom];
        payload.CopyTo(room, EspOutboundSa.HeadRoom);
        Assert.True(sa.TrySeal(room, payload.Length, out var length, out _, nextHeader));
        return room[..length];
    }
}
