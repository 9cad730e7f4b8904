using System.Buffers.Binary;
using Acp.Wire;
using Acp.Wire.Grasp;
using Acp.Wire.Ikev2;
using Acp.Wire.Rpl;

namespace Acp.Daemon.Decode;

/// <summary>Finds the messages of the ACP's protocols in packets, by the ports and numbers they go by. Not thread-safe.</summary>
/// <param name="graspPorts">UDP and TCP ports that carry GRASP beside 7017.</param>
internal sealed class PacketDissector(IReadOnlyCollection<int> graspPorts)
{
    /// <summary>Connections that are followed at once; the one that was quiet longest is forgotten first.</summary>
    private const int MaxFlows = 1024;

    private const int IkePort = 500;
    private const int IkeNatPort = 4500;

    // IANA's protocol numbers.
    private const byte HopByHop = 0;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte Esp = 50;
    private const byte Icmpv6 = 58;
    private const byte DestinationOptions = 60;
    private const int MaxExtensionHeaders = 16;

    private readonly Dictionary<FlowKey, TcpFlow> _flows = [];

    /// <summary>Packets that carry something else.</summary>
    public int Others { get; private set; }

    /// <summary>Fragments of IP packets, which are not put together.</summary>
    public int Fragments { get; private set; }

    public IReadOnlyList<DecodeReport> Dissect(CapturedPacket packet)
    {
        var found = new List<DecodeReport>();
        Link(packet, found);
        return [.. found.Select(r => r with
        {
            Packet = packet.Number,
            At = packet.At,
            Text = r.Refusal is not null && packet.IsCut ? r.Text + " (the capture cut the packet off)" : r.Text,
        })];
    }

    /// <summary>What is left unfinished at the end of the capture.</summary>
    public IReadOnlyList<DecodeReport> Finish() =>
        [.. _flows.OrderBy(f => f.Value.LastPacket).SelectMany(f => f.Value.Finish().Select(r => Between(r, f.Key) with { Packet = f.Value.LastPacket }))];

    private static DecodeReport Between(DecodeReport report, FlowKey flow) => report with
    {
        Source = flow.Source.ToEndpointText(),
        SourcePort = flow.SourcePort,
        Destination = flow.Destination.ToEndpointText(),
        DestinationPort = flow.DestinationPort,
    };

    private void Link(CapturedPacket packet, List<DecodeReport> found)
    {
        var b = packet.Bytes;
        switch (packet.Link)
        {
            // destination(48) | source(48) | EtherType(16), tags (802.1Q) before it
            case CaptureLink.Ethernet:
                var at = 12;
                while (at + 4 < b.Length && EtherType(b.Span[at..]) is 0x8100 or 0x88a8)
                    at += 4;
                if (at + 2 <= b.Length)
                    Network(EtherType(b.Span[at..]), packet, b[(at + 2)..], found);
                break;
            // type(16) | ARPHRD(16) | address length(16) | address(64) | protocol(16)
            case CaptureLink.LinuxSll when b.Length >= 16:
                Network(EtherType(b.Span[14..]), packet, b[16..], found);
                break;
            // protocol(16) | reserved(16) | interface(32) | ARPHRD(16) | type(8) | address length(8) | address(64)
            case CaptureLink.LinuxSll2 when b.Length >= 20:
                Network(EtherType(b.Span), packet, b[20..], found);
                break;
            case CaptureLink.Raw or CaptureLink.RawAsDlt or CaptureLink.RawAsOpenBsd or CaptureLink.Ipv4 or CaptureLink.Ipv6 when b.Length > 0:
                Network((b.Span[0] >> 4) switch { 6 => 0x86dd, 4 => 0x0800, _ => 0 }, packet, b, found);
                break;
            default:
                Others++;
                break;
        }
    }

