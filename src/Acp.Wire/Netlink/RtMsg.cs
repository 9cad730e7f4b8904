using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>struct rtmsg (linux/rtnetlink.h); struct fib_rule_hdr has the same shape with Type as its action.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RtMsg
{
    public byte Family;
    public byte DestinationLength;
    public byte SourceLength;
    public byte Tos;
    public byte Table;
    public byte Protocol;
    public byte Scope;
    public byte Type;
    public uint Flags;
}
