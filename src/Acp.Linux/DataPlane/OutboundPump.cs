using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Acp.Core;
using Acp.Core.Esp;
using Acp.Linux.Interop;
using Acp.Linux.Tun;
using Acp.Wire;

namespace Acp.Linux.DataPlane;

/// <summary>
/// From one channel's TUN to its link: reads until there is nothing more or a batch is full, cuts long TCP packets up,
/// seals each packet where it lies, sends the batch with one call.
/// </summary>
internal sealed unsafe class OutboundPump : PumpThread
{
    /// <summary>Packets per sendmmsg; a 64 KiB TCP packet becomes 48 of a usual channel's size.</summary>
    private const int BatchSize = 64;

    private const int SendPatienceMilliseconds = 100;
    private const int SendAttempts = 20;

    private readonly ChannelId _channel;
    private readonly TunDevice _tun;
    private readonly IDataPlaneNews _news;
    private readonly PumpCounters _counters;
    private readonly int _mtu;
    private readonly int _slotSize;

    // Pinned for life, so that the kernel's structures can hold their addresses. Owned by this pump.
    private readonly byte[] _slots;
    private readonly byte[] _read = GC.AllocateUninitializedArray<byte>(TunDevice.MaximumRead, pinned: true);
    private readonly mmsghdr[] _messages = GC.AllocateArray<mmsghdr>(BatchSize, pinned: true);
    private readonly iovec[] _vectors = GC.AllocateArray<iovec>(BatchSize, pinned: true);

    private OutboundSa? _sa;
    private EspDestination? _destination;
    private int _count;

    public OutboundPump(ChannelSpec spec, TunDevice tun, PumpCounters counters, IDataPlaneNews news)
        : base($"esp-out {spec.Channel}")
    {
        _channel = spec.Channel;
        _tun = tun;
        _counters = counters;
        _news = news;
        _mtu = spec.Mtu;
        _slotSize = (EspOutboundSa.HeadRoom + spec.Mtu + EspOutboundSa.TailRoom + 63) & ~63;
        _slots = GC.AllocateUninitializedArray<byte>(BatchSize * _slotSize, pinned: true);
        PrepareMessages();
    }

    /// <summary>The SA that sends from the next batch on; null lets everything drop.</summary>
    public void Use(OutboundSa? sa) => Volatile.Write(ref _sa, sa);

