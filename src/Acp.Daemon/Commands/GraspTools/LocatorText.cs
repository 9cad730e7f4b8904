using System.Globalization;
using System.Net;
using Acp.Asa;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>Locators as people type them.</summary>
internal static class LocatorText
{
    /// <summary>
    /// <c>fd89::1</c>, <c>[fd89::1]:7017</c>, <c>fe80::1%5</c> (on interface 5), <c>192.0.2.1:7017</c>, each also with <c>/udp</c>;
    /// null for anything else.
    /// </summary>
    public static AsaLocator? Parse(string text)
    {
        var protocol = TransportProtocol.Tcp;
        if (text.EndsWith("/udp", StringComparison.Ordinal))
            protocol = TransportProtocol.Udp;
        if (text.EndsWith("/udp", StringComparison.Ordinal) || text.EndsWith("/tcp", StringComparison.Ordinal))
            text = text[..^4];
        ushort port = GraspConstants.GRASP_LISTEN_PORT;
        var host = text;
        var colon = text.LastIndexOf(':');
        if (colon > 0 && (text[0] == '[' ? text[colon - 1] == ']' : text.IndexOf(':', StringComparison.Ordinal) == colon))
        {
            if (!ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port))
                return null;
            host = text[..colon];
        }
        host = host is ['[', .. var inside, ']'] ? inside : host;
        var zone = host.IndexOf('%', StringComparison.Ordinal);
        var index = 0;
        if (zone >= 0 && !int.TryParse(host[(zone + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out index))
            return null;
        if (zone >= 0)
            host = host[..zone];
        if (Ipv6Address.TryParse(host, out var six))
            return new AsaLocator(new Ipv6Locator(six, protocol, port), index);
        return IPAddress.TryParse(host, out var four) && four.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? new AsaLocator(new Ipv4Locator(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(four.GetAddressBytes()), protocol, port), index)
            : null;
    }
}
