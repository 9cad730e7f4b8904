using System.Runtime.InteropServices;

// The C structures that LibC's functions take, with the kernel's names and layouts (64-bit Linux). They live in one
// file because each is a few lines and they are read side by side with the headers.
#pragma warning disable CS8981 // lower-case type names are the headers' own
namespace Acp.Linux.Interop;

[StructLayout(LayoutKind.Sequential)]
public unsafe struct iovec
{
    public void* iov_base;
    public nuint iov_len;
}

[StructLayout(LayoutKind.Sequential)]
public unsafe struct msghdr
{
    public void* msg_name;
    public uint msg_namelen;
    public iovec* msg_iov;
    public nuint msg_iovlen;
    public void* msg_control;
    public nuint msg_controllen;
    public int msg_flags;
}

[StructLayout(LayoutKind.Sequential)]
public struct mmsghdr
{
    public msghdr msg_hdr;
    public uint msg_len;
}

/// <summary>Ancillary data header; data follows, the next header starts at the next multiple of 8.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct cmsghdr
{
    public nuint cmsg_len;
    public int cmsg_level;
    public int cmsg_type;
}

[StructLayout(LayoutKind.Sequential)]
public struct pollfd
{
    public int fd;
    public short events;
    public short revents;
}

[StructLayout(LayoutKind.Sequential)]
public struct timespec
{
    public long tv_sec;
    public long tv_nsec;
}

[StructLayout(LayoutKind.Sequential)]
public struct itimerspec
{
    public timespec it_interval;
    public timespec it_value;
}

[StructLayout(LayoutKind.Sequential)]
public unsafe struct sockaddr_in6
{
    public ushort sin6_family;

    /// <summary>Network byte order.</summary>
    public ushort sin6_port;
    public uint sin6_flowinfo;
    public fixed byte sin6_addr[16];
    public uint sin6_scope_id;
}

[StructLayout(LayoutKind.Sequential)]
public struct sockaddr_nl
{
    public ushort nl_family;
    public ushort nl_pad;
    public uint nl_pid;
    public uint nl_groups;
}

/// <summary>statfs on 64-bit Linux; only the type is read.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct statfs_t
{
    public long f_type;
    public fixed long rest[14];
}

/// <summary>ifreq as TUNSETIFF wants it (linux/if.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ifreq_flags
{
    public fixed byte ifr_name[16];
    public short ifr_flags;
    private fixed byte _pad[22];
}

/// <summary>linux/in6.h, for IPV6_PKTINFO.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct in6_pktinfo
{
    public fixed byte ipi6_addr[16];
    public uint ipi6_ifindex;
}

/// <summary>linux/filter.h: one instruction of a classic BPF program.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct sock_filter
{
    public ushort code;
    public byte jt;
    public byte jf;
    public uint k;
}

/// <summary>linux/filter.h</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct sock_fprog
{
    public ushort len;
    public sock_filter* filter;
}

/// <summary>linux/in6.h, for IPV6_JOIN_GROUP.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ipv6_mreq
{
    public fixed byte ipv6mr_multiaddr[16];
    public int ipv6mr_interface;
}
