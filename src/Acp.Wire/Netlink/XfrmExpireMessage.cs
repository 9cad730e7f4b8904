using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>XFRM_MSG_EXPIRE: a state reached its soft limit (rekey soon) or its hard one (it is gone).</summary>
public sealed record XfrmExpireMessage(Ipv6Address Destination, uint Spi, bool Hard)
{
    // linux/xfrm.h, struct xfrm_user_expire { struct xfrm_usersa_info state; __u8 hard; }, 232 octets with padding.
    public const int FixedSize = XfrmStateMessage.FixedSize + 8;

    public static bool TryDecode(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out XfrmExpireMessage? message, out NetlinkRefusal refusal)
    {
        message = null;
        refusal = NetlinkRefusal.Truncated;
        if (payload.Length < FixedSize)
            return false;
        refusal = NetlinkRefusal.OtherFamily;
        if (MemoryMarshal.Read<ushort>(payload[212..]) != Rtnetlink.AF_INET6
            || payload[76] != Xfrm.IPPROTO_ESP)
            return false;
        refusal = NetlinkRefusal.None;
        message = new XfrmExpireMessage(
            Ipv6Address.Read(payload[56..]),
            BinaryPrimitives.ReadUInt32BigEndian(payload[72..]),
            payload[XfrmStateMessage.FixedSize] != 0);
        return true;
    }
}
