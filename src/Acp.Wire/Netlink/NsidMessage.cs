namespace Acp.Wire.Netlink;

/// <summary>RTM_NEWNSID, RTM_DELNSID: the number by which one namespace knows another.</summary>
/// <param name="Nsid">-1 when none is assigned.</param>
public readonly record struct NsidMessage(int Nsid)
{
    // struct rtgenmsg { unsigned char rtgen_family; } padded to four octets, then NETNSA_…
    public static bool TryDecode(ReadOnlySpan<byte> payload, out NsidMessage message, out NetlinkRefusal refusal)
    {
        message = new NsidMessage(Rtnetlink.NETNSA_NSID_NOT_ASSIGNED);
        refusal = NetlinkRefusal.Truncated;
        if (payload.Length < 4)
            return false;
        var attributes = new NetlinkAttributes(payload[4..]);
        while (attributes.TryNext(out var type, out var value))
        {
            if (type != Rtnetlink.NETNSA_NSID)
                continue;
            refusal = NetlinkRefusal.BadAttribute;
            if (!NetlinkAttributes.TryReadInt32(value, out var nsid))
                return false;
            message = new NsidMessage(nsid);
        }

        refusal = attributes.Refusal;
        return refusal == NetlinkRefusal.None;
    }
}
