using Acp.Core;
using Acp.Daemon.Decode;
using Acp.Tests.Grasp;
using Acp.Tests.Ikev2;
using Acp.Tests.Rpl;
using Acp.Wire;

namespace Acp.Tests.Decode;

/// <summary>From packets to messages.</summary>
public class PacketDissectorTests
{
    private static readonly byte[] Discovery = GraspyVectors.All.First(v => v.Type == "DISCOVERY").Message;
    private static readonly byte[] Flood = GraspyVectors.All.First(v => v.Type == "FLOOD").Message;

    [Fact]
    public void GRASP_in_UDP_is_found_behind_every_link_header()
    {
        var ip = Packets.Ipv6(17, Packets.Udp(40000, 7017, Discovery), to: Ipv6Address.AllGraspNeighbors);
        var four = Packets.Ipv4(17, Packets.Udp(40000, 7017, Discovery));
        foreach (var (link, bytes) in new (CaptureLink, byte[])[]
        {
            (CaptureLink.Ethernet, Packets.Ethernet(ip)), (CaptureLink.Ethernet, Packets.Ethernet(ip, 7, 8)), (CaptureLink.LinuxSll, Packets.Sll(ip)),
            (CaptureLink.LinuxSll2, Packets.Sll2(ip)), (CaptureLink.Raw, ip), (CaptureLink.RawAsDlt, ip), (CaptureLink.Ipv6, ip),
            (CaptureLink.Raw, four), (CaptureLink.Ipv4, four), (CaptureLink.Ethernet, Packets.Ethernet(four)),
        })
        {
            var report = Assert.Single(Dissect(link, bytes));
            Assert.Equal(("GRASP", "M_DISCOVERY", 40000, 7017), (report.Protocol, report.Message, report.SourcePort, report.DestinationPort));
            Assert.Equal(bytes.AsSpan().IndexOf(four) >= 0 ? "192.0.2.1" : "fe80::a", report.Source);
        }
    }

    [Fact]
    public void IKE_and_ESP_are_told_apart_on_their_ports()
    {
        Assert.Equal("IKE_SA_INIT request", Single(Packets.Ipv6(17, Packets.Udp(500, 500, IkeVectors.Init))).Message);
        Assert.Equal("IKE_AUTH request", Single(Packets.Ipv4(17, Packets.Udp(4500, 61000, [0, 0, 0, 0, .. IkeVectors.Encrypted]))).Message);
        Assert.Equal("SPI deadbeef, sequence number 7", Single(Packets.Ipv4(17, Packets.Udp(4500, 4500, [0xde, 0xad, 0xbe, 0xef, 0, 0, 0, 7, 1, 2]))).Text);
        Assert.Equal("NAT keepalive", Single(Packets.Ipv4(17, Packets.Udp(4500, 4500, [0xff]))).Message);
        Assert.Equal("SPI deadbeef, sequence number 8", Single(Packets.Ipv6(50, [0xde, 0xad, 0xbe, 0xef, 0, 0, 0, 8, 1, 2])).Text);
    }

