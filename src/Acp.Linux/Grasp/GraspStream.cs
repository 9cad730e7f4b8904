using Acp.Core.Grasp;
using Acp.Linux.Loop;
using Acp.Linux.Sockets;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Linux.Grasp;

/// <summary>
/// One stream of CBOR items, over TCP or TLS: finds where each ends (there is no other framing), hands it on, and keeps what the kernel
/// does not take at once. What a peer can make it hold is bounded, by the limits of an item on the way in and by the queue's
/// on the way out. Owned by the loop.
/// </summary>
internal sealed class GraspStream
{
    private readonly EventLoop _loop;
    private readonly IStreamTransport _socket;
    private readonly CborItemFramer _framer;
    private readonly InsecureQuads? _quads;
    private readonly InsecureQuadsFramer? _quadsFramer;
    private readonly byte[] _shared;
    private readonly SendQueue _unsent;
    private readonly StreamBudget? _budget;
    private byte[] _partial = [];
    private ReadOnlyMemory<byte> _heldBack;
    private int _held;
    private int _taken;
    private bool _establishing;
    private bool _finishing;
    private bool _closing;

    /// <param name="shared">A buffer of the loop's, of use during one call only.</param>
    /// <param name="start">
    /// What it waits for first: <see cref="StreamStep.Established"/> if there is nothing to be done before it can be used.
    /// </param>
    /// <param name="quads">What encrypts each item, if anything does. Not owned.</param>
    /// <param name="unsent">What is kept of what the kernel does not take; null for the usual.</param>
    /// <param name="budget">For unfinished messages, shared by all streams.</param>
    public GraspStream(
        EventLoop loop, IStreamTransport socket, CborLimits limits, byte[] shared, StreamStep start, InsecureQuads? quads = null,
        SendQueue? unsent = null, StreamBudget? budget = null)
    {
        _budget = budget;
        _loop = loop;
        _socket = socket;
        _shared = shared;
        _unsent = unsent ?? new SendQueue(SendQueue.UsualOctets);
        _establishing = start != StreamStep.Established;
        _framer = new CborItemFramer(limits);
        _quads = quads;
        _quadsFramer = quads is null ? null : new InsecureQuadsFramer(quads, limits);
        loop.Register(socket.Descriptor, OnReadable, start == StreamStep.WantsWrite ? OnWritable : null);
    }

    public delegate void ItemHandler(ReadOnlySpan<byte> item);

    public required Action Connected { get; init; }

    /// <summary>One well-formed CBOR item, whose octets are of use during the call only.</summary>
    public required ItemHandler Received { get; init; }

    /// <summary>The other end is gone, or sent what is no CBOR or too much of it. Not after <see cref="Close"/>.</summary>
    public required Action<CborRefusal> Ended { get; init; }

    /// <summary>It has let go of its descriptor.</summary>
    public required Action Gone { get; init; }

    public bool IsGone { get; private set; }

    /// <summary>It ended because the other end took too little.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>One item, in one write if the kernel takes it so.</summary>
    /// <param name="more">Another follows at once: both in one write.</param>
    public void Send(ReadOnlyMemory<byte> item, bool more = false)
    {
        if (IsGone || _closing || _finishing)
            return;
        // In QUADS a message is a whole number of cipher blocks of its own.
        if (_quads is not null)
        {
            item = _quads.Encrypt(item.Span);
            more = false;
        }
        if (_heldBack.Length > 0)
            item = Joined(item.Span);
        if (more)
        {
            _heldBack = item;
            return;
        }
        if (_establishing || !_unsent.IsEmpty)
        {
            Keep(item);
            return;
        }
        var sent = _socket.Send(item.Span);
        if (sent == item.Length)
            return;
        if (sent == StreamSocket.Broken)
        {
            End(CborRefusal.None);
            return;
        }
        _unsent.Begin(item[Math.Max(sent, 0)..], isWhole: sent <= 0);
        _loop.WatchWritable(_socket.Descriptor, OnWritable);
    }

    /// <summary>Nothing more is sent, and the other end is told so when all is written. What it says is still taken, until it ends, too.</summary>
    public void Finish()
    {
        if (IsGone || _closing || _finishing)
            return;
        _finishing = true;
        if (!_establishing && _unsent.IsEmpty)
            _socket.FinishSending();
    }

    /// <summary>Closes when all is written; nothing more is told.</summary>
    public void Close()
    {
        if (IsGone)
            return;
        _closing = true;
        if (_establishing || _unsent.IsEmpty)
            Release();
    }

