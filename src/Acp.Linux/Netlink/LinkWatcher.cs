using System.Runtime.InteropServices;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire.Netlink;

namespace Acp.Linux.Netlink;

/// <summary>
/// Hears every interface and IPv6 address change in a node's three namespaces through one socket in the host's
/// (NETLINK_LISTEN_ALL_NSID; needs CAP_NET_BROADCAST). Never blocks. Make it first and dump after, so that nothing
/// falls between. Not thread-safe; owned by the loop.
/// </summary>
public sealed unsafe class LinkWatcher : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private const int ControlSize = 64;

    private readonly FileDescriptor _fd;
    private readonly Dictionary<int, NetworkPlace> _places = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);

    /// <param name="hostRoutes">A request socket in the host namespace, used now to number the other two.</param>
    /// <param name="receiveBuffer">Octets of news the kernel may hold back for us before it drops some.</param>
    public LinkWatcher(RouteSocket hostRoutes, NetworkNamespace abutment, NetworkNamespace acp, int receiveBuffer = 1 << 20)
    {
        _places[hostRoutes.NsidOf(abutment)] = NetworkPlace.Abutment;
        _places[hostRoutes.NsidOf(acp)] = NetworkPlace.Acp;
        using (hostRoutes.Namespace.Enter())
            _fd = new FileDescriptor(SystemCallException.Check(
                LibC.socket(
                    SocketConstants.AF_NETLINK,
                    SocketConstants.SOCK_RAW | SocketConstants.SOCK_CLOEXEC | SocketConstants.SOCK_NONBLOCK,
                    NetlinkSockets.NETLINK_ROUTE),
                "open the link watcher's netlink socket"));

        // FORCE goes beyond rmem_max; without the right to, the plain one does what it can.
        if (LibC.setsockopt(_fd.Value, SocketConstants.SOL_SOCKET, SocketConstants.SO_RCVBUFFORCE, &receiveBuffer, sizeof(int)) != 0)
            _ = LibC.setsockopt(_fd.Value, SocketConstants.SOL_SOCKET, SocketConstants.SO_RCVBUF, &receiveBuffer, sizeof(int));
        SetNetlinkOption(NetlinkSockets.NETLINK_LISTEN_ALL_NSID, 1, "listen to all numbered namespaces");
        var address = new sockaddr_nl { nl_family = SocketConstants.AF_NETLINK };
        SystemCallException.Check(LibC.bind(_fd.Value, &address, (uint)sizeof(sockaddr_nl)), "bind the link watcher's socket");
        SetNetlinkOption(NetlinkSockets.NETLINK_ADD_MEMBERSHIP, Rtnetlink.RTNLGRP_LINK, "hear interface news");
        SetNetlinkOption(NetlinkSockets.NETLINK_ADD_MEMBERSHIP, Rtnetlink.RTNLGRP_IPV6_IFADDR, "hear address news");
    }

    /// <summary>For the loop: readable when there is news.</summary>
    public int Fd => _fd.Value;

    /// <summary>Messages that could not be understood. Not ours to act upon; a number to look at.</summary>
    public long Refused { get; private set; }

    /// <summary>Reads all there is and hands it out in order.</summary>
    public void Read(Action<LinkNews> hear)
    {
        var control = stackalloc byte[ControlSize];
        fixed (byte* p = _buffer)
        {
            while (true)
            {
                var vector = new iovec { iov_base = p, iov_len = BufferSize };
                var message = new msghdr { msg_iov = &vector, msg_iovlen = 1, msg_control = control, msg_controllen = ControlSize };
                var length = LibC.recvmsg(_fd.Value, &message, 0);
                if (length < 0)
                {
                    switch (Marshal.GetLastPInvokeError())
                    {
                        case Errno.EAGAIN:
                            return;
                        case Errno.EINTR:
                            continue;
                        case Errno.ENOBUFS:
                            // What is still queued is older than what was lost; it does no harm, the dump comes after it.
                            hear(new LinkNews.Overflow());
                            continue;
                        case var errno:
                            throw new SystemCallException("read link news", errno);
                    }
                }

                if ((message.msg_flags & SocketConstants.MSG_TRUNC) != 0)
                {
                    hear(new LinkNews.Overflow());
                    continue;
                }

                // Numbered namespaces of other people are heard as well, and passed over.
                if (TryPlace(&message, out var place))
                    Hand(new ReadOnlySpan<byte>(p, (int)length), place, hear);
            }
        }
    }

    public void Dispose() => _fd.Dispose();

    /// <summary>The namespace is in the ancillary data; news from the socket's own has none.</summary>
    private bool TryPlace(msghdr* message, out NetworkPlace place)
    {
        place = NetworkPlace.Host;
        var left = (long)message->msg_controllen;
        var at = (byte*)message->msg_control;
        while (left >= sizeof(cmsghdr))
        {
            var header = (cmsghdr*)at;
            var length = (long)header->cmsg_len;
            if (length < sizeof(cmsghdr) || length > left)
                break;
            if (header->cmsg_level == NetlinkSockets.SOL_NETLINK && header->cmsg_type == NetlinkSockets.NETLINK_LISTEN_ALL_NSID
                && length >= sizeof(cmsghdr) + sizeof(int))
                return _places.TryGetValue(*(int*)(at + sizeof(cmsghdr)), out place);
            length = (length + 7) & ~7L;
            at += length;
            left -= length;
        }

        return true;
    }

    private void Hand(ReadOnlySpan<byte> datagram, NetworkPlace place, Action<LinkNews> hear)
    {
        var messages = new NetlinkMessages(datagram);
        while (messages.TryNext(out var header, out var payload))
        {
            NetlinkRefusal refusal;
            switch (header.Type)
            {
                case Rtnetlink.RTM_NEWLINK or Rtnetlink.RTM_DELLINK:
                    if (LinkMessage.TryDecode(payload, out var link, out refusal))
                        hear(header.Type == Rtnetlink.RTM_NEWLINK
                            ? new LinkNews.LinkChanged(place, link)
                            : new LinkNews.LinkGone(place, link));
                    break;
                case Rtnetlink.RTM_NEWADDR or Rtnetlink.RTM_DELADDR:
                    if (AddressMessage.TryDecode(payload, out var address, out refusal))
                        hear(header.Type == Rtnetlink.RTM_NEWADDR
                            ? new LinkNews.AddressChanged(place, address)
                            : new LinkNews.AddressGone(place, address));
                    break;
                default:
                    continue;
            }

            if (refusal is not (NetlinkRefusal.None or NetlinkRefusal.OtherFamily))
                Refused++;
        }

        if (messages.Refusal != NetlinkRefusal.None)
            Refused++;
    }

    private void SetNetlinkOption(int option, int value, string attempted) =>
        SystemCallException.Check(LibC.setsockopt(_fd.Value, NetlinkSockets.SOL_NETLINK, option, &value, sizeof(int)), attempted);
}
