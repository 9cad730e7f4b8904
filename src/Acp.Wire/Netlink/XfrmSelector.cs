using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>struct xfrm_selector for "any IPv6 packet", the only one an ACP channel has (RFC 8994 §6.8.3.1: ::/0 both ways).</summary>
internal static class XfrmSelector
{
    // linux/xfrm.h, struct xfrm_selector, 56 octets:
    //    0 xfrm_address_t daddr; 16 saddr;
    //   32 __be16 dport, dport_mask, sport, sport_mask;
    //   40 __u16 family; 42 __u8 prefixlen_d, prefixlen_s, proto;
    //   48 int ifindex; 52 __kernel_uid32_t user;
    public const int Size = 56;

    /// <summary>Writes it over 56 octets that are zero.</summary>
    public static void WriteAnyIpv6(Span<byte> bytes) => MemoryMarshal.Write(bytes[40..], (ushort)Rtnetlink.AF_INET6);
}
