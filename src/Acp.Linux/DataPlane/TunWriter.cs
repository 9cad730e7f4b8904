using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Acp.Core.Esp;
using Acp.Linux.Interop;
using Acp.Linux.Tun;

namespace Acp.Linux.DataPlane;

/// <summary>
/// Writes inner packets to their TUNs. Neighbouring packets of one TCP stream go as one, by reference: the first with
/// its headers, of the others the payload alone. Not thread-safe; owned by one inbound pump, whose buffers must stay as
/// they are until <see cref="Flush"/>.
/// </summary>
internal sealed unsafe class TunWriter
{
    private readonly iovec[] _vectors;
    private readonly virtio_net_hdr[] _header = GC.AllocateArray<virtio_net_hdr>(1, pinned: true);

    private InboundSa? _target;
    private TcpRun _run;
    private bool _push;

    public TunWriter(int batch)
    {
        _vectors = GC.AllocateArray<iovec>(batch + 1, pinned: true);
        _vectors[0].iov_base = Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_header));
        _vectors[0].iov_len = TunDevice.HeaderSize;
    }

    /// <summary>Takes one inner packet; it is written now or with those that follow.</summary>
    public void Write(InboundSa target, byte* packet, int length)
    {
        var bytes = new ReadOnlySpan<byte>(packet, length);
        target.Counters.Passed(length);
        if (ReferenceEquals(target, _target) && _run.Count > 0 && _run.TryAppend(First, bytes))
        {
            _vectors[_run.Count].iov_base = packet + _run.Headers;
            _vectors[_run.Count].iov_len = (nuint)(length - _run.Headers);
            _push |= TcpRun.HasPush(bytes);
            return;
        }

        Flush();
        _target = target;
        _vectors[1].iov_base = packet;
        _vectors[1].iov_len = (nuint)length;
        _push = false;
        if (!target.Tun.SegmentsTcp || !_run.TryStart(bytes))
            Emit(1, default);
    }

    /// <summary>Writes what has been kept back.</summary>
    public void Flush()
    {
        switch (_run.Count)
        {
            case 0:
                return;
            case 1:
                Emit(1, default);
                break;
            default:
                _run.Finish(new Span<byte>(_vectors[1].iov_base, (int)_vectors[1].iov_len), _push);
                Emit(_run.Count, new virtio_net_hdr
                {
                    flags = VirtioNet.VIRTIO_NET_HDR_F_NEEDS_CSUM,
                    gso_type = VirtioNet.VIRTIO_NET_HDR_GSO_TCPV6,
                    hdr_len = (ushort)_run.Headers,
                    gso_size = (ushort)_run.SegmentSize,
                    csum_start = TcpSegmenter.Ipv6HeaderSize,
                    csum_offset = TcpSegmenter.TcpChecksumOffset,
                });
                break;
        }

        _run = default;
    }

    private ReadOnlySpan<byte> First => new(_vectors[1].iov_base, (int)_vectors[1].iov_len);

    private void Emit(int packets, virtio_net_hdr header)
    {
        _header[0] = header;
        fixed (iovec* vectors = _vectors)
        {
            nint written;
            do
                written = LibC.writev(_target!.Tun.Fd, vectors, packets + 1);
            while (written < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);

            // The interface is down or gone; the outbound pump, which waits on it, tells.
            if (written < 0)
                _target.Counters.Dropped(EspDrop.NotSent);
        }
    }
}