    /// <summary>Closes at once; nothing more is told.</summary>
    public void Abort()
    {
        _closing = true;
        if (!IsGone && !_establishing && !_unsent.IsEmpty)
            _socket.DropUnsent();
        Release();
    }

    private byte[] Joined(ReadOnlySpan<byte> second)
    {
        var both = new byte[_heldBack.Length + second.Length];
        _heldBack.Span.CopyTo(both);
        second.CopyTo(both.AsSpan(_heldBack.Length));
        _heldBack = default;
        return both;
    }

    // A neighbour that takes nothing must not cost us more than the queue holds (J-14).
    private void Keep(ReadOnlyMemory<byte> item)
    {
        if (_unsent.TryEnqueue(item))
            return;
        IsStalled = true;
        // Or the kernel would go on holding what nobody takes.
        _socket.DropUnsent();
        End(CborRefusal.None);
    }

    private void Establish()
    {
        switch (_socket.Establish())
        {
            case StreamStep.WantsRead:
                _loop.WatchWritable(_socket.Descriptor, null);
                break;
            case StreamStep.WantsWrite:
                _loop.WatchWritable(_socket.Descriptor, OnWritable);
                break;
            case StreamStep.Established:
                _establishing = false;
                Connected();
                if (!IsGone)
                    Drain();
                break;
            default:
                End(CborRefusal.None);
                break;
        }
    }

    private void OnWritable()
    {
        if (_establishing)
            Establish();
        else
            Drain();
    }

    private void Drain()
    {
        while (_unsent.TryPeek(out var item))
        {
            var sent = _socket.Send(item.Span);
            if (sent == StreamSocket.Broken)
            {
                End(CborRefusal.None);
                return;
            }
            if (sent != StreamSocket.WouldBlock)
                _unsent.Advance(sent);
            if (sent < item.Length)
            {
                _loop.WatchWritable(_socket.Descriptor, OnWritable);
                return;
            }
        }
        if (_closing)
        {
            Release();
            return;
        }
        if (_finishing)
            _socket.FinishSending();
        _loop.WatchWritable(_socket.Descriptor, null);
    }

    private void OnReadable()
    {
        if (_establishing)
        {
            Establish();
            return;
        }
        var read = _socket.Receive(_shared);
        if (read == StreamSocket.WouldBlock)
            return;
        if (read <= 0)
            End(_held > 0 ? CborRefusal.Truncated : CborRefusal.None);
        else if (_closing)
            return; // of no interest any more
        else if (_held == 0)
            Take(_shared.AsSpan(0, read));
        else
            TakeWithPartial(_shared.AsSpan(0, read));
    }

    private void TakeWithPartial(ReadOnlySpan<byte> more)
    {
        if (_partial.Length < _held + more.Length)
            Array.Resize(ref _partial, Math.Max(_partial.Length * 2, _held + more.Length));
        more.CopyTo(_partial.AsSpan(_held));
        var all = _partial.AsSpan(0, _held + more.Length);
        _held = 0;
        Take(all);
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && !IsGone && !_closing)
        {
            byte[]? decrypted = null;
            var frame = _quadsFramer is { } quads
                ? quads.Examine(bytes, out var length, out decrypted, out var refusal)
                : _framer.Examine(bytes, out length, out refusal);
            switch (frame)
            {
                case CborFrame.Item:
                    Received(decrypted is null ? bytes[..length] : decrypted);
                    bytes = bytes[length..];
                    break;
                case CborFrame.NeedMore:
                    if (!TryHold(bytes.Length))
                    {
                        End(CborRefusal.TooLarge);
                        return;
                    }
                    if (_partial.Length < bytes.Length)
                        _partial = new byte[bytes.Length]; // never while bytes lie in it: they would fit
                    bytes.CopyTo(_partial);
                    return;
                default:
                    End(refusal);
                    return;
            }
        }
        TryHold(0);
        if (_partial.Length > 0)
            _partial = [];
    }

    private bool TryHold(int octets)
    {
        var beyond = Math.Max(0, octets - GraspConstants.GRASP_DEF_MAX_SIZE);
        if (beyond > _taken && _budget?.TryTake(beyond - _taken) == false)
            return false;
        if (beyond < _taken)
            _budget?.Return(_taken - beyond);
        _taken = beyond;
        _held = octets;
        return true;
    }

    private void End(CborRefusal why)
    {
        var told = _closing || IsGone;
        Release();
        if (!told)
            Ended(why);
    }

    private void Release()
    {
        if (IsGone)
            return;
        IsGone = true;
        TryHold(0);
        _loop.Unregister(_socket.Descriptor);
        _socket.Dispose();
        Gone();
    }
}
