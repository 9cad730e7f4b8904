using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>One IPv6 address of an interface, as RTM_NEWADDR, RTM_DELADDR describe it.</summary>
/// <param name="Flags">IFA_F_…</param>
public sealed record AddressMessage(int Index, Ipv6Address Address, int PrefixLength, uint Flags)
{
    /// <summary>Duplicate address detection runs (RFC 4862 §5.4): not to be used as a source yet.</summary>
    public bool IsTentative => (Flags & Rtnetlink.IFA_F_TENTATIVE) != 0;

    /// <summary>Duplicate address detection found another owner.</summary>
    public bool IsDuplicate => (Flags & Rtnetlink.IFA_F_DADFAILED) != 0;

    // struct ifaddrmsg { __u8 ifa_family, ifa_prefixlen, ifa_flags, ifa_scope; __u32 ifa_index; }
    // IFA_LOCAL is our end when there is a peer address, then in IFA_ADDRESS; without one only IFA_ADDRESS is there.
    // IFA_FLAGS carries the flags that no longer fit the octet.
    public static bool TryDecode(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out AddressMessage? message, out NetlinkRefusal refusal)
    {
        message = null;
        refusal = NetlinkRefusal.Truncated;
        if (payload.Length < 8)
            return false;
        var fixedPart = MemoryMarshal.Read<IfAddrMsg>(payload);
        refusal = NetlinkRefusal.OtherFamily;
        if (fixedPart.Family != Rtnetlink.AF_INET6)
            return false;
        Ipv6Address? address = null, local = null;
        uint flags = fixedPart.Flags;
        refusal = NetlinkRefusal.BadAttribute;
        var attributes = new NetlinkAttributes(payload[8..]);
        while (attributes.TryNext(out var type, out var value))
        {
            switch (type)
            {
                case Rtnetlink.IFA_ADDRESS or Rtnetlink.IFA_LOCAL when value.Length != Ipv6Address.Size:
                case Rtnetlink.IFA_FLAGS when !NetlinkAttributes.TryReadUInt32(value, out flags):
                    return false;
                case Rtnetlink.IFA_ADDRESS:
                    address = Ipv6Address.Read(value);
                    break;
                case Rtnetlink.IFA_LOCAL:
                    local = Ipv6Address.Read(value);
                    break;
            }
        }

        if (attributes.Refusal != NetlinkRefusal.None)
        {
            refusal = attributes.Refusal;
            return false;
        }

        if ((local ?? address) is not { } ours || fixedPart.PrefixLength > 128 || fixedPart.Index > int.MaxValue)
            return false;
        message = new AddressMessage((int)fixedPart.Index, ours, fixedPart.PrefixLength, flags);
        refusal = NetlinkRefusal.None;
        return true;
    }
}
