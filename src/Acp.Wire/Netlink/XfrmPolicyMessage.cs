using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>What a dump says of one policy: enough to know whose it is and to delete it.</summary>
/// <param name="Direction">XFRM_POLICY_IN, OUT, FWD; higher ones are socket policies.</param>
/// <param name="Index">The kernel's number of it.</param>
/// <param name="IfId">0 for none.</param>
public sealed record XfrmPolicyMessage(byte Direction, uint Index, uint IfId)
{
    // linux/xfrm.h, struct xfrm_userpolicy_info, 168 octets:
    //    0 struct xfrm_selector sel; 56 struct xfrm_lifetime_cfg lft; 120 struct xfrm_lifetime_cur curlft;
    //  152 __u32 priority; 156 index; 160 __u8 dir, action, flags, share;
    public const int FixedSize = 168;

    /// <summary>Reads the payload of XFRM_MSG_NEWPOLICY, of any family.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out XfrmPolicyMessage? message, out NetlinkRefusal refusal)
    {
        message = null;
        refusal = NetlinkRefusal.Truncated;
        if (payload.Length < FixedSize)
            return false;
        uint ifId = 0;
        var attributes = new NetlinkAttributes(payload[FixedSize..]);
        while (attributes.TryNext(out var type, out var value))
        {
            if (type == Xfrm.XFRMA_IF_ID && !NetlinkAttributes.TryReadUInt32(value, out ifId))
            {
                refusal = NetlinkRefusal.BadAttribute;
                return false;
            }
        }

        refusal = attributes.Refusal;
        if (refusal != NetlinkRefusal.None)
            return false;
        message = new XfrmPolicyMessage(payload[160], MemoryMarshal.Read<uint>(payload[156..]), ifId);
        return true;
    }
}
