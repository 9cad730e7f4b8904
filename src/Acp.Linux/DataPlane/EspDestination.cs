using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Acp.Core;
using Acp.Linux.Interop;
using Acp.Wire;

namespace Acp.Linux.DataPlane;

/// <summary>
/// Where ESP packets go and from which address, as the kernel wants it for sendmmsg: a socket, a socket address and one
/// ancillary message, pinned for life. Unchanging.
/// </summary>
internal sealed unsafe class EspDestination
{
    private const int ControlSize = 16 + 24;

    private readonly byte[] _address = GC.AllocateArray<byte>(sizeof(sockaddr_in6), pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(ControlSize, pinned: true);
    private readonly uint _addressLength;
    private readonly nuint _controlLength;

    public EspDestination(EspSocket socket, LinkId link, Ipv6Address local, Ipv6Address remote, ushort port)
    {
        Socket = socket;
        Port = port;
        if (socket.Carrier == EspCarrier.HostIpv4)
        {
            (_addressLength, _controlLength) = PutIpv4(local, remote);
            return;
        }

        var to = new sockaddr_in6
        {
            sin6_family = SocketConstants.AF_INET6,
            sin6_port = BinaryPrimitives.ReverseEndianness(port),
            sin6_scope_id = (uint)link.Value,
        };
        remote.Write(new Span<byte>(to.sin6_addr, Ipv6Address.Size));
        MemoryMarshal.Write(_address, to);
        var from = new in6_pktinfo { ipi6_ifindex = (uint)link.Value };
        local.Write(new Span<byte>(from.ipi6_addr, Ipv6Address.Size));
        MemoryMarshal.Write(_control, new cmsghdr
        {
            cmsg_len = (nuint)(sizeof(cmsghdr) + sizeof(in6_pktinfo)),
            cmsg_level = SocketConstants.IPPROTO_IPV6,
            cmsg_type = SocketConstants.IPV6_PKTINFO,
        });
        MemoryMarshal.Write(_control.AsSpan(sizeof(cmsghdr)), from);
        (_addressLength, _controlLength) = ((uint)sizeof(sockaddr_in6), ControlSize);
    }

    public EspSocket Socket { get; }

    /// <summary>0 for native ESP.</summary>
    public ushort Port { get; }

    /// <summary>Points a message here. This object must outlive its use.</summary>
    public void Point(ref msghdr message)
    {
        message.msg_name = Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_address));
        message.msg_namelen = _addressLength;
        message.msg_control = Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_control));
        message.msg_controllen = _controlLength;
    }

    private (uint Address, nuint Control) PutIpv4(Ipv6Address local, Ipv6Address remote)
    {
        // struct sockaddr_in { sa_family_t; in_port_t; struct in_addr at 4; zero at 8 } (16 octets).
        MemoryMarshal.Write(_address, (ushort)SocketConstants.AF_INET);
        BinaryPrimitives.WriteUInt32BigEndian(_address.AsSpan(4), (uint)remote.Low);
        // struct in_pktinfo { int ifindex; struct in_addr spec_dst; struct in_addr addr } (12 octets): spec_dst is the source.
        MemoryMarshal.Write(_control, new cmsghdr
        {
            cmsg_len = (nuint)(sizeof(cmsghdr) + 12),
            cmsg_level = SocketConstants.IPPROTO_IP,
            cmsg_type = SocketConstants.IP_PKTINFO,
        });
        BinaryPrimitives.WriteUInt32BigEndian(_control.AsSpan(sizeof(cmsghdr) + 4), (uint)local.Low);
        return (16, 32);
    }
}
