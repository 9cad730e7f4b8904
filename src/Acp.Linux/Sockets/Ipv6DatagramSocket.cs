using System.Net;
using System.Runtime.InteropServices;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire;
using static Acp.Linux.Interop.SocketConstants;

namespace Acp.Linux.Sockets;

/// <summary>
/// A non-blocking IPv6 datagram socket in a given namespace: UDP on one link (DULL GRASP, IKE), or raw ICMPv6 over all
/// channels (RPL). Every datagram comes with the addresses, interface and hop limit it arrived with. Owned by the loop.
/// </summary>
public sealed class Ipv6DatagramSocket : IDisposable
{
    private const int ControlSize = 128;
    private readonly string _what;

    private Ipv6DatagramSocket(int descriptor, string what)
    {
        Descriptor = descriptor;
        _what = what;
    }

    public int Descriptor { get; private set; }

    /// <summary>A UDP socket bound to one interface and port; <paramref name="local"/> may be unspecified.</summary>
    /// <exception cref="SocketSetupException">The system refused; the message says which step and why.</exception>
    public static Ipv6DatagramSocket OpenUdp(NetworkNamespace where, string interfaceName, int interfaceIndex, Ipv6Address local, ushort port, string what)
    {
        var socket = Open(where, SOCK_DGRAM, IPPROTO_UDP, what);
        try
        {
            socket.BindToDevice(interfaceName);
            socket.SetOption(SOL_SOCKET, SO_REUSEADDR, 1);
            socket.SetOption(IPPROTO_IPV6, IPV6_V6ONLY, 1);
            var address = SockAddr(local, port, local.IsLinkLocal ? interfaceIndex : 0);
            unsafe
            {
                socket.Check(LibC.bind(socket.Descriptor, &address, (uint)sizeof(sockaddr_in6)), $"bind to [{local}%{interfaceName}]:{port}");
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A UDP socket for IPv4 and IPv6 on all addresses of a namespace; IPv4 addresses are in their IPv6-mapped form.</summary>
    /// <exception cref="SocketSetupException">The port is taken; the message says so.</exception>
    public static unsafe Ipv6DatagramSocket OpenUdpDualStack(NetworkNamespace where, ushort port, string what)
    {
        var socket = Open(where, SOCK_DGRAM, IPPROTO_UDP, what);
        try
        {
            // No SO_REUSEADDR: two IKE daemons on one port would each get half of the packets.
            socket.SetOption(IPPROTO_IPV6, IPV6_V6ONLY, 0);
            socket.SetOption(IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_OMIT);
            socket.SetOption(IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_OMIT);
            var address = SockAddr(Ipv6Address.Unspecified, port, 0);
            socket.Check(
                LibC.bind(socket.Descriptor, &address, (uint)sizeof(sockaddr_in6)),
                $"bind to UDP port {port} in {where} (is another IKE daemon, such as strongSwan or Libreswan, running there?)");
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A raw ICMPv6 socket that hears one message type on every interface; the kernel makes and checks checksums (RFC 3542 §3.1).</summary>
    /// <exception cref="SocketSetupException">The system refused; the message says which step and why.</exception>
    public static unsafe Ipv6DatagramSocket OpenIcmpv6(NetworkNamespace where, byte type, string what)
    {
        var socket = Open(where, SOCK_RAW, IPPROTO_ICMPV6, what);
        try
        {
            // RFC 3542 §3.2: a set bit blocks that type.
            var filter = stackalloc uint[8];
            for (var i = 0; i < 8; i++)
                filter[i] = uint.MaxValue;
            filter[type >> 5] &= ~(1u << (type & 31));
            socket.Check(LibC.setsockopt(socket.Descriptor, IPPROTO_ICMPV6, ICMP6_FILTER, filter, 32), "ICMP6_FILTER");
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Asks for room for so many octets of datagrams that were not taken yet. What a flood brings while the loop does something else must
    /// not push out what others send.
    /// </summary>
    public unsafe void EnlargeReceiveBuffer(int octets)
    {
        // Without the right to force it, as much as the system gives.
        if (LibC.setsockopt(Descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof(int)) < 0)
            _ = LibC.setsockopt(Descriptor, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(int));
    }

    /// <summary>Joins a multicast group on one interface; joining twice is fine.</summary>
    public unsafe void Join(Ipv6Address group, int interfaceIndex)
    {
        var request = new ipv6_mreq { ipv6mr_interface = interfaceIndex };
        group.Write(new Span<byte>(request.ipv6mr_multiaddr, Ipv6Address.Size));
        if (LibC.setsockopt(Descriptor, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, (uint)sizeof(ipv6_mreq)) < 0
            && Marshal.GetLastPInvokeError() != Errno.EADDRINUSE)
            throw Failure($"joining {group}");
    }

    /// <summary>Other sockets of this host that joined the group hear what this one sends, too.</summary>
    public void LetThisHostHear() => SetOption(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1);

    /// <summary>
    /// Leaves datagrams of that address and port out, in the kernel: what another socket of ours sends to a group comes back to
    /// this one, too. UDP only.
    /// </summary>
    public unsafe void LeaveOut(Ipv6Address source, ushort port)
    {
        // linux/filter.h, linux/bpf_common.h. The filter of a UDP socket begins at the UDP header; SKF_NET_OFF reaches the IPv6
        // header, whose octets 8 to 23 are the source.
        const ushort loadHalf = 0x28, loadWord = 0x20, jumpIfEqual = 0x15, answer = 0x06;
        const uint networkHeader = 0xfff00000;
        var octets = source.ToBytes();
        var program = stackalloc sock_filter[12];
        program[0] = new sock_filter { code = loadHalf, k = 0 };
        program[1] = new sock_filter { code = jumpIfEqual, k = port, jf = 9 };
        for (byte word = 0; word < 4; word++)
        {
            program[2 + 2 * word] = new sock_filter { code = loadWord, k = networkHeader + 8 + 4u * word };
            program[3 + 2 * word] = new sock_filter
            {
                code = jumpIfEqual,
                k = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(octets.AsSpan(4 * word)),
                jf = (byte)(7 - 2 * word),
            };
        }
        program[10] = new sock_filter { code = answer, k = 0 };
        program[11] = new sock_filter { code = answer, k = uint.MaxValue };
        var all = new sock_fprog { len = 12, filter = program };
        Check(LibC.setsockopt(Descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &all, (uint)sizeof(sock_fprog)), "a filter");
    }

    /// <summary>
    /// Sends one datagram out of one interface. False when the system would not take it now (link down, buffer full):
    /// datagram protocols retransmit.
    /// </summary>
    /// <param name="source">The address to send from, or unspecified to let the kernel choose.</param>
    public unsafe bool TrySend(ReadOnlySpan<byte> payload, Ipv6Address source, Ipv6Address destination, ushort port, int interfaceIndex)
    {
        var address = SockAddr(destination, port, interfaceIndex);
        var control = stackalloc byte[ControlSize];
        new Span<byte>(control, ControlSize).Clear();
        fixed (byte* data = payload)
        {
            var vector = new iovec { iov_base = data, iov_len = (nuint)payload.Length };
            var message = new msghdr { msg_name = &address, msg_namelen = (uint)sizeof(sockaddr_in6), msg_iov = &vector, msg_iovlen = 1 };
            var header = (cmsghdr*)control;
            header->cmsg_len = (nuint)(sizeof(cmsghdr) + sizeof(in6_pktinfo));
            header->cmsg_level = IPPROTO_IPV6;
            header->cmsg_type = IPV6_PKTINFO;
            var info = (in6_pktinfo*)(control + sizeof(cmsghdr));
            source.Write(new Span<byte>(info->ipi6_addr, Ipv6Address.Size));
            info->ipi6_ifindex = (uint)interfaceIndex;
            message.msg_control = control;
            message.msg_controllen = (nuint)Align(sizeof(cmsghdr) + sizeof(in6_pktinfo));
            return LibC.sendmsg(Descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
        }
    }

    /// <summary>Takes one datagram, truncated to <paramref name="buffer"/>. False when none waits.</summary>
    public unsafe bool TryReceive(Span<byte> buffer, out ReceivedDatagram datagram)
    {
        datagram = default;
        var control = stackalloc byte[ControlSize];
        sockaddr_in6 from = default;
        fixed (byte* data = buffer)
        {
            var vector = new iovec { iov_base = data, iov_len = (nuint)buffer.Length };
            var message = new msghdr
            {
                msg_name = &from,
                msg_namelen = (uint)sizeof(sockaddr_in6),
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = ControlSize,
            };
            var length = LibC.recvmsg(Descriptor, &message, MSG_DONTWAIT);
            if (length < 0)
                return false;
            var destination = Ipv6Address.Unspecified;
            var interfaceIndex = (int)from.sin6_scope_id;
            var hopLimit = -1;
            for (nuint offset = 0; offset + (nuint)sizeof(cmsghdr) <= message.msg_controllen;)
            {
                var header = (cmsghdr*)(control + offset);
                if (header->cmsg_len < (nuint)sizeof(cmsghdr) || offset + header->cmsg_len > message.msg_controllen)
                    break;
                var body = (byte*)header + sizeof(cmsghdr);
                if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO)
                {
                    var info = (in6_pktinfo*)body;
                    destination = Ipv6Address.Read(new ReadOnlySpan<byte>(info->ipi6_addr, Ipv6Address.Size));
                    interfaceIndex = (int)info->ipi6_ifindex;
                }
                else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_HOPLIMIT)
                {
                    hopLimit = *(int*)body;
                }

                offset += (nuint)Align((int)header->cmsg_len);
            }

            datagram = new ReceivedDatagram(
                (int)length,
                (message.msg_flags & MSG_TRUNC) != 0,
                Ipv6Address.Read(new ReadOnlySpan<byte>(from.sin6_addr, Ipv6Address.Size)),
                (ushort)IPAddress.NetworkToHostOrder((short)from.sin6_port),
                destination,
                interfaceIndex,
                hopLimit);
            return true;
        }
    }

    public void Dispose()
    {
        if (Descriptor < 0)
            return;
        LibC.close(Descriptor);
        Descriptor = -1;
    }

    private static Ipv6DatagramSocket Open(NetworkNamespace where, int type, int protocol, string what)
    {
        int descriptor;
        using (where.Enter())
            descriptor = LibC.socket(AF_INET6, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
        var socket = new Ipv6DatagramSocket(descriptor, what);
        socket.Check(descriptor, "socket");
        try
        {
            socket.SetOption(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
            socket.SetOption(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
            socket.SetOption(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static int Align(int length) => (length + 7) & ~7;

    private static unsafe sockaddr_in6 SockAddr(Ipv6Address address, ushort port, int scope)
    {
        var result = new sockaddr_in6
        {
            sin6_family = AF_INET6,
            sin6_port = (ushort)IPAddress.HostToNetworkOrder((short)port),
            sin6_scope_id = (uint)scope,
        };
        address.Write(new Span<byte>(result.sin6_addr, Ipv6Address.Size));
        return result;
    }

    private unsafe void BindToDevice(string name)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(name);
        fixed (byte* p = bytes)
            Check(LibC.setsockopt(Descriptor, SOL_SOCKET, SO_BINDTODEVICE, p, (uint)bytes.Length), $"binding to {name}");
    }

    private unsafe void SetOption(int level, int option, int value) =>
        Check(LibC.setsockopt(Descriptor, level, option, &value, sizeof(int)), $"socket option {level}/{option}");

    private void Check(int result, string step)
    {
        if (result < 0)
            throw Failure(step);
    }

    private SocketSetupException Failure(string step) =>
        new($"{_what}: {step}: {Marshal.GetLastPInvokeErrorMessage()}");
}
