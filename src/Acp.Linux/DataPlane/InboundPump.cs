using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Acp.Core;
using Acp.Core.Esp;
using Acp.Linux.Interop;
using Acp.Wire;

namespace Acp.Linux.DataPlane;

/// <summary>
/// From one link's ESP socket to the TUNs of its channels: receives a batch, opens each packet where it lies if SPI,
/// source and destination are those of an SA, and writes the inner packets, joined where the kernel would join them.
/// </summary>
internal sealed unsafe class InboundPump : PumpThread
{
    private const int MaximumBatch = 64;
    private const int MinimumBatch = 8;
    private const int MemoryTarget = 256 * 1024;
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

    private Dictionary<uint, InboundSa> _table = [];
    private long _unknownReportedAt = long.MinValue / 2;

    public InboundPump(LinkId link, EspSocket socket, IDataPlaneNews news)
        : base($"esp-in {link}")
    {
        _link = link;
        _socket = socket;
        _news = news;

        // The peer's packets are as long as the link allows, or, put together from fragments, one IPv6 minimum in ESP.
        var longest = Math.Max(socket.Mtu, EspOverhead.OuterLength(EspOverhead.MinimumIpv6Mtu)) - 40;
        _slotSize = (longest + 63) & ~63;
        _batch = Math.Clamp(MemoryTarget / _slotSize, MinimumBatch, MaximumBatch);
        _slots = GC.AllocateUninitializedArray<byte>(_batch * _slotSize, pinned: true);
        _messages = GC.AllocateArray<mmsghdr>(_batch, pinned: true);
        _vectors = GC.AllocateArray<iovec>(_batch, pinned: true);
        _sources = GC.AllocateArray<sockaddr_in6>(_batch, pinned: true);
        _controls = GC.AllocateArray<byte>(_batch * ControlSize, pinned: true);
        _writer = new TunWriter(_batch);
        PrepareMessages();
    }

    /// <summary>ESP packets for nobody.</summary>
    public long UnknownSpis => Volatile.Read(ref _unknownSpis);

    private long _unknownSpis;

    /// <summary>The SAs from the next batch on. The table is never changed again.</summary>
    public void Use(Dictionary<uint, InboundSa> table) => Volatile.Write(ref _table, table);

    protected override bool Pump(out int fd)
    {
        fd = _socket.Fd;
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
        if (length < 8)
            return;
        var packet = _slots.AsSpan(slot * _slotSize, length);
        var spi = BinaryPrimitives.ReadUInt32BigEndian(packet);
        if (!table.TryGetValue(spi, out var entry))
        {
            ReportUnknown(SourceOf(slot), spi);
            return;
        }

        if (SourceOf(slot) != entry.Remote || DestinationOf(slot) != entry.Local)
            entry.Counters.Dropped(EspDrop.WrongAddress);
        else if (truncated)
            entry.Counters.Dropped(EspDrop.TooBig);
        else if (!entry.Sa.TryOpen(packet, out var inner, out var drop))
            entry.Counters.Dropped(drop);
        else
            _writer.Write(entry, (byte*)_vectors[slot].iov_base + EspInboundSa.InnerOffset, inner);
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
