using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>
/// A neighbour that an operator named (RFC 8994 §8.2.1): <c>192.0.2.1</c>, <c>192.0.2.1:5000</c>, <c>2001:db8::1</c>,
/// <c>[2001:db8::1]:5000</c>, met over the host's network; or <c>fe80::1%eth0</c>, <c>[fe80::1%eth0]:5000</c>, met on that
/// link, for one that does not speak DULL GRASP.
/// </summary>
/// <param name="Address">Unicast; IPv4 in its IPv6-mapped form. Link-local if and only if there is a link.</param>
/// <param name="Port">Where its IKE listens.</param>
/// <param name="Parent">The host's interface for a link-local address; null for the host's network.</param>
public sealed record ConfiguredNeighbor(Ipv6Address Address, ushort Port, string? Parent)
{
    /// <summary>Most that one box may have.</summary>
    public const int MaxCount = 1024;

    public ValueList<ChannelMethod> Methods => [new ChannelMethod(ChannelMethod.IkeV2, Port)];

    /// <summary>Reads one; on failure <paramref name="reason"/> says what is wrong with it.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out ConfiguredNeighbor? neighbor, [NotNullWhen(false)] out string? reason)
    {
        neighbor = null;
        if (!TrySplit(text, out var address, out var port))
        {
            reason = $"'{text}' is not ADDRESS or ADDRESS:PORT; an IPv6 address with a port needs brackets, as in [2001:db8::1]:500";
            return false;
        }

        var percent = address.IndexOf('%');
        var parent = percent < 0 ? null : address[(percent + 1)..];
        var bare = percent < 0 ? address : address[..percent];
        // IPAddress takes "1" and "0x7f.1" for IPv4 addresses; nobody means these.
        if (!IPAddress.TryParse(bare, out var parsed) || (parsed.GetAddressBytes().Length == 4 && bare.Count(c => c == '.') != 3))
        {
            reason = $"'{bare}' is not an IPv4 or IPv6 address (names are not looked up)";
            return false;
        }

        var value = Ipv6Address.From(parsed);
        reason = Objection(value, parsed, parent, text);
        if (reason is null)
            neighbor = new ConfiguredNeighbor(value, port, parent);
        return neighbor is not null;
    }

    public override string ToString()
    {
        var address = Address.ToEndpointText() + (Parent is null ? "" : "%" + Parent);
        return Port == ChannelMethod.IkeV2DefaultPort ? address
            : string.Create(CultureInfo.InvariantCulture, $"{(Address.IsIpv4Mapped ? address : $"[{address}]")}:{Port}");
    }

    private static string? Objection(Ipv6Address address, IPAddress parsed, string? parent, string text)
    {
        if (address.IsLinkLocal && parent is null)
            return $"'{text}' is link-local: say on which link, as in {parsed}%eth0";
        if (!address.IsLinkLocal && parent is not null)
            return $"'{text}': only a link-local address has a link";
        if (parent is { Length: 0 or > 15 })
            return $"'{text}': there is no interface name behind the %";
        var first = address.IsIpv4Mapped ? (byte)(address.Low >> 24) : (byte)0;
        if (address.IsUnspecified || address.IsMulticast || IPAddress.IsLoopback(parsed) || first == 127 || first >= 224
            || address == Ipv6Address.From(IPAddress.Any))
            return $"'{text}' is not the address of one other box";
        return null;
    }

    private static bool TrySplit(string text, out string address, out ushort port)
    {
        port = ChannelMethod.IkeV2DefaultPort;
        address = text;
        string? portText = null;
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']');
            if (end < 0)
                return false;
            address = text[1..end];
            if (end + 1 < text.Length)
            {
                if (text[end + 1] != ':')
                    return false;
                portText = text[(end + 2)..];
            }
        }
        else if (text.Count(c => c == ':') == 1)
        {
            address = text[..text.IndexOf(':')];
            portText = text[(text.IndexOf(':') + 1)..];
        }

        return address.Length > 0
            && (portText is null || (ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0));
    }
}