    [Fact]
    public void RPL_is_found_behind_extension_headers_and_its_checksum_is_checked()
    {
        var dis = RplVector.Named("rpld-dis");
        Assert.Equal("", Single(Packets.Ipv6(58, dis.Icmpv6, dis.Source, dis.Destination)).Text);
        Assert.Equal(", checksum wrong", Single(Packets.Ipv6(58, dis.Icmpv6, dis.Source, Packets.B)).Text);
        byte[] behind = [58, 0, 1, 4, 0, 0, 0, 0, .. dis.Icmpv6]; // a hop-by-hop header of padding
        Assert.Equal("DIS", Single(Packets.Ipv6(0, behind, dis.Source, dis.Destination)).Message);
        byte[] fragment = [58, 0, 0, 1, 0, 0, 0, 9, .. dis.Icmpv6];
        var dissector = new PacketDissector([]);
        Assert.Empty(dissector.Dissect(new CapturedPacket(1, null, CaptureLink.Raw, Packets.Ipv6(44, fragment), 99)));
        Assert.Equal(1, dissector.Fragments);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void GRASP_in_TCP_is_put_together_from_segments_of_any_size(int size)
    {
        byte[] stream = [.. Discovery, .. Flood, .. Discovery];
        var segments = stream.Chunk(size).Select((chunk, i) => (Sequence: 101u + (uint)(i * size), chunk)).ToList();
        var dissector = new PacketDissector([]);
        var found = Feed(dissector, [Packets.Ipv6(6, Packets.Tcp(40000, 7017, 100, [], syn: true)), .. segments.Select(s => Packets.Ipv6(6, Packets.Tcp(40000, 7017, s.Sequence, s.chunk)))]);
        Assert.Equal(["M_DISCOVERY", "M_FLOOD", "M_DISCOVERY"], found.Select(r => r.Message));
        Assert.Empty(dissector.Finish());
    }

    [Fact]
    public void Segments_that_overtake_or_come_twice_do_no_harm()
    {
        var random = new SeededRandom(3);
        byte[] stream = [.. Discovery, .. Flood, .. Discovery, .. Flood];
        for (var round = 0; round < 200; round++)
        {
            // Sequence numbers go round in the middle of it.
            var start = uint.MaxValue - 50;
            var segments = new List<byte[]>();
            for (var at = 0; at < stream.Length;)
            {
                var length = Math.Min(1 + random.Next(20), stream.Length - at);
                segments.Add(Packets.Ipv6(6, Packets.Tcp(7017, 40000, start + 1 + (uint)at, stream[at..(at + length)])));
                at += random.Next(3) == 0 ? 0 : length;
            }

            for (var i = 0; i + 1 < segments.Count; i++)
            {
                if (random.Next(3) == 0)
                    (segments[i], segments[i + 1]) = (segments[i + 1], segments[i]);
            }

            var dissector = new PacketDissector([]);
            var found = Feed(dissector, [Packets.Ipv6(6, Packets.Tcp(7017, 40000, start, [], syn: true)), .. segments]);
            Assert.Equal(["M_DISCOVERY", "M_FLOOD", "M_DISCOVERY", "M_FLOOD"], found.Concat(dissector.Finish()).Select(r => r.Message));
        }
    }

    [Fact]
    public void A_gap_is_told_and_what_comes_after_it_is_read()
    {
        var dissector = new PacketDissector([]);
        var found = Feed(dissector,
            Packets.Ipv6(6, Packets.Tcp(7017, 40000, 0, [], syn: true)),
            Packets.Ipv6(6, Packets.Tcp(7017, 40000, 1, Discovery)),
            Packets.Ipv6(6, Packets.Tcp(7017, 40000, 1000, Flood)));
        Assert.Equal(["M_DISCOVERY"], found.Select(r => r.Message));
        var rest = dissector.Finish();
        Assert.Equal(["SegmentsMissing", null], rest.Select(r => r.Refusal));
        Assert.Equal($"{999 - Discovery.Length} octets of the stream are not in the capture", rest[0].Text);
        Assert.Equal(("M_FLOOD", 3, "fe80::a"), (rest[1].Message, rest[1].Packet, rest[1].Source));
    }

    [Fact]
    public void A_stream_that_ends_early_and_one_that_is_encrypted_say_so()
    {
        var dissector = new PacketDissector([40001]);
        Assert.Empty(Feed(dissector, Packets.Ipv6(6, Packets.Tcp(5, 7017, 1, Discovery[..9]))));
        Assert.Equal("StreamEnds", Assert.Single(dissector.Finish()).Refusal);
        Assert.Equal("TLS", Assert.Single(Feed(dissector, Packets.Ipv6(6, Packets.Tcp(6, 40001, 1, [0x16, 3, 1, 2, 0, 1])), Packets.Ipv6(6, Packets.Tcp(6, 40001, 7, [1, 2, 3])))).Protocol);
    }

    [Fact]
    public void Other_traffic_is_counted_and_cut_packets_are_told()
    {
        var dissector = new PacketDissector([]);
        Assert.Empty(Feed(dissector, Packets.Ipv6(17, Packets.Udp(53, 53, [1])), Packets.Ipv6(58, [128, 0, 0, 0]), [0x10]));
        Assert.Equal(3, dissector.Others);
        var cut = Packets.Ipv6(17, Packets.Udp(7017, 7017, Discovery))[..60];
        var report = Assert.Single(dissector.Dissect(new CapturedPacket(1, null, CaptureLink.Raw, cut, 100)));
        Assert.Equal("truncated (the capture cut the packet off)", report.Text);
    }

    private static DecodeReport Single(byte[] ip) => Assert.Single(Dissect(CaptureLink.Raw, ip));

    private static IReadOnlyList<DecodeReport> Dissect(CaptureLink link, byte[] bytes) =>
        new PacketDissector([]).Dissect(new CapturedPacket(1, null, link, bytes, bytes.Length));

    private static List<DecodeReport> Feed(PacketDissector dissector, params byte[][] packets) =>
        [.. packets.SelectMany((p, i) => dissector.Dissect(new CapturedPacket(i + 1, null, CaptureLink.Raw, p, p.Length)))];
}
