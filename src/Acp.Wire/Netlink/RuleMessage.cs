using System.Diagnostics.CodeAnalysis;

namespace Acp.Wire.Netlink;

/// <summary>One IPv6 policy rule: by mark, by incoming interface, by source.</summary>
/// <param name="Priority">Lower is asked first; 0 is the local table's, 32766 main's.</param>
/// <param name="Action">FR_ACT_…</param>
/// <param name="Table">For FR_ACT_TO_TBL.</param>
/// <param name="InputInterface">Empty for any.</param>
/// <param name="Protocol">RTPROT_…: who made it.</param>
public sealed record RuleMessage(
    uint Priority,
    byte Action = Rtnetlink.FR_ACT_TO_TBL,
    uint Table = 0,
    uint Mark = 0,
    uint MarkMask = 0,
    string InputInterface = "",
    Ipv6Prefix? Source = null,
    byte Protocol = Rtnetlink.RTPROT_ACPD)
{
    // struct fib_rule_hdr { __u8 family, dst_len, src_len, tos, table, res1, res2, action; __u32 flags; }
    public static bool TryDecode(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out RuleMessage? message, out NetlinkRefusal refusal)
    {
        message = null;
        if (!RtMsg.TryRead(payload, out var fixedPart, out refusal))
            return false;
        refusal = NetlinkRefusal.BadAttribute;
        uint priority = 0, table = fixedPart.Table, mark = 0, mask = 0;
        byte protocol = 0;
        var input = "";
        Ipv6Prefix? source = null;
        var attributes = new NetlinkAttributes(payload[RtMsg.Size..]);
        while (attributes.TryNext(out var type, out var value))
        {
            switch (type)
            {
                case Rtnetlink.FRA_PRIORITY when !NetlinkAttributes.TryReadUInt32(value, out priority):
                case Rtnetlink.FRA_TABLE when !NetlinkAttributes.TryReadUInt32(value, out table):
                case Rtnetlink.FRA_FWMARK when !NetlinkAttributes.TryReadUInt32(value, out mark):
                case Rtnetlink.FRA_FWMASK when !NetlinkAttributes.TryReadUInt32(value, out mask):
                case Rtnetlink.FRA_PROTOCOL when value.Length != 1:
                case Rtnetlink.FRA_SRC when value.Length != Ipv6Address.Size || fixedPart.SourceLength > 128:
                    return false;
                case Rtnetlink.FRA_PROTOCOL:
                    protocol = value[0];
                    break;
                case Rtnetlink.FRA_IIFNAME:
                    input = NetlinkAttributes.ReadString(value);
                    break;
                case Rtnetlink.FRA_SRC:
                    source = new Ipv6Prefix(Ipv6Address.Read(value), fixedPart.SourceLength);
                    break;
            }
        }

        refusal = attributes.Refusal;
        if (refusal != NetlinkRefusal.None)
            return false;
        message = new RuleMessage(priority, fixedPart.Type, table, mark, mask, input, source, protocol);
        return true;
    }
}