    protected override bool Pump(out int fd)
    {
        fd = _tun.Fd;
        var sa = Volatile.Read(ref _sa);
        if (sa is not null)
            Point(sa.Destination);
        var more = true;
        fixed (byte* buffer = _read)
        {
            while (_count < BatchSize)
            {
                var length = LibC.read(fd, buffer, TunDevice.MaximumRead);
                if (length < 0)
                {
                    var errno = Marshal.GetLastPInvokeError();
                    if (errno == Errno.EINTR)
                        continue;
                    more = false;
                    if (errno != Errno.EAGAIN)
                    {
                        _news.ChannelBroken(_channel, $"reading {_tun}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
                        fd = -1;
                    }

                    break;
                }

                if (length > TunDevice.HeaderSize)
                    Take(sa?.Sa, Unsafe.ReadUnaligned<virtio_net_hdr>(buffer), new Span<byte>(buffer + TunDevice.HeaderSize, (int)length - TunDevice.HeaderSize));
            }
        }

        Send();
        if (sa is { LifetimeReported: false, Sa.LifetimeNear: true })
        {
            sa.LifetimeReported = true;
            _news.LifetimeNear(_channel, sa.InboundSpi);
        }

        if (sa is { EndReported: false, Sa.LifetimeOver: true })
        {
            sa.EndReported = true;
            _news.LifetimeOver(_channel, sa.InboundSpi);
        }

        return more;
    }

    private void Take(EspOutboundSa? sa, in virtio_net_hdr header, Span<byte> packet)
    {
        if (sa is null)
        {
            _counters.Dropped(EspDrop.NoSa);
            return;
        }

        if (packet[0] >> 4 != 6)
        {
            _counters.Dropped(EspDrop.NotIpv6);
            return;
        }

        if (header.gso_type != VirtioNet.VIRTIO_NET_HDR_GSO_NONE)
        {
            TakeSegments(sa, header, packet);
            return;
        }

        if (packet.Length > _mtu)
        {
            _counters.Dropped(EspDrop.TooBig);
            return;
        }

        if ((header.flags & VirtioNet.VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0)
            FinishChecksum(packet, header.csum_start, header.csum_offset);
        packet.CopyTo(Slot()[EspOutboundSa.HeadRoom..]);
        Seal(sa, packet.Length);
    }

    private void TakeSegments(EspOutboundSa sa, in virtio_net_hdr header, ReadOnlySpan<byte> packet)
    {
        if (header.gso_type != VirtioNet.VIRTIO_NET_HDR_GSO_TCPV6
            || !TcpSegmenter.TryStart(packet, header.csum_start, header.gso_size, out var segments))
        {
            _counters.Dropped(EspDrop.TooBig);
            return;
        }

        while (segments.TryNext(Slot().Slice(EspOutboundSa.HeadRoom, _mtu), out var length))
            Seal(sa, length);
        if (!segments.IsDone)
            _counters.Dropped(EspDrop.TooBig);
    }

    private static void FinishChecksum(Span<byte> packet, int start, int offset)
    {
        if (start + offset + 2 > packet.Length)
            return;
        // The field already holds the pseudo-header's sum. Zero would mean "none" to UDP (RFC 8200 §8.1).
        var checksum = InternetChecksum.Finish(InternetChecksum.Add(0, packet[start..]));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet[(start + offset)..], checksum == 0 ? (ushort)0xffff : checksum);
    }

    /// <summary>The next free slot; sends the batch when there is none.</summary>
    private Span<byte> Slot()
    {
        if (_count == BatchSize)
            Send();
        return _slots.AsSpan(_count * _slotSize, _slotSize);
    }

    /// <summary>Seals the packet in the slot that <see cref="Slot"/> gave.</summary>
    private void Seal(EspOutboundSa sa, int length)
    {
        if (!sa.TrySeal(_slots.AsSpan(_count * _slotSize, _slotSize), length, out var sealedLength, out var drop))
        {
            _counters.Dropped(drop);
            return;
        }

        _vectors[_count++].iov_len = (nuint)sealedLength;
        _counters.Passed(length);
    }

    private void Send()
    {
        var done = 0;
        var attempts = 0;
        fixed (mmsghdr* messages = _messages)
        {
            while (done < _count)
            {
                var sent = LibC.sendmmsg(_destination!.Socket.Fd, messages + done, (uint)(_count - done), SocketConstants.MSG_DONTWAIT);
                if (sent > 0)
                {
                    done += sent;
                    continue;
                }

                var errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EINTR)
                    continue;
                if (errno == Errno.EAGAIN && !Stopping && attempts++ < SendAttempts)
                {
                    WaitFor(_destination.Socket.Fd, Epoll.POLLOUT, SendPatienceMilliseconds);
                    continue;
                }

                // Only the first one failed; the rest may go.
                _counters.Dropped(EspDrop.NotSent);
                done++;
            }
        }

        _count = 0;
    }

    /// <summary>Where the whole batch goes; between batches nothing is in the slots.</summary>
    private void Point(EspDestination destination)
    {
        if (ReferenceEquals(destination, _destination))
            return;
        _destination = destination;
        for (var i = 0; i < BatchSize; i++)
            destination.Point(ref _messages[i].msg_hdr);
    }

    private void PrepareMessages()
    {
        var slots = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_slots));
        var vectors = (iovec*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_vectors));
        for (var i = 0; i < BatchSize; i++)
        {
            _vectors[i].iov_base = slots + i * _slotSize;
            _messages[i].msg_hdr = new msghdr
            {
                msg_iov = vectors + i,
                msg_iovlen = 1,
            };
        }
    }
}
