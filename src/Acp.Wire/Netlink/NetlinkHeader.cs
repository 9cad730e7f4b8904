using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>struct nlmsghdr, in host byte order like everything in netlink that is not an address.</summary>
/// <param name="Length">Octets of header and payload, without the padding to a multiple of four.</param>
public readonly record struct NetlinkHeader(uint Length, ushort Type, ushort Flags, uint Sequence, uint PortId)
{
    /// <summary>Octets.</summary>
    public const int Size = 16;

    // linux/netlink.h:
    //   __u32 nlmsg_len; __u16 nlmsg_type; __u16 nlmsg_flags; __u32 nlmsg_seq; __u32 nlmsg_pid;
    public static NetlinkHeader Read(ReadOnlySpan<byte> bytes) => new(
        MemoryMarshal.Read<uint>(bytes),
        MemoryMarshal.Read<ushort>(bytes[4..]),
        MemoryMarshal.Read<ushort>(bytes[6..]),
        MemoryMarshal.Read<uint>(bytes[8..]),
        MemoryMarshal.Read<uint>(bytes[12..]));

    public void Write(Span<byte> bytes)
    {
        MemoryMarshal.Write(bytes, Length);
        MemoryMarshal.Write(bytes[4..], Type);
        MemoryMarshal.Write(bytes[6..], Flags);
        MemoryMarshal.Write(bytes[8..], Sequence);
        MemoryMarshal.Write(bytes[12..], PortId);
    }
}
