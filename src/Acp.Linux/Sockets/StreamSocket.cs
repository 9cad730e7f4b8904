using System.Net;
using System.Runtime.InteropServices;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire;
using static Acp.Linux.Interop.SocketConstants;

namespace Acp.Linux.Sockets;

/// <summary>A non-blocking TCP socket: a listener, or one end of a stream. What is written leaves at once (TCP_NODELAY). Owned by the loop.</summary>
public sealed unsafe class StreamSocket : IStreamTransport
{
    /// <summary>Returned by <see cref="Receive"/> and <see cref="Send"/>: nothing now, ask again when the loop says so.</summary>
    public const int WouldBlock = -1;

    /// <summary>Returned by <see cref="Receive"/> and <see cref="Send"/>: the stream is of no use any more.</summary>
    public const int Broken = -2;

    private StreamSocket(int descriptor) => Descriptor = descriptor;

    public int Descriptor { get; private set; }

    /// <summary>A listener on all IPv6 addresses of a namespace.</summary>
    /// <param name="port">0 for one that is free; see <see cref="LocalPort"/>.</param>
    /// <exception cref="SocketSetupException">The port is taken, or the system refused otherwise.</exception>
    public static StreamSocket Listen(NetworkNamespace where, ushort port, int backlog)
    {
        StreamSocket socket;
        using (where.Enter())
            socket = Open();
        try
        {
            socket.SetOption(SOL_SOCKET, SO_REUSEADDR, 1);
            socket.SetOption(IPPROTO_IPV6, IPV6_V6ONLY, 1);
            var address = SockAddr(Ipv6Address.Unspecified, port, 0);
            Check(LibC.bind(socket.Descriptor, &address, (uint)sizeof(sockaddr_in6)), $"bind to TCP port {port} in {where}");
            Check(LibC.listen(socket.Descriptor, backlog), "listen");
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Begins to connect, from the namespace that this thread is in. It is done when the socket is writable: then
    /// <see cref="TakeError"/> says how it went. Null when the system refuses at once, as it does without a route.
    /// </summary>
    /// <param name="scope">The interface index of a link-local address.</param>
    /// <param name="from">Our own address; null for the kernel's choice.</param>
    public static StreamSocket? TryConnect(Ipv6Address to, ushort port, int scope, Ipv6Address? from = null)
    {
        StreamSocket socket;
        try
        {
            socket = Open();
        }
        catch (SocketSetupException)
        {
            return null; // out of descriptors, most likely: as good as unreachable
        }
        if (from is { } own)
        {
            // Our port is not chosen before the other end is known: else there are no more streams than ports.
            socket.SetOption(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
            var local = SockAddr(own, 0, scope);
            if (LibC.bind(socket.Descriptor, &local, (uint)sizeof(sockaddr_in6)) < 0)
            {
                socket.Dispose();
                return null; // the address is gone
            }
        }
        socket.SetOption(IPPROTO_IPV6, IPV6_V6ONLY, 0);
        socket.SetOption(IPPROTO_TCP, TCP_NODELAY, 1);
        var address = SockAddr(to, port, scope);
        if (LibC.connect(socket.Descriptor, &address, (uint)sizeof(sockaddr_in6)) == 0 || Marshal.GetLastPInvokeError() == Errno.EINPROGRESS)
            return socket;
        socket.Dispose();
        return null;
    }

    /// <summary>The next stream that somebody opened; null when none waits (or no descriptor is left for it).</summary>
    /// <param name="scope">The interface, if the address is link-local; else 0.</param>
    public StreamSocket? TryAccept(out Ipv6Address remote, out ushort port, out int scope)
    {
        sockaddr_in6 from = default;
        var length = (uint)sizeof(sockaddr_in6);
        var accepted = LibC.accept4(Descriptor, &from, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
        remote = Ipv6Address.Read(new ReadOnlySpan<byte>(from.sin6_addr, Ipv6Address.Size));
        port = (ushort)IPAddress.NetworkToHostOrder((short)from.sin6_port);
        scope = (int)from.sin6_scope_id;
        if (accepted < 0)
            return null;
        var socket = new StreamSocket(accepted);
        socket.SetOption(IPPROTO_TCP, TCP_NODELAY, 1);
        return socket;
    }

    public ushort LocalPort => (ushort)IPAddress.NetworkToHostOrder((short)Local().sin6_port);

    /// <summary>Our end of a stream; unspecified when it broke already.</summary>
    public Ipv6Address LocalAddress
    {
        get
        {
            var address = Local();
            return Ipv6Address.Read(new ReadOnlySpan<byte>(address.sin6_addr, Ipv6Address.Size));
        }
    }

    /// <summary>Gives a stream up whose other end acknowledges nothing for so long, or shows no sign of life while it is silent.</summary>
    public void SetPatience(TimeSpan patience)
    {
        SetOption(SOL_SOCKET, SO_KEEPALIVE, 1);
        SetOption(IPPROTO_TCP, TCP_KEEPIDLE, (int)patience.TotalSeconds);
        SetOption(IPPROTO_TCP, TCP_USER_TIMEOUT, (int)patience.TotalMilliseconds);
    }

    /// <inheritdoc/>
    /// <remarks>One that was accepted is open; one that connects is as soon as it is writable.</remarks>
    public StreamStep Establish() => TakeError() == 0 ? StreamStep.Established : StreamStep.Failed;

    /// <inheritdoc/>
    public void FinishSending() => _ = LibC.shutdown(Descriptor, SHUT_WR);

    /// <summary>SO_ERROR, which reading clears: 0 when the connection stands.</summary>
    public int TakeError()
    {
        var error = 0;
        var length = (uint)sizeof(int);
        return LibC.getsockopt(Descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? Marshal.GetLastPInvokeError() : error;
    }

    /// <summary>Octets read; 0 when the other end closed; <see cref="WouldBlock"/> or <see cref="Broken"/>.</summary>
    public int Receive(Span<byte> buffer)
    {
        fixed (byte* data = buffer)
            return Outcome(LibC.recv(Descriptor, data, (nuint)buffer.Length, MSG_DONTWAIT));
    }

    /// <summary>Octets taken, maybe fewer than given; <see cref="WouldBlock"/> or <see cref="Broken"/>.</summary>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* data = bytes)
            return Outcome(LibC.send(Descriptor, data, (nuint)bytes.Length, MSG_DONTWAIT | MSG_NOSIGNAL));
    }

    public void DropUnsent()
    {
        // struct linger: on, and no time.
        var linger = stackalloc int[] { 1, 0 };
        _ = LibC.setsockopt(Descriptor, SOL_SOCKET, SO_LINGER, linger, 2 * sizeof(int));
    }

    public void Dispose()
    {
        if (Descriptor < 0)
            return;
        LibC.close(Descriptor);
        Descriptor = -1;
    }

    private sockaddr_in6 Local()
    {
        sockaddr_in6 address = default;
        var length = (uint)sizeof(sockaddr_in6);
        Check(LibC.getsockname(Descriptor, &address, &length), "getsockname");
        return address;
    }

    private static int Outcome(nint result)
    {
        if (result >= 0)
            return (int)result;
        return Marshal.GetLastPInvokeError() is Errno.EAGAIN or Errno.EINTR ? WouldBlock : Broken;
    }

    private static StreamSocket Open()
    {
        var descriptor = LibC.socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
        Check(descriptor, "socket");
        return new StreamSocket(descriptor);
    }

    private static sockaddr_in6 SockAddr(Ipv6Address address, ushort port, int scope)
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

    private void SetOption(int level, int option, int value) =>
        Check(LibC.setsockopt(Descriptor, level, option, &value, sizeof(int)), $"socket option {level}/{option}");

    private static void Check(int result, string step)
    {
        if (result < 0)
            throw new SocketSetupException($"TCP: {step}: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
