using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire.Netlink;

namespace Acp.Linux.Sockets;

/// <summary>Is readable when links or IPv6 addresses of one namespace changed. What changed is for a dump to say.</summary>
public sealed unsafe class LinkNewsSocket : IDisposable
{
    private readonly FileDescriptor _fd;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(32 * 1024, pinned: true);

    public LinkNewsSocket(NetworkNamespace where)
    {
        using (where.Enter())
            _fd = new FileDescriptor(SystemCallException.Check(
                LibC.socket(
                    SocketConstants.AF_NETLINK,
                    SocketConstants.SOCK_RAW | SocketConstants.SOCK_CLOEXEC | SocketConstants.SOCK_NONBLOCK,
                    NetlinkSockets.NETLINK_ROUTE),
                "open a netlink socket for link news"));
        var address = new sockaddr_nl { nl_family = SocketConstants.AF_NETLINK };
        SystemCallException.Check(LibC.bind(_fd.Value, &address, (uint)sizeof(sockaddr_nl)), "bind the link news socket");
        Hear(Rtnetlink.RTNLGRP_LINK);
        Hear(Rtnetlink.RTNLGRP_IPV6_IFADDR);
    }

    public int Descriptor => _fd.Value;

    /// <summary>Takes all the news there is, unread. Lost news (ENOBUFS) is news as well.</summary>
    public void Clear()
    {
        fixed (byte* p = _buffer)
        {
            while (LibC.recv(_fd.Value, p, (nuint)_buffer.Length, SocketConstants.MSG_DONTWAIT) > 0)
            {
            }
        }
    }

    public void Dispose() => _fd.Dispose();

    private void Hear(int group) =>
        SystemCallException.Check(
            LibC.setsockopt(_fd.Value, NetlinkSockets.SOL_NETLINK, NetlinkSockets.NETLINK_ADD_MEMBERSHIP, &group, sizeof(int)),
            "hear link news");
}
