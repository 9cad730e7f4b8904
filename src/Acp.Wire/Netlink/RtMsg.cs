using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>struct rtmsg (linux/rtnetlink.h); struct fib_rule_hdr has the same shape with Type as its action.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RtMsg
{
    /// <summary>Octets on the wire.</summary>
    public const int Size = 12;

    public byte Family;
    public byte DestinationLength;
    public byte SourceLength;
    public byte Tos;
    public byte Table;
    public byte Protocol;
    public byte Scope;
    public byte Type;
    public uint Flags;

    /// <summary>The head of a message about IPv6; its attributes follow.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> payload, out RtMsg head, out NetlinkRefusal refusal)
    {
        head = default;
        refusal = NetlinkRefusal.Truncated;
        if (payload.Length < Size)
            return false;
        head = MemoryMarshal.Read<RtMsg>(payload);
        refusal = NetlinkRefusal.OtherFamily;
        return head.Family == Rtnetlink.AF_INET6;
    }
}
