using System.Net;
using System.Net.Sockets;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire;

namespace Acp.Lab.Links;

/// <summary>Asks whether a packet gets there and an answer back, with a closed UDP port for an echo.</summary>
internal static class Reachability
{
    /// <summary>0 when an answer came, ECONNREFUSED for a closed port, EAGAIN for two seconds of silence, else what the system said.</summary>
    public static int ConnectUdp(NetworkNamespace from, int scope, Ipv6Address to, int port, Ipv6Address? source = null)
    {
        using var socket = from.Run(() => new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp));
        socket.ReceiveTimeout = 2000;
        try
        {
            if (source is { } address)
                socket.Bind(new IPEndPoint(address.ToIPAddress(), 0));
            socket.Connect(new IPEndPoint(to.ToIPAddress(scope), port));
            socket.Send([1, 2, 3]);
            socket.Receive(new byte[16]);
            return 0;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => Errno.ECONNREFUSED,
                SocketError.TimedOut or SocketError.WouldBlock => Errno.EAGAIN,
                SocketError.NetworkUnreachable => Errno.ENETUNREACH,
                SocketError.HostUnreachable => Errno.EHOSTUNREACH,
                _ => e.NativeErrorCode,
            };
        }
    }
}
