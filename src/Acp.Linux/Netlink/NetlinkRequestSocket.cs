using System.Runtime.InteropServices;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire.Netlink;

namespace Acp.Linux.Netlink;

/// <summary>Receives one message of an answer. A delegate of our own: spans cannot be type arguments of Action here.</summary>
public delegate void NetlinkAnswer(NetlinkHeader header, ReadOnlySpan<byte> payload);

/// <summary>
/// A synchronous netlink socket for requests, of any protocol, made inside one namespace. It sends one request, reads
/// until its acknowledgement or the end of its dump, and turns a refusal into a <see cref="NetlinkException"/>.
/// Not thread-safe.
/// </summary>
public sealed unsafe class NetlinkRequestSocket : IDisposable
{
    // Dumps come in datagrams of at most 32 KiB (NLMSG_GOODSIZE's upper bound in af_netlink.c).
    private const int BufferSize = 64 * 1024;
    private const int DumpAttempts = 20;

    private readonly FileDescriptor _fd;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private uint _sequence;

    /// <param name="protocol">NETLINK_ROUTE, NETLINK_XFRM …</param>
    public NetlinkRequestSocket(NetworkNamespace ns, int protocol)
    {
        using (ns.Enter())
            _fd = new FileDescriptor(SystemCallException.Check(
                LibC.socket(SocketConstants.AF_NETLINK, SocketConstants.SOCK_RAW | SocketConstants.SOCK_CLOEXEC, protocol),
                $"open a netlink socket (protocol {protocol}) in {ns}"));
        var address = new sockaddr_nl { nl_family = SocketConstants.AF_NETLINK };
        SystemCallException.Check(LibC.bind(_fd.Value, &address, (uint)sizeof(sockaddr_nl)), "bind a netlink socket");

        // Text with refusals, and no copy of the request in them. Old kernels have neither; the errno remains.
        var on = 1;
        _ = LibC.setsockopt(_fd.Value, NetlinkSockets.SOL_NETLINK, NetlinkSockets.NETLINK_EXT_ACK, &on, sizeof(int));
        _ = LibC.setsockopt(_fd.Value, NetlinkSockets.SOL_NETLINK, NetlinkSockets.NETLINK_CAP_ACK, &on, sizeof(int));

        // The kernel answers within the call that asks; a silence of seconds is a broken kernel, to be seen as an error.
        var patience = new timespec { tv_sec = 10 };
        _ = LibC.setsockopt(_fd.Value, SocketConstants.SOL_SOCKET, SocketConstants.SO_RCVTIMEO, &patience, (uint)sizeof(timespec));
    }

    /// <summary>Asks for something to be done and waits for the acknowledgement.</summary>
    /// <param name="attempted">What it is, in words, for the error: "add fe80::1/64 to eth0".</param>
    /// <param name="answer">Hears messages that come before the acknowledgement (NLM_F_ECHO, GET of one object).</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Request(NetlinkMessageBuilder request, string attempted, NetlinkAnswer? answer = null)
    {
        var error = TryRequest(request, attempted, answer);
        if (error.Errno != 0)
            throw new NetlinkException(error.Errno, error.Text, attempted);
    }

    /// <summary>Like <see cref="Request"/>, but returns the refusal, for callers to whom some refusals are normal.</summary>
    public NetlinkError TryRequest(NetlinkMessageBuilder request, string attempted, NetlinkAnswer? answer = null)
    {
        Send(request, NetlinkConstants.NLM_F_ACK, attempted);
        return ReadAnswer(attempted, answer, out _);
    }

    /// <summary>
    /// Asks for a whole table. When the kernel says that it changed meanwhile (NLM_F_DUMP_INTR), asks again, so that
    /// the answer is one consistent picture; <paramref name="answer"/> then hears everything from the start, after
    /// <paramref name="restart"/>.
    /// </summary>
    public void Dump(NetlinkMessageBuilder request, string attempted, NetlinkAnswer answer, Action restart)
    {
        for (var attempt = 1; ; attempt++)
        {
            restart();
            Send(request, NetlinkConstants.NLM_F_DUMP, attempted);
            var error = ReadAnswer(attempted, answer, out var interrupted);
            if (error.Errno == Errno.EINTR)
                interrupted = true;
            else if (error.Errno != 0)
                throw new NetlinkException(error.Errno, error.Text, attempted);
            if (!interrupted)
                return;
            if (attempt == DumpAttempts)
                throw new NetlinkException(Errno.EINTR, "the table keeps changing", attempted);
        }
    }

    /// <summary>Wipes what the kernel answered: a security association comes with its keys.</summary>
    public void WipeAnswers() => System.Security.Cryptography.CryptographicOperations.ZeroMemory(_buffer);

    public void Dispose() => _fd.Dispose();

    private void Send(NetlinkMessageBuilder request, ushort flags, string attempted)
    {
        var bytes = request.Build(++_sequence, extraFlags: flags);
        var kernel = new sockaddr_nl { nl_family = SocketConstants.AF_NETLINK };
        fixed (byte* p = bytes)
        {
            nint sent;
            do
                sent = LibC.sendto(_fd.Value, p, (nuint)bytes.Length, 0, &kernel, (uint)sizeof(sockaddr_nl));
            while (sent < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            SystemCallException.Check(sent, attempted);
        }
    }

    private NetlinkError ReadAnswer(string attempted, NetlinkAnswer? answer, out bool interrupted)
    {
        interrupted = false;
        while (true)
        {
            var messages = new NetlinkMessages(Receive(attempted));
            while (messages.TryNext(out var header, out var payload))
            {
                // Answers to an earlier request whose reading was cut short by an exception.
                if (header.Sequence != _sequence)
                    continue;
                interrupted |= (header.Flags & NetlinkConstants.NLM_F_DUMP_INTR) != 0;
                NetlinkError error;
                switch (header.Type)
                {
                    case NetlinkConstants.NLMSG_ERROR:
                        if (NetlinkError.TryDecode(header, payload, out error, out var refusal))
                            return error;
                        throw new NetlinkException(Errno.EIO, $"unreadable acknowledgement ({refusal})", attempted);
                    case NetlinkConstants.NLMSG_DONE:
                        if (NetlinkError.TryDecodeDone(header, payload, out error, out refusal))
                            return error;
                        throw new NetlinkException(Errno.EIO, $"unreadable end of dump ({refusal})", attempted);
                    case NetlinkConstants.NLMSG_NOOP:
                        break;
                    case NetlinkConstants.NLMSG_OVERRUN:
                        throw new NetlinkException(Errno.ENOBUFS, "overrun", attempted);
                    default:
                        answer?.Invoke(header, payload);
                        break;
                }
            }

            if (messages.Refusal != NetlinkRefusal.None)
                throw new NetlinkException(Errno.EIO, $"unreadable answer ({messages.Refusal})", attempted);
        }
    }

    private ReadOnlySpan<byte> Receive(string attempted)
    {
        fixed (byte* p = _buffer)
        {
            while (true)
            {
                var length = LibC.recv(_fd.Value, p, BufferSize, SocketConstants.MSG_TRUNC);
                if (length < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
                    continue;
                SystemCallException.Check(length, $"{attempted}: read the kernel's answer");
                if (length > BufferSize)
                    throw new NetlinkException(Errno.EMSGSIZE, $"an answer of {length} octets", attempted);
                return new ReadOnlySpan<byte>(p, (int)length);
            }
        }
    }
}
