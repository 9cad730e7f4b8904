using System.Buffers.Binary;

namespace Acp.Wire.Ikev2;

/// <summary>
/// Traffic Selectors, initiator's or responder's (RFC 7296 §3.13): number of TSs, three reserved octets, then each
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   TS Type     |IP Protocol ID*|       Selector Length         |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |           Start Port*         |           End Port*           |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~                         Starting Address*                     ~
/// ~                         Ending Address*                       ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// Selectors of unknown type are kept by type only, so that a choice among the others remains possible.
/// </summary>
public sealed record TsPayload : IkePayload
{
    private const int Ipv4Length = 16;
    private const int Ipv6Length = 40;

    private TsPayload(PayloadType type, IReadOnlyList<TrafficSelector> selectors)
        : base(type) => Selectors = selectors;

    public IReadOnlyList<TrafficSelector> Selectors { get; }

    /// <summary>TSi when <paramref name="initiator"/>, else TSr. IPv4 and IPv6 ranges only.</summary>
    public static TsPayload Create(bool initiator, params TrafficSelector[] selectors) =>
        new(initiator ? PayloadType.TrafficSelectorInitiator : PayloadType.TrafficSelectorResponder, selectors);

    internal static IkeRefusal Decode(PayloadType type, ReadOnlyMemory<byte> body, out IkePayload? payload)
    {
        payload = null;
        if (body.Length < 4)
            return IkeRefusal.TrafficSelector;
        var rest = body.Span[4..];
        var selectors = new List<TrafficSelector>();
        for (int left = body.Span[0]; left > 0; left--)
        {
            if (rest.Length < 4)
                return IkeRefusal.TrafficSelector;
            var kind = (TrafficSelectorType)rest[0];
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length < 4 || length > rest.Length
                || (kind == TrafficSelectorType.Ipv6AddressRange && length != Ipv6Length)
                || (kind == TrafficSelectorType.Ipv4AddressRange && length != Ipv4Length))
                return IkeRefusal.TrafficSelector;
            selectors.Add(ReadSelector(kind, rest[..length]));
            rest = rest[length..];
        }

        if (rest.Length != 0 || selectors.Count == 0)
            return IkeRefusal.TrafficSelector;
        payload = new TsPayload(type, selectors);
        return IkeRefusal.None;
    }

    internal override void WriteBody(IkeWriter writer)
    {
        writer.Byte(checked((byte)Selectors.Count));
        writer.Byte(0);
        writer.UInt16(0);
        foreach (var selector in Selectors)
        {
            var ipv6 = selector.Type == TrafficSelectorType.Ipv6AddressRange;
            writer.Byte((byte)selector.Type);
            writer.Byte(selector.Protocol);
            writer.UInt16(ipv6 ? (ushort)Ipv6Length : (ushort)Ipv4Length);
            writer.UInt16(selector.StartPort);
            writer.UInt16(selector.EndPort);
            if (ipv6)
            {
                selector.StartAddress.Write(writer.Reserve(Ipv6Address.Size));
                selector.EndAddress.Write(writer.Reserve(Ipv6Address.Size));
            }
            else
            {
                writer.UInt32((uint)selector.StartAddress.Low);
                writer.UInt32((uint)selector.EndAddress.Low);
            }
        }
    }

    private static TrafficSelector ReadSelector(TrafficSelectorType kind, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8)
            return new TrafficSelector(kind, bytes[1], 0, 0, default, default);
        var startPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var endPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        return kind switch
        {
            TrafficSelectorType.Ipv6AddressRange => new TrafficSelector(kind, bytes[1], startPort, endPort,
                Ipv6Address.Read(bytes[8..]), Ipv6Address.Read(bytes[24..])),
            TrafficSelectorType.Ipv4AddressRange => new TrafficSelector(kind, bytes[1], startPort, endPort,
                new Ipv6Address(0, BinaryPrimitives.ReadUInt32BigEndian(bytes[8..])),
                new Ipv6Address(0, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]))),
            _ => new TrafficSelector(kind, bytes[1], startPort, endPort, default, default),
        };
    }
}
