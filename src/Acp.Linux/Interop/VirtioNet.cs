using System.Runtime.InteropServices;

#pragma warning disable CS8981 // lower-case type names are the headers' own
namespace Acp.Linux.Interop;

/// <summary>linux/virtio_net.h and the offload part of linux/if_tun.h.</summary>
public static class VirtioNet
{
    public const byte VIRTIO_NET_HDR_F_NEEDS_CSUM = 1;
    public const byte VIRTIO_NET_HDR_GSO_NONE = 0;
    public const byte VIRTIO_NET_HDR_GSO_TCPV6 = 4;
    public const nint TUN_F_CSUM = 1;
    public const nint TUN_F_TSO6 = 4;

    /// <summary>SIOCGIFNAME and SIOCGIFMTU of linux/sockios.h.</summary>
    public const uint SIOCGIFNAME = 0x8910;

    /// <inheritdoc cref="SIOCGIFNAME"/>
    public const uint SIOCGIFMTU = 0x8921;
}

/// <summary>struct virtio_net_hdr: ten octets before every packet of a TUN with IFF_VNET_HDR, in host byte order.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct virtio_net_hdr
{
    public byte flags;
    public byte gso_type;
    public ushort hdr_len;
    public ushort gso_size;
    public ushort csum_start;
    public ushort csum_offset;
}

/// <summary>ifreq with an integer (linux/if.h), for SIOCGIFNAME and SIOCGIFMTU.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ifreq_int
{
    public fixed byte ifr_name[16];
    public int ifr_value;
    private fixed byte _pad[20];
}
