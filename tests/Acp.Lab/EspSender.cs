using Acp.Core;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire;

namespace Acp.Lab;

/// <summary>A raw ESP socket, bound to a source address on a link. The framework's Socket does not know the protocol.</summary>
public sealed unsafe class EspSender : IDisposable
{
    private readonly FileDescriptor _fd;
    private readonly LinkId _link;

    public EspSender(NetworkNamespace ns, Ipv6Address source, LinkId link)
    {
        _link = link;
        using (ns.Enter())
            _fd = new FileDescriptor(SystemCallException.Check(
                LibC.socket(SocketConstants.AF_INET6, SocketConstants.SOCK_RAW | SocketConstants.SOCK_CLOEXEC, SocketConstants.IPPROTO_ESP), "raw socket"));
        var address = Address(source);
        SystemCallException.Check(LibC.bind(_fd.Value, &address, (uint)sizeof(sockaddr_in6)), "bind");
    }

    public void Send(ReadOnlySpan<byte> packet, Ipv6Address destination)
    {
        var address = Address(destination);
        fixed (byte* p = packet)
            SystemCallException.Check(LibC.sendto(_fd.Value, p, (nuint)packet.Length, 0, &address, (uint)sizeof(sockaddr_in6)), "send ESP");
    }

    public void Dispose() => _fd.Dispose();

    private sockaddr_in6 Address(Ipv6Address address)
    {
        var result = new sockaddr_in6 { sin6_family = SocketConstants.AF_INET6, sin6_scope_id = (uint)_link.Value };
        address.Write(new Span<byte>(result.sin6_addr, Ipv6Address.Size));
        return result;
    }
}
