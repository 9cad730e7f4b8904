using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire;

namespace Acp.Linux.Sockets;

/// <summary>Asks the kernel how it would reach an address: by connecting a UDP socket, which sends nothing.</summary>
public static class RouteProbe
{
    /// <summary>The address we would send from and the longest packet that would pass; null when there is no route.</summary>
    public static unsafe (Ipv6Address Local, int Mtu)? Find(NetworkNamespace ns, Ipv6Address remote)
    {
        int raw;
        using (ns.Enter())
            raw = LibC.socket(SocketConstants.AF_INET6, SocketConstants.SOCK_DGRAM | SocketConstants.SOCK_CLOEXEC, SocketConstants.IPPROTO_UDP);
        using var fd = new FileDescriptor(SystemCallException.Check(raw, "open a UDP socket"));
        var no = 0;
        _ = LibC.setsockopt(raw, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_V6ONLY, &no, sizeof(int));
        var address = new sockaddr_in6 { sin6_family = SocketConstants.AF_INET6, sin6_port = BinaryPrimitives.ReverseEndianness((ushort)500) };
        remote.Write(new Span<byte>(address.sin6_addr, Ipv6Address.Size));
        if (LibC.connect(raw, &address, (uint)sizeof(sockaddr_in6)) != 0)
            return null;
        var own = default(sockaddr_in6);
        var length = (uint)sizeof(sockaddr_in6);
        if (LibC.getsockname(raw, &own, &length) != 0)
            return null;
        int mtu;
        var size = (uint)sizeof(int);
        var (level, option) = remote.IsIpv4Mapped
            ? (SocketConstants.IPPROTO_IP, SocketConstants.IP_MTU)
            : (SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_MTU);
        if (LibC.getsockopt(raw, level, option, &mtu, &size) != 0)
            return null;
        return (Ipv6Address.Read(new ReadOnlySpan<byte>(own.sin6_addr, Ipv6Address.Size)), mtu);
    }
}
