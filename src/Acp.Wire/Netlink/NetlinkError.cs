using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>An acknowledgement (struct nlmsgerr), with the kernel's own words when it sends them.</summary>
/// <param name="Errno">Zero when the request was done; otherwise a positive errno.</param>
/// <param name="Text">NLMSGERR_ATTR_MSG: why, for people; empty when the kernel says nothing.</param>
/// <param name="Offset">NLMSGERR_ATTR_OFFS: the octet of the request the kernel dislikes; -1 when unsaid.</param>
public readonly record struct NetlinkError(int Errno, string Text, int Offset)
{
    // linux/netlink.h:
    //   int error;                      negative errno, 0 = acknowledged
    //   struct nlmsghdr msg;            the request's header, followed by its payload unless NLM_F_CAPPED
    //   attributes if NLM_F_ACK_TLVS
    public static bool TryDecode(NetlinkHeader header, ReadOnlySpan<byte> payload, out NetlinkError error, out NetlinkRefusal refusal)
    {
        error = default;
        if (payload.Length < 4)
            return Refuse(NetlinkRefusal.Truncated, out refusal);
        var value = MemoryMarshal.Read<int>(payload);

        // A positive number or int.MinValue would be nobody's errno.
        if (value is > 0 or int.MinValue)
            return Refuse(NetlinkRefusal.BadAttribute, out refusal);
        if ((header.Flags & NetlinkConstants.NLM_F_ACK_TLVS) != 0)
        {
            if (payload.Length < 4 + NetlinkHeader.Size)
                return Refuse(NetlinkRefusal.Truncated, out refusal);
            var echoed = (header.Flags & NetlinkConstants.NLM_F_CAPPED) != 0
                ? NetlinkHeader.Size
                : ((long)NetlinkHeader.Read(payload[4..]).Length + 3) & ~3L;
            if (echoed < NetlinkHeader.Size)
                return Refuse(NetlinkRefusal.BadLength, out refusal);
            if (echoed > payload.Length - 4)
                return Refuse(NetlinkRefusal.Truncated, out refusal);
            return TryDecodeText(-value, payload[(4 + (int)echoed)..], out error, out refusal);
        }

        error = new NetlinkError(-value, "", -1);
        refusal = NetlinkRefusal.None;
        return true;
    }

    /// <summary>
    /// The end of a dump: NLMSG_DONE carries the same error number, and the same attributes directly behind it.
    /// </summary>
    public static bool TryDecodeDone(NetlinkHeader header, ReadOnlySpan<byte> payload, out NetlinkError error, out NetlinkRefusal refusal)
    {
        error = new NetlinkError(0, "", -1);
        refusal = NetlinkRefusal.None;
        if (payload.Length < 4)
            return true;
        var value = MemoryMarshal.Read<int>(payload);

        // Some dumps end with a positive count there; only negative numbers are errors.
        if (value is >= 0 or int.MinValue)
            return true;
        var attributes = (header.Flags & NetlinkConstants.NLM_F_ACK_TLVS) != 0 ? payload[4..] : default;
        return TryDecodeText(-value, attributes, out error, out refusal);
    }

    private static bool TryDecodeText(int errno, ReadOnlySpan<byte> bytes, out NetlinkError error, out NetlinkRefusal refusal)
    {
        var text = "";
        var offset = -1;
        var attributes = new NetlinkAttributes(bytes);
        while (attributes.TryNext(out var type, out var value))
        {
            if (type == NetlinkConstants.NLMSGERR_ATTR_MSG)
                text = NetlinkAttributes.ReadString(value);
            else if (type == NetlinkConstants.NLMSGERR_ATTR_OFFS && !NetlinkAttributes.TryReadInt32(value, out offset))
                offset = -1;
        }

        error = new NetlinkError(errno, text, offset);
        refusal = attributes.Refusal;
        return refusal == NetlinkRefusal.None;
    }

    private static bool Refuse(NetlinkRefusal why, out NetlinkRefusal refusal)
    {
        refusal = why;
        return false;
    }
}
