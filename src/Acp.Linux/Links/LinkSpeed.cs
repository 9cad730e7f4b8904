using System.Text;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;

namespace Acp.Linux.Links;

/// <summary>How fast an interface is, as its driver says (linux/ethtool.h).</summary>
public static unsafe class LinkSpeed
{
    private const nuint SIOCETHTOOL = 0x8946;
    private const uint ETHTOOL_GSET = 1;

    // struct ethtool_cmd { u32 cmd, supported, advertising; u16 speed; u8 duplex, port, …; u32 maxtxpkt, maxrxpkt; u16 speed_hi; … }
    private const int CommandSize = 44;
    private const int SpeedOffset = 12;
    private const int SpeedHighOffset = 28;
    private const int RequestSize = 40;
    private const int NameSize = 16;

    /// <summary>Megabits per second; 0 when unknown.</summary>
    public static int Mbps(NetworkNamespace where, string interfaceName)
    {
        using (where.Enter())
        {
            using var socket = new FileDescriptor(SystemCallException.Check(
                LibC.socket(SocketConstants.AF_INET6, SocketConstants.SOCK_DGRAM | SocketConstants.SOCK_CLOEXEC, 0), "open a socket for ethtool"));
            var command = stackalloc byte[CommandSize];
            new Span<byte>(command, CommandSize).Clear();
            *(uint*)command = ETHTOOL_GSET;
            var request = stackalloc byte[RequestSize];
            new Span<byte>(request, RequestSize).Clear();
            Encoding.UTF8.GetBytes(interfaceName.AsSpan(0, Math.Min(interfaceName.Length, NameSize - 1)), new Span<byte>(request, NameSize));
            *(byte**)(request + NameSize) = command;
            if (LibC.ioctl(socket.Value, SIOCETHTOOL, request) != 0)
                return 0;
            var speed = *(ushort*)(command + SpeedOffset) | (uint)*(ushort*)(command + SpeedHighOffset) << 16;

            // SPEED_UNKNOWN is all ones; some drivers say 65535.
            return speed is > 0 and < ushort.MaxValue * 16u and not ushort.MaxValue ? (int)speed : 0;
        }
    }
}
