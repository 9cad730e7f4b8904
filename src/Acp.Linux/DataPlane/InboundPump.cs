using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Acp.Core;
using Acp.Core.Esp;
using Acp.Linux.Interop;
using Acp.Linux.Loop;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Linux.DataPlane;

/// <summary>
/// From one ESP socket to the TUNs of its channels: receives a batch, opens each packet where it lies if SPI, source and
/// destination are those of an SA, and writes the inner packets, joined where the kernel would join them. What is IKE
/// on the UDP port that both share is handed to the loop.
/// </summary>
internal sealed unsafe class InboundPump : PumpThread
{
    private const int MaximumBatch = 64;
    private const int MinimumBatch = 8;
    private const int MemoryTarget = 256 * 1024;

    /// <summary>One more than the longest IKE message that is understood (D-49), with its marker.</summary>
    private const int LongestIke = 16 * 1024 + 1 + NonEspMarker.Size;

    private const int Ipv4HeaderSize = 20;
    private const int ControlSize = 16 + 24;
    private const long UnknownSpiPauseMilliseconds = 250;

    private readonly LinkId _link;
    private readonly EspSocket _socket;
    private readonly IDataPlaneNews _news;
    private readonly TunWriter _writer;
    private readonly int _batch;
    private readonly int _slotSize;

    // Pinned for life; owned by this pump.
    private readonly byte[] _slots;
    private readonly mmsghdr[] _messages;
    private readonly iovec[] _vectors;
    private readonly sockaddr_in6[] _sources;
    private readonly byte[] _controls;

    private readonly EarlyPackets _early;

    private Dictionary<uint, InboundSa> _table = [];
    private Dictionary<uint, InboundSa> _tableOfEarly = [];
    private long _unknownReportedAt = long.MinValue / 2;

    public InboundPump(LinkId link, EspSocket socket, IDataPlaneNews news)
        : base($"esp-in {link}")
    {
        _link = link;
        _socket = socket;
        _news = news;

        // The peer's packets are as long as the link allows, or, put together from fragments, one IPv6 minimum in ESP.
        var longest = Math.Max(socket.Mtu, EspOverhead.OuterLength(EspOverhead.MinimumIpv6Mtu)) - 40;
        if (socket.Carrier == EspCarrier.HostUdp)
            longest = LongestIke;
        _slotSize = (longest + 63) & ~63;
        _batch = Math.Clamp(MemoryTarget / _slotSize, MinimumBatch, MaximumBatch);
        _slots = GC.AllocateUninitializedArray<byte>(_batch * _slotSize, pinned: true);
        _messages = GC.AllocateArray<mmsghdr>(_batch, pinned: true);
        _vectors = GC.AllocateArray<iovec>(_batch, pinned: true);
        _sources = GC.AllocateArray<sockaddr_in6>(_batch, pinned: true);
        _controls = GC.AllocateArray<byte>(_batch * ControlSize, pinned: true);
        _writer = new TunWriter(_batch);
        _early = new EarlyPackets(_slotSize);
        PrepareMessages();
    }

    /// <summary>ESP packets for nobody.</summary>
    public long UnknownSpis => Volatile.Read(ref _unknownSpis);

    private long _unknownSpis;

    /// <summary>The SAs from the next batch on. The table is never changed again.</summary>
    public void Use(Dictionary<uint, InboundSa> table)
    {
        Volatile.Write(ref _table, table);
        // Packets may have waited for it.
        Wake();
    }

    protected override bool Pump(out int fd)
    {
        fd = _socket.Fd;
        TakeEarly(Volatile.Read(ref _table));
        int count;
        fixed (mmsghdr* messages = _messages)
        {
            for (var i = 0; i < _batch; i++)
            {
                messages[i].msg_hdr.msg_namelen = (uint)sizeof(sockaddr_in6);
                messages[i].msg_hdr.msg_controllen = ControlSize;
            }

            count = LibC.recvmmsg(fd, messages, (uint)_batch, SocketConstants.MSG_DONTWAIT, null);

            // Errors here are the link's (ENETDOWN), told once each; the link watcher tells what became of it.
            if (count <= 0)
                return false;
            var table = Volatile.Read(ref _table);
            for (var i = 0; i < count; i++)
                Take(table, i, (int)messages[i].msg_len, (messages[i].msg_hdr.msg_flags & SocketConstants.MSG_TRUNC) != 0);
        }

        _writer.Flush();
        return count == _batch;
    }

    private void Take(Dictionary<uint, InboundSa> table, int slot, int length, bool truncated)
    {
        var packet = _slots.AsSpan(slot * _slotSize, Math.Min(length, _slotSize));
        if (_socket.Carrier == EspCarrier.HostUdp && NonEspMarker.IsAt(packet))
        {
            HandOn(slot, packet, truncated);
            return;
        }

        // A raw IPv4 socket gives the IP header as well.
        var offset = _socket.Carrier == EspCarrier.HostIpv4 && length >= Ipv4HeaderSize ? (packet[0] & 0xf) * 4 : 0;
        var (source, destination) = _socket.Carrier == EspCarrier.HostIpv4 && length >= Ipv4HeaderSize
            ? (Mapped(packet[12..]), Mapped(packet[16..]))
            : (SourceOf(slot), DestinationOf(slot));
        if (packet.Length - offset < 8)
            return;
        packet = packet[offset..];
        var spi = BinaryPrimitives.ReadUInt32BigEndian(packet);
        if (!table.TryGetValue(spi, out var entry))
        {
            if (!truncated)
                _early.Keep(BootClock.Now, spi, source, destination, _sources[slot].sin6_port, packet);
            ReportUnknown(source, spi);
            return;
        }

        if (source != entry.Remote || destination != entry.Local)
            entry.Counters.Dropped(EspDrop.WrongAddress);
        else if (truncated)
            entry.Counters.Dropped(EspDrop.TooBig);
        else if (_socket.Carrier == EspCarrier.Link)
            Open(entry, slot, offset, packet);
        else
        {
            // In the host's network native ESP and ESP in UDP may come for the same SA, each by its own pump.
            lock (entry.Counters)
                Open(entry, slot, offset, packet);
        }
    }

