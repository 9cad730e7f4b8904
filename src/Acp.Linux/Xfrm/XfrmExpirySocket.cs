using System.Runtime.InteropServices;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire.Netlink;
using XfrmConstants = Acp.Wire.Netlink.Xfrm;

namespace Acp.Linux.Xfrm;

/// <summary>
/// Hears when states of one namespace reach their limits. Never blocks; a loop reads it when readable. News the kernel
/// had to drop is not asked for again: a soft limit leaves a quarter of the sequence numbers, and hard limits show as
/// silence, which dead peer detection hears. Not thread-safe.
/// </summary>
internal sealed unsafe class XfrmExpirySocket : IDisposable
{
    private const int BufferSize = 4096;

    private readonly FileDescriptor _fd;

    public XfrmExpirySocket(NetworkNamespace ns)
    {
        using (ns.Enter())
            _fd = new FileDescriptor(SystemCallException.Check(
                LibC.socket(
                    SocketConstants.AF_NETLINK,
                    SocketConstants.SOCK_RAW | SocketConstants.SOCK_CLOEXEC | SocketConstants.SOCK_NONBLOCK,
                    NetlinkSockets.NETLINK_XFRM),
                $"open a netlink socket for xfrm news of {ns}"));
        var address = new sockaddr_nl { nl_family = SocketConstants.AF_NETLINK };
        SystemCallException.Check(LibC.bind(_fd.Value, &address, (uint)sizeof(sockaddr_nl)), "bind the xfrm news socket");
        var group = XfrmConstants.XFRMNLGRP_EXPIRE;
        SystemCallException.Check(
            LibC.setsockopt(_fd.Value, NetlinkSockets.SOL_NETLINK, NetlinkSockets.NETLINK_ADD_MEMBERSHIP, &group, sizeof(int)),
            "hear xfrm expiry news");
    }

    public int Fd => _fd.Value;

    /// <summary>Reads all there is.</summary>
    public void Read(Action<XfrmExpireMessage> hear)
    {
        var buffer = stackalloc byte[BufferSize];
        while (true)
        {
            var length = LibC.recv(_fd.Value, buffer, BufferSize, 0);
            if (length < 0)
            {
                switch (Marshal.GetLastPInvokeError())
                {
                    case Errno.EAGAIN:
                        return;
                    case Errno.EINTR or Errno.ENOBUFS:
                        continue;
                    case var errno:
                        throw new SystemCallException("read xfrm news", errno);
                }
            }

            var messages = new NetlinkMessages(new ReadOnlySpan<byte>(buffer, (int)length));
            while (messages.TryNext(out var header, out var payload))
            {
                if (header.Type == XfrmConstants.XFRM_MSG_EXPIRE && XfrmExpireMessage.TryDecode(payload, out var expiry, out _))
                    hear(expiry);
            }
        }
    }

    public void Dispose() => _fd.Dispose();
}
