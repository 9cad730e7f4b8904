using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>struct xfrm_lifetime_cfg: when a state or policy ends.</summary>
/// <param name="SoftPackets">The kernel says so (XFRM_MSG_EXPIRE, hard 0) once this many packets have passed.</param>
/// <param name="HardPackets">The kernel deletes it then.</param>
/// <param name="SoftOctets">The same for octets of inner packets, as <paramref name="HardOctets"/>.</param>
public readonly record struct XfrmLifetime(
    ulong SoftPackets, ulong HardPackets, ulong SoftOctets = Xfrm.XFRM_INF, ulong HardOctets = Xfrm.XFRM_INF)
{
    // linux/xfrm.h, struct xfrm_lifetime_cfg, 64 octets, each __u64:
    //    0 soft_byte_limit; 8 hard_byte_limit; 16 soft_packet_limit; 24 hard_packet_limit;
    //   32 soft_add_expires_seconds; 40 hard_add_…; 48 soft_use_expires_seconds; 56 hard_use_…  (0 = never)
    public const int Size = 64;

    public static readonly XfrmLifetime Unlimited = new(Xfrm.XFRM_INF, Xfrm.XFRM_INF);

    public static XfrmLifetime Read(ReadOnlySpan<byte> bytes) =>
        new(
            MemoryMarshal.Read<ulong>(bytes[16..]), MemoryMarshal.Read<ulong>(bytes[24..]),
            MemoryMarshal.Read<ulong>(bytes), MemoryMarshal.Read<ulong>(bytes[8..]));

    public void Write(Span<byte> bytes)
    {
        MemoryMarshal.Write(bytes, SoftOctets);
        MemoryMarshal.Write(bytes[8..], HardOctets);
        MemoryMarshal.Write(bytes[16..], SoftPackets);
        MemoryMarshal.Write(bytes[24..], HardPackets);
    }
}