    /// <summary>What came before its SA, when there is a table that may have it. In order, and before anything newer.</summary>
    private void TakeEarly(Dictionary<uint, InboundSa> table)
    {
        if (!_early.Any || table == _tableOfEarly)
            return;
        _tableOfEarly = table;
        var now = BootClock.Now;
        var slot = 0;
        while (_early.TryTake(now, table.ContainsKey, out var early, out var kept))
        {
            var entry = table[early.Spi];
            if (early.Source != entry.Remote || early.Destination != entry.Local)
            {
                entry.Counters.Dropped(EspDrop.WrongAddress);
                continue;
            }

            var packet = _slots.AsSpan(slot * _slotSize, kept.Length);
            kept.CopyTo(packet);
            _sources[slot].sin6_port = early.Port;
            Open(entry, slot, 0, packet);
            if (++slot < _batch)
                continue;
            _writer.Flush();
            slot = 0;
        }

        _writer.Flush();
    }

    private void Open(InboundSa entry, int slot, int offset, Span<byte> packet)
    {
        var newest = entry.Sa.Sequence;
        if (!entry.Sa.TryOpen(packet, out var inner, out var drop))
            entry.Counters.Dropped(drop);
        else
            _writer.Write(entry, (byte*)_vectors[slot].iov_base + offset + EspInboundSa.InnerOffset, inner);

        // Only the newest packet says where the peer is now; one that was overtaken says where it was.
        if (_socket.Carrier == EspCarrier.HostUdp && entry.Port != 0 && entry.Sa.Sequence > newest
            && BinaryPrimitives.ReverseEndianness(_sources[slot].sin6_port) is var port && port != entry.Port)
        {
            entry.Port = port;
            _news.PeerMoved(entry.Channel, entry.Sa.Spi, port);
        }

        if (entry is { LifetimeReported: false, Sa.LifetimeNear: true })
        {
            entry.LifetimeReported = true;
            _news.LifetimeNear(entry.Channel, entry.Sa.Spi);
        }

        if (entry is { EndReported: false, Sa.LifetimeOver: true })
        {
            entry.EndReported = true;
            _news.LifetimeOver(entry.Channel, entry.Sa.Spi);
        }
    }

    private static Ipv6Address Mapped(ReadOnlySpan<byte> ipv4) => new(0ul, 0xffff_0000_0000ul | BinaryPrimitives.ReadUInt32BigEndian(ipv4));

    /// <summary>A copy, for the slot is needed for the next batch.</summary>
    private void HandOn(int slot, ReadOnlySpan<byte> datagram, bool truncated)
    {
        if (!truncated)
        {
            _news.IkeArrived(
                new ReceivedDatagram(
                    datagram.Length, false, SourceOf(slot), BinaryPrimitives.ReverseEndianness(_sources[slot].sin6_port), DestinationOf(slot), 0, -1),
                datagram.ToArray());
        }
    }

    private Ipv6Address SourceOf(int slot)
    {
        fixed (byte* address = _sources[slot].sin6_addr)
            return Ipv6Address.Read(new ReadOnlySpan<byte>(address, Ipv6Address.Size));
    }

    /// <summary>IPV6_PKTINFO is the only ancillary message asked for, so it is the first.</summary>
    private Ipv6Address DestinationOf(int slot)
    {
        var control = _controls.AsSpan(slot * ControlSize, ControlSize);
        var header = MemoryMarshal.Read<cmsghdr>(control);
        return header is { cmsg_level: SocketConstants.IPPROTO_IPV6, cmsg_type: SocketConstants.IPV6_PKTINFO }
            ? Ipv6Address.Read(control[sizeof(cmsghdr)..])
            : Ipv6Address.Unspecified;
    }

    private void ReportUnknown(Ipv6Address source, uint spi)
    {
        Volatile.Write(ref _unknownSpis, _unknownSpis + 1);
        var now = Environment.TickCount64;
        if (now - _unknownReportedAt < UnknownSpiPauseMilliseconds)
            return;
        _unknownReportedAt = now;
        _news.UnknownSpi(_link, source, spi);
    }

    private void PrepareMessages()
    {
        var slots = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_slots));
        var vectors = (iovec*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_vectors));
        var sources = (sockaddr_in6*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_sources));
        var controls = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_controls));
        for (var i = 0; i < _batch; i++)
        {
            _vectors[i] = new iovec { iov_base = slots + i * _slotSize, iov_len = (nuint)_slotSize };
            _messages[i].msg_hdr = new msghdr
            {
                msg_name = sources + i,
                msg_iov = vectors + i,
                msg_iovlen = 1,
                msg_control = controls + i * ControlSize,
            };
        }
    }
}