    private static int EtherType(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private void Network(int etherType, CapturedPacket packet, ReadOnlyMemory<byte> b, List<DecodeReport> found)
    {
        switch (etherType)
        {
            case 0x86dd when b.Length >= 40 && b.Span[0] >> 4 == 6:
                Ipv6(packet, b, found);
                break;
            case 0x0800 when b.Length >= 20 && b.Span[0] >> 4 == 4:
                Ipv4(packet, b, found);
                break;
            default:
                Others++;
                break;
        }
    }

    // RFC 8200 §3: version(4) class(8) flow(20) | payload length(16) | next header(8) | hop limit(8) | source | destination
    private void Ipv6(CapturedPacket packet, ReadOnlyMemory<byte> b, List<DecodeReport> found)
    {
        var source = Ipv6Address.Read(b.Span[8..]);
        var destination = Ipv6Address.Read(b.Span[24..]);
        var next = b.Span[6];
        // Zero where the kernel put segments together that are longer than the field can say.
        int length = BinaryPrimitives.ReadUInt16BigEndian(b.Span[4..]);
        var rest = b[40..];
        rest = length == 0 ? rest : rest[..Math.Min(length, rest.Length)];
        for (var headers = 0; headers < MaxExtensionHeaders && next is HopByHop or Routing or DestinationOptions or Fragment; headers++)
        {
            if (rest.Length < 8)
            {
                Others++;
                return;
            }

            var fragment = next == Fragment;
            next = rest.Span[0];
            if (fragment && (BinaryPrimitives.ReadUInt16BigEndian(rest.Span[2..]) & 0xfff9) != 0)
            {
                Fragments++;
                return;
            }

            var size = fragment ? 8 : (rest.Span[1] + 1) * 8;
            if (size > rest.Length)
            {
                Others++;
                return;
            }

            rest = rest[size..];
        }

        Transport(packet, next, source, destination, rest, found);
    }

    // RFC 791 §3.1: version(4) IHL(4) TOS(8) total length(16) | identification(16) flags(3) offset(13) | TTL(8) protocol(8) …
    private void Ipv4(CapturedPacket packet, ReadOnlyMemory<byte> b, List<DecodeReport> found)
    {
        var s = b.Span;
        var header = (s[0] & 15) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(s[2..]);
        if (header < 20 || header > b.Length || (total != 0 && total < header))
        {
            Others++;
            return;
        }

        if ((BinaryPrimitives.ReadUInt16BigEndian(s[6..]) & 0x3fff) != 0)
        {
            Fragments++;
            return;
        }

        var end = total == 0 ? b.Length : Math.Min(total, b.Length);
        Transport(packet, s[9], Mapped(s[12..]), Mapped(s[16..]), b[header..end], found);
    }

    private static Ipv6Address Mapped(ReadOnlySpan<byte> address) => new(0, 0xffff_0000_0000UL | BinaryPrimitives.ReadUInt32BigEndian(address));

    private void Transport(
        CapturedPacket packet, byte protocol, Ipv6Address source, Ipv6Address destination, ReadOnlyMemory<byte> b, List<DecodeReport> found)
    {
        switch (protocol)
        {
            case Udp when b.Length >= 8:
                UdpDatagram(source, destination, b, found);
                break;
            case Tcp when b.Length >= 20:
                TcpSegment(packet, source, destination, b, found);
                break;
            case Esp:
                found.Add(Between(MessageDecoder.Esp(b.Span), source, destination));
                break;
            case Icmpv6 when b.Length > 0 && b.Span[0] == RplCodec.Icmpv6Type:
                var report = MessageDecoder.Rpl(b.Span);
                if (!packet.IsCut && !Icmpv6Checksum.Verify(source, destination, b.Span))
                    report = report with { Text = report.Text + ", checksum wrong" };
                found.Add(Between(report, source, destination));
                break;
            default:
                Others++;
                break;
        }
    }

    private static DecodeReport Between(DecodeReport report, Ipv6Address source, Ipv6Address destination) =>
        report with { Source = source.ToEndpointText(), Destination = destination.ToEndpointText() };

    // source port(16) | destination port(16) | length(16) | checksum(16)
    private void UdpDatagram(Ipv6Address source, Ipv6Address destination, ReadOnlyMemory<byte> b, List<DecodeReport> found)
    {
        var flow = Ports(source, destination, b.Span);
        int length = BinaryPrimitives.ReadUInt16BigEndian(b.Span[4..]);
        var payload = b.Span[8..(length < 8 ? b.Length : Math.Min(length, b.Length))];
        if (IsGrasp(flow))
            found.Add(Between(MessageDecoder.Grasp(payload), flow));
        else if (flow.SourcePort == IkeNatPort || flow.DestinationPort == IkeNatPort)
            found.Add(Between(InNatPort(payload), flow));
        else if (flow.SourcePort == IkePort || flow.DestinationPort == IkePort)
            found.Add(Between(MessageDecoder.Ike(payload), flow));
        else
            Others++;
    }

    private static DecodeReport InNatPort(ReadOnlySpan<byte> payload) => payload switch
    {
        _ when NonEspMarker.IsKeepalive(payload) => new DecodeReport { Protocol = "ESP", Message = "NAT keepalive", Octets = 1 },
        _ when NonEspMarker.IsAt(payload) => MessageDecoder.Ike(payload),
        _ => MessageDecoder.Esp(payload),
    };

    // source port(16) | destination port(16) | sequence(32) | acknowledgment(32) | offset(4) … flags(8) …
    private void TcpSegment(CapturedPacket packet, Ipv6Address source, Ipv6Address destination, ReadOnlyMemory<byte> b, List<DecodeReport> found)
    {
        var key = Ports(source, destination, b.Span);
        var header = (b.Span[12] >> 4) * 4;
        if (!IsGrasp(key) || header < 20 || header > b.Length)
        {
            Others++;
            return;
        }

        if (!_flows.TryGetValue(key, out var flow))
        {
            if (_flows.Count == MaxFlows)
                _flows.Remove(_flows.MinBy(f => f.Value.LastPacket).Key);
            _flows.Add(key, flow = new TcpFlow());
        }

        flow.LastPacket = packet.Number;
        var syn = (b.Span[13] & 0x02) != 0;
        foreach (var report in flow.Add(BinaryPrimitives.ReadUInt32BigEndian(b.Span[4..]), syn, b[header..]))
            found.Add(Between(report, key));
    }

    private static FlowKey Ports(Ipv6Address source, Ipv6Address destination, ReadOnlySpan<byte> b) =>
        new(source, BinaryPrimitives.ReadUInt16BigEndian(b), destination, BinaryPrimitives.ReadUInt16BigEndian(b[2..]));

    private bool IsGrasp(FlowKey flow) =>
        flow.SourcePort == GraspConstants.GRASP_LISTEN_PORT || flow.DestinationPort == GraspConstants.GRASP_LISTEN_PORT
        || graspPorts.Contains(flow.SourcePort) || graspPorts.Contains(flow.DestinationPort);
}
