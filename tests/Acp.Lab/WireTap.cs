using System.Buffers.Binary;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;

namespace Acp.Lab;

/// <summary>Every frame of one interface, both directions, in the order the kernel saw them (packet(7)). One thread of its own.</summary>
internal sealed unsafe class WireTap : IDisposable
{
    private const ushort ETH_P_ALL = 3;

    private readonly FileDescriptor _socket;
    private readonly Thread _thread;
    private readonly List<byte[]> _frames = [];
    private volatile bool _end;

    public WireTap(NetworkNamespace ns, string interfaceName)
    {
        int index;
        using (var route = new RouteSocket(ns))
            index = route.IndexOf(interfaceName);
        _socket = ns.Run(() => new FileDescriptor(SystemCallException.Check(
            LibC.socket(
                SocketConstants.AF_PACKET, SocketConstants.SOCK_RAW | SocketConstants.SOCK_CLOEXEC, BinaryPrimitives.ReverseEndianness(ETH_P_ALL)),
            "open a packet socket")));

        // struct sockaddr_ll: family, protocol (network order), index, then what only senders need.
        var address = stackalloc byte[20];
        new Span<byte>(address, 20).Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(new Span<byte>(address, 2), SocketConstants.AF_PACKET);
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(address + 2, 2), ETH_P_ALL);
        BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>(address + 4, 4), index);
        SystemCallException.Check(LibC.bind(_socket.Value, address, 20), $"listen on {interfaceName}");
        _thread = new Thread(Listen) { IsBackground = true, Name = "wire tap" };
        _thread.Start();
    }

    /// <summary>Whole Ethernet frames so far.</summary>
    public IReadOnlyList<byte[]> Frames()
    {
        lock (_frames)
            return _frames.ToList();
    }

    public void Dispose()
    {
        _end = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Listen()
    {
        var buffer = new byte[65536];
        var poll = new pollfd { fd = _socket.Value, events = 1 };
        while (!_end)
        {
            if (LibC.poll(&poll, 1, 50) <= 0)
                continue;
            fixed (byte* p = buffer)
            {
                while (LibC.recv(_socket.Value, p, (nuint)buffer.Length, SocketConstants.MSG_DONTWAIT) is > 0 and var length)
                {
                    lock (_frames)
                        _frames.Add(buffer[..(int)length]);
                }
            }
        }
    }
}
