using System.Diagnostics.CodeAnalysis;

namespace Acp.Wire.Netlink;

/// <summary>One IPv6 route with at most one next hop: what we make, and what a dump of ours returns.</summary>
/// <param name="Interface">RTA_OIF; 0 for a black hole, and for multipath routes, which are never ours.</param>
/// <param name="Gateway">RTA_GATEWAY; null when on link.</param>
/// <param name="Table">254 is main.</param>
/// <param name="Type">RTN_…</param>
/// <param name="Protocol">RTPROT_…: who made it.</param>
/// <param name="Metric">RTA_PRIORITY, lower wins; the kernel makes 0 into 1024.</param>
/// <param name="PreferredSource">RTA_PREFSRC; null when unsaid.</param>
public sealed record RouteMessage(
    Ipv6Prefix Destination,
    int Interface,
    Ipv6Address? Gateway = null,
    uint Table = Rtnetlink.RT_TABLE_MAIN,
    byte Type = Rtnetlink.RTN_UNICAST,
    byte Protocol = Rtnetlink.RTPROT_ACPD,
    uint Metric = 0,
    Ipv6Address? PreferredSource = null)
{
    // struct rtmsg { unsigned char rtm_family, rtm_dst_len, rtm_src_len, rtm_tos, rtm_table, rtm_protocol, rtm_scope,
    //                rtm_type; unsigned rtm_flags; }; RTA_TABLE holds tables beyond the octet.
    public static bool TryDecode(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out RouteMessage? message, out NetlinkRefusal refusal)
    {
        message = null;
        if (!RtMsg.TryRead(payload, out var fixedPart, out refusal))
            return false;
        refusal = NetlinkRefusal.BadAttribute;
        Ipv6Address destination = default;
        Ipv6Address? gateway = null, preferredSource = null;
        uint table = fixedPart.Table, metric = 0, oif = 0;
        var attributes = new NetlinkAttributes(payload[RtMsg.Size..]);
        while (attributes.TryNext(out var type, out var value))
        {
            switch (type)
            {
                case Rtnetlink.RTA_DST or Rtnetlink.RTA_GATEWAY or Rtnetlink.RTA_PREFSRC when value.Length != Ipv6Address.Size:
                case Rtnetlink.RTA_OIF when !NetlinkAttributes.TryReadUInt32(value, out oif):
                case Rtnetlink.RTA_PRIORITY when !NetlinkAttributes.TryReadUInt32(value, out metric):
                case Rtnetlink.RTA_TABLE when !NetlinkAttributes.TryReadUInt32(value, out table):
                    return false;
                case Rtnetlink.RTA_DST:
                    destination = Ipv6Address.Read(value);
                    break;
                case Rtnetlink.RTA_GATEWAY:
                    gateway = Ipv6Address.Read(value);
                    break;
                case Rtnetlink.RTA_PREFSRC:
                    preferredSource = Ipv6Address.Read(value);
                    break;
            }
        }

        if (attributes.Refusal != NetlinkRefusal.None)
        {
            refusal = attributes.Refusal;
            return false;
        }

        if (fixedPart.DestinationLength > 128 || oif > int.MaxValue)
            return false;
        message = new RouteMessage(
            new Ipv6Prefix(destination, fixedPart.DestinationLength),
            (int)oif,
            gateway,
            table,
            fixedPart.Type,
            fixedPart.Protocol,
            metric,
            preferredSource);
        refusal = NetlinkRefusal.None;
        return true;
    }

    public override string ToString() => Type switch
    {
        Rtnetlink.RTN_BLACKHOLE => $"blackhole {Destination} table {Table}",
        Rtnetlink.RTN_UNREACHABLE => $"unreachable {Destination} table {Table}",
        _ => $"{Destination}{(Gateway is { } via ? $" via {via}" : "")} dev #{Interface} table {Table}",
    };
}
