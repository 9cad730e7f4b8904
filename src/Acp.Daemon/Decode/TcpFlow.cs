using Acp.Wire.Cbor;

namespace Acp.Daemon.Decode;

/// <summary>
/// One direction of a connection that carries GRASP: segments in order, and CBOR items out of them. What comes early waits a while;
/// what never comes is told, and reading goes on behind it.
/// </summary>
internal sealed class TcpFlow
{
    private const int MaxWaiting = 64;
    private const int MaxWaitingOctets = 256 * 1024;

    private readonly CborItemFramer _framer = new(MessageDecoder.GraspLimits);
    private readonly SortedList<uint, ReadOnlyMemory<byte>> _waiting = [];
    private byte[] _buffer = [];
    private int _count;
    private uint? _next;
    private bool _closed;

    /// <summary>The packet that was read last, for whom to forget first.</summary>
    public int LastPacket { get; set; }

    /// <summary>The messages that this segment completes.</summary>
    public List<DecodeReport> Add(uint sequence, bool syn, ReadOnlyMemory<byte> payload)
    {
        var found = new List<DecodeReport>();
        if (syn)
        {
            _next = sequence + 1;
            _waiting.Clear();
            Forget();
            _closed = false;
            sequence++;
        }

        if (payload.IsEmpty || _closed)
            return found;
        _next ??= sequence; // the capture began in the middle
        if ((int)(sequence - _next.Value) > 0)
        {
            if (!_waiting.TryGetValue(sequence, out var known) || known.Length < payload.Length)
                _waiting[sequence] = payload;
            if (_waiting.Count > MaxWaiting || _waiting.Values.Sum(w => (long)w.Length) > MaxWaitingOctets)
                SkipGap(found);
        }
        else
        {
            Take(sequence, payload);
        }

        TakeWaiting();
        Read(found);
        return found;
    }

    /// <summary>At the end of the capture.</summary>
    public List<DecodeReport> Finish()
    {
        var found = new List<DecodeReport>();
        while (_waiting.Count > 0 && !_closed)
        {
            SkipGap(found);
            TakeWaiting();
            Read(found);
        }

        if (_count > 0 && !_closed)
        {
            found.Add(MessageDecoder.Refused("GRASP", _count, TcpRefusal.StreamEnds, _count, null) with
            {
                Text = "the capture ends in the middle of this message",
            });
        }

        return found;
    }

    private void SkipGap(List<DecodeReport> found)
    {
        // Nearest ahead of where we are, as sequence numbers go round.
        var nearest = _waiting.Keys.MinBy(s => s - _next!.Value);
        found.Add(MessageDecoder.Refused("GRASP", _count, TcpRefusal.SegmentsMissing, _count, null) with
        {
            Text = $"{nearest - _next!.Value} octets of the stream are not in the capture",
        });
        Forget();
        _next = nearest;
    }

    private void TakeWaiting()
    {
        var progress = true;
        while (progress)
        {
            progress = false;
            foreach (var sequence in _waiting.Keys.ToList())
            {
                if ((int)(sequence - _next!.Value) > 0)
                    continue;
                Take(sequence, _waiting[sequence]);
                _waiting.Remove(sequence);
                progress = true;
            }
        }
    }

    private void Take(uint sequence, ReadOnlyMemory<byte> payload)
    {
        var known = _next!.Value - sequence;
        if (known >= payload.Length)
            return; // sent again
        var fresh = payload.Span[(int)known..];
        if (_count + fresh.Length > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_count + fresh.Length, Math.Min(2 * _buffer.Length, MessageDecoder.GraspLimits.MaxSize)));
        fresh.CopyTo(_buffer.AsSpan(_count));
        _count += fresh.Length;
        _next += (uint)fresh.Length;
    }

    private void Read(List<DecodeReport> found)
    {
        var start = 0;
        while (start < _count && !_closed)
        {
            var rest = _buffer.AsSpan(start, _count - start);
            // A TLS handshake record (RFC 8446 §5.1), which as CBOR is no array.
            if (rest is [0x16, 0x03, ..])
            {
                found.Add(new DecodeReport { Protocol = "TLS", Octets = rest.Length, Encrypted = true, Text = "GRASP inside, from here on unreadable" });
                _closed = true;
                break;
            }

            var frame = _framer.Examine(rest, out var length, out _);
            if (frame == CborFrame.NeedMore)
                break;
            if (frame == CborFrame.Refused)
            {
                found.Add(MessageDecoder.Grasp(rest) is var report && report.Refusal is not null
                    ? report with { Text = report.Text + "; the rest of the stream is not read" }
                    : report);
                _closed = true;
                break;
            }

            found.Add(MessageDecoder.Grasp(rest[..length]));
            start += length;
        }

        if (_closed)
        {
            _buffer = [];
            _count = 0;
            _waiting.Clear();
            return;
        }

        _buffer.AsSpan(start, _count - start).CopyTo(_buffer);
        _count -= start;
    }

    private void Forget()
    {
        _count = 0;
        _framer.Reset();
    }
}
