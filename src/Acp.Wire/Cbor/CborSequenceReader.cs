namespace Acp.Wire.Cbor;

/// <summary>
/// The items of a CBOR sequence (RFC 8742) as they come in by a stream. It holds no more than one item of the allowed size
/// and what was read along with it. One reader per stream, one read at a time.
/// </summary>
public sealed class CborSequenceReader(Stream stream, CborLimits limits)
{
    private const int FirstBuffer = 4096;

    private readonly CborItemFramer _framer = new(limits);
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;

    /// <summary>Why there was no further item; None if the stream ended between two.</summary>
    public CborRefusal Refusal { get; private set; }

    /// <summary>The next item, in memory of its own; null at the end, or when what came is not acceptable.</summary>
    /// <exception cref="IOException">The stream broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancel)
    {
        while (Refusal == CborRefusal.None)
        {
            if (_end > _start)
            {
                switch (_framer.Examine(_buffer.AsSpan(_start, _end - _start), out var length, out var refusal))
                {
                    case CborFrame.Item:
                        ReadOnlyMemory<byte> item = _buffer.AsSpan(_start, length).ToArray();
                        _start += length;
                        return item;
                    case CborFrame.Refused:
                        Refusal = refusal;
                        return null;
                }
            }
            MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel).ConfigureAwait(false);
            if (read == 0)
            {
                Refusal = _end > _start ? CborRefusal.Truncated : CborRefusal.None;
                return null;
            }
            _end += read;
        }
        return null;
    }

    // The framer refuses what is longer than allowed before this could grow much beyond that.
    private void MakeRoom()
    {
        var held = _end - _start;
        if (held == 0 && _buffer.Length > FirstBuffer)
            _buffer = new byte[FirstBuffer]; // a large item came and went
        else if (_start > 0)
            _buffer.AsSpan(_start, held).CopyTo(_buffer);
        (_start, _end) = (0, held);
        if (held == _buffer.Length)
            Array.Resize(ref _buffer, held * 2);
    }
}
