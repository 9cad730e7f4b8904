using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Acp.Wire.Cbor;

namespace Acp.Wire.Grasp;

/// <summary>Locator options (RFC 8990 §2.9.5), out of octets that are well-formed CBOR.</summary>
internal static class LocatorReader
{
    public static bool IsLocator(ulong option) =>
        option is >= GraspConstants.O_IPv6_LOCATOR and <= GraspConstants.O_URI_LOCATOR;

    // [O_IPv6_LOCATOR, bytes .size 16, proto, port] / [O_IPv4_LOCATOR, bytes .size 4, proto, port] /
    // [O_FQDN_LOCATOR, text, proto, port] / [O_URI_LOCATOR, text, proto / null, port / null]
    public static bool TryRead(ReadOnlyMemory<byte> element, [NotNullWhen(true)] out Locator? locator)
    {
        locator = null;
        var reader = BoundedCborReader.OverChecked(element);
        if (!reader.TryReadStartArray() || !reader.TryReadUInt(byte.MaxValue, out var option))
            return false;
        switch ((byte)option)
        {
            case GraspConstants.O_IPv6_LOCATOR:
                if (reader.TryReadBytes(out var six) && six.Length == Ipv6Address.Size && TryReadEndpoint(reader, out var proto, out var port))
                    locator = new Ipv6Locator(Ipv6Address.Read(six), proto, port);
                break;
            case GraspConstants.O_IPv4_LOCATOR:
                if (reader.TryReadBytes(out var four) && four.Length == 4 && TryReadEndpoint(reader, out proto, out port))
                    locator = new Ipv4Locator(BinaryPrimitives.ReadUInt32BigEndian(four), proto, port);
                break;
            case GraspConstants.O_FQDN_LOCATOR:
                if (reader.TryReadText(out var name) && TryReadEndpoint(reader, out proto, out port))
                    locator = new FqdnLocator(name, proto, port);
                break;
            case GraspConstants.O_URI_LOCATOR:
                locator = ReadUriLocator(reader);
                break;
        }
        return locator is not null && reader.AtEndOfArray;
    }

    private static UriLocator? ReadUriLocator(BoundedCborReader reader)
    {
        if (!reader.TryReadText(out var uri))
            return null;
        ulong proto = 0, port = 0;
        var noProto = reader.AtEndOfArray || reader.TryReadNull();
        if (!noProto && !reader.TryReadUInt(ushort.MaxValue, out proto))
            return null;
        var noPort = reader.AtEndOfArray || reader.TryReadNull();
        if (!noPort && !reader.TryReadUInt(ushort.MaxValue, out port))
            return null;
        return new UriLocator(uri, noProto ? null : (TransportProtocol)proto, noPort ? null : (ushort)port);
    }

    private static bool TryReadEndpoint(BoundedCborReader reader, out TransportProtocol protocol, out ushort port)
    {
        var read = reader.TryReadUInt(ushort.MaxValue, out var proto) & reader.TryReadUInt(ushort.MaxValue, out var number);
        protocol = (TransportProtocol)proto;
        port = (ushort)number;
        return read;
    }
}
