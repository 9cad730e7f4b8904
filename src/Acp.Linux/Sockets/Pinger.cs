using System.Buffers.Binary;
using System.Diagnostics;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire;

namespace Acp.Linux.Sockets;

/// <summary>
/// Sends ICMPv6 echo requests in a namespace and hears the replies (RFC 4443 §4.1, §4.2), as ping(8) does. Replies to
/// anybody else in the namespace pass by unseen: they carry another identifier. Not thread-safe.
/// </summary>
public sealed class Pinger : IDisposable
{
    private const byte EchoRequest = 128;
    private const byte EchoReply = 129;
    private const int HeaderSize = 8;
    private const short POLLIN = 1;

    private readonly Ipv6DatagramSocket _socket;
    private readonly ushort _identifier;
    private ushort _sequence;

    /// <exception cref="SocketSetupException">The system refused; the message says why.</exception>
    public Pinger(NetworkNamespace ns)
    {
        _socket = Ipv6DatagramSocket.OpenIcmpv6(ns, EchoReply, $"ping from {ns}");
        _identifier = (ushort)Random.Shared.Next(1, ushort.MaxValue);
    }

    /// <summary>One echo request. False when the system would not send it: no route yet, no such source address yet.</summary>
    /// <param name="source">Unspecified lets the kernel choose.</param>
    /// <param name="size">Octets of data after the ICMPv6 header.</param>
    public bool TrySend(Ipv6Address source, Ipv6Address destination, int size = 56)
    {
        //  0                   1                   2                   3
        // |     Type      |     Code      |          Checksum             |
        // |           Identifier          |        Sequence Number        |
        // |     Data ...
        // The kernel fills the checksum in.
        var packet = new byte[HeaderSize + size];
        packet[0] = EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), _identifier);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), ++_sequence);
        for (var i = HeaderSize; i < packet.Length; i++)
            packet[i] = (byte)i;
        return _socket.TrySend(packet, source, destination, 0, 0);
    }

    /// <summary>Takes one reply to a request of ours. False when none waits.</summary>
    public bool TryReceive(out Ipv6Address from)
    {
        Span<byte> buffer = stackalloc byte[HeaderSize];
        while (_socket.TryReceive(buffer, out var datagram))
        {
            from = datagram.Source;
            if (buffer[0] == EchoReply && BinaryPrimitives.ReadUInt16BigEndian(buffer[4..]) == _identifier)
                return true;
        }

        from = default;
        return false;
    }

    /// <summary>Waits until at least one has a reply, or the time is over.</summary>
    public static unsafe void WaitAny(IReadOnlyList<Pinger> pingers, TimeSpan time)
    {
        var fds = new pollfd[pingers.Count];
        for (var i = 0; i < fds.Length; i++)
            fds[i] = new pollfd { fd = pingers[i]._socket.Descriptor, events = POLLIN };
        fixed (pollfd* p = fds)
            _ = LibC.poll(p, (nuint)fds.Length, (int)Math.Ceiling(time.TotalMilliseconds));
    }

    /// <summary>One request, sent again every 100 ms, until <paramref name="destination"/> answers or the time is over.</summary>
    public bool Ping(Ipv6Address source, Ipv6Address destination, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        do
        {
            _ = TrySend(source, destination);
            WaitAny([this], TimeSpan.FromMilliseconds(100));
            while (TryReceive(out var from))
            {
                if (from == destination)
                    return true;
            }
        }
        while (watch.Elapsed < patience);
        return false;
    }

    public void Dispose() => _socket.Dispose();
}
