using System.Net.Sockets;
using System.Threading.Channels;
using Acp.Asa;
using Acp.Wire.Attach;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Daemon.Attach;

/// <summary>
/// One agent in another process, from hello to its end: reads its calls, hands them to the engine, and writes the answers
/// as they come. It may use only the ASAs that it registered itself, and when it goes, they go.
/// </summary>
internal sealed class AttachedAgent
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly IGraspPort _engine;
    private readonly AttachOptions _options;
    private readonly NetworkStream _stream;
    private readonly CborSequenceReader _reader;
    private readonly Channel<byte[]> _unsent = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<uint, (CancellationTokenSource Cancel, Task Work)> _open = [];
    private readonly Dictionary<uint, string> _asas = [];
    private readonly Lock _gate = new();
    private long _unread;
    private int _registering;
    private AttachDropReason _why;

    public AttachedAgent(Socket socket, IGraspPort engine, AttachOptions options)
    {
        (_engine, _options) = (engine, options);
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new CborSequenceReader(_stream, AttachConstants.CallLimits);
    }

    /// <summary>Until the agent has gone, or has to go, and nothing of it is left in the engine.</summary>
    public async Task<AttachDropReason> RunAsync()
    {
        var writing = WriteAsync();
        try
        {
            if (await GreetAsync())
                await ServeAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It is gone, or has to go.
        }
        await _end.CancelAsync();
        _unsent.Writer.TryComplete();
        await LeaveAsync();
        await Task.WhenAny(writing, Task.Delay(Farewell));
        await _stream.DisposeAsync();
        await writing;
        _end.Dispose();
        return _why;
    }

    /// <summary>Ends it from our side.</summary>
    public void Stop(string reason)
    {
        Send(new AttachMessage.Bye(reason));
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // it has just gone by itself
        }
    }

    private async Task<bool> GreetAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        patience.CancelAfter(_options.HelloTimeout);
        ReadOnlyMemory<byte>? first;
        try
        {
            first = await _reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!_end.IsCancellationRequested)
        {
            Drop(AttachDropReason.Silent, "no hello");
            return false;
        }
        if (first is null && _reader.Refusal == CborRefusal.None)
            return false;
        if (first is not { } bytes || !AttachMessage.TryDecode(bytes, AttachConstants.CallLimits, out var message, out _)
            || message is not AttachMessage.Hello { Version: AttachConstants.Version })
        {
            Drop(AttachDropReason.Version, $"this acpd speaks version {AttachConstants.Version}, and that begins with a hello");
            return false;
        }
        Send(new AttachMessage.Hello(AttachConstants.Version, "acpd " + ProgramVersion.Text));
        return true;
    }

    private async Task ServeAsync()
    {
        while (await _reader.ReadAsync(_end.Token) is { } bytes)
        {
            if (!AttachMessage.TryDecode(bytes, AttachConstants.CallLimits, out var message, out var refusal))
            {
                Drop(AttachDropReason.BadMessage, refusal.ToString());
                return;
            }
            switch (message)
            {
                case AttachMessage.Call call:
                    Begin(call);
                    break;
                case AttachMessage.Cancel cancel:
                    CancelCall(cancel.Id);
                    break;
                default:
                    Drop(AttachDropReason.BadMessage, "only calls and cancels");
                    return;
            }
        }
        if (_reader.Refusal is not (CborRefusal.None or CborRefusal.Truncated))
            Drop(AttachDropReason.BadMessage, _reader.Refusal.ToString());
    }

    private void Begin(AttachMessage.Call call)
    {
        var refused = Refuse(call, out var error, out var reason);
        if (refused)
        {
            Send(new AttachMessage.Reply(call.Id, new AttachReply(error) { Reason = reason }));
            return;
        }
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        lock (_gate)
        {
            // Its answer cannot come before it is in the list.
            var work = PerformAsync(call, cancel);
            if (!work.IsCompleted)
                _open.Add(call.Id, (cancel, work));
        }
    }

    private bool Refuse(AttachMessage.Call call, out GraspError error, out string? reason)
    {
        (error, reason) = (GraspError.ok, null);
        lock (_gate)
        {
            if (_open.ContainsKey(call.Id))
                (error, reason) = (GraspError.unspec, "there is an open call of this number");
            else if (_open.Count >= _options.MaxOpenCalls)
                (error, reason) = (GraspError.sessionsFull, $"{_options.MaxOpenCalls} calls of this program are open");
            else if (call.Function is AttachCall.RegisterAsa)
            {
                if (_asas.Count + _registering >= _options.MaxAsas)
                    (error, reason) = (GraspError.ASAfull, $"{_options.MaxAsas} ASAs of this program are registered");
                else
                    _registering++;
            }
            else if (call.Function is not (AttachCall.AwaitOperational or AttachCall.DumpAll) && !_asas.ContainsKey(call.Function.Asa))
                error = GraspError.noASA; // whatever others have registered
        }
        return error != GraspError.ok;
    }

    private async Task PerformAsync(AttachMessage.Call call, CancellationTokenSource cancel)
    {
        AttachMessage? answer;
        try
        {
            var reply = await AttachDispatch.PerformAsync(_engine, call.Function, cancel.Token).ConfigureAwait(false);
            Note(call.Function, reply);
            answer = new AttachMessage.Reply(call.Id, AttachTranslation.ToWire(reply));
        }
        catch (OperationCanceledException)
        {
            Note(call.Function, null);
            // If we end it, that is what the agent is told, and not that it cancelled anything.
            answer = _end.IsCancellationRequested ? null : new AttachMessage.Cancelled(call.Id);
        }
        lock (_gate)
        {
            _open.Remove(call.Id);
            cancel.Dispose();
        }
        if (answer is not null)
            Send(answer);
    }

    private void Note(AttachCall call, PortReply? reply)
    {
        lock (_gate)
        {
            if (call is AttachCall.RegisterAsa register)
            {
                _registering--;
                if (reply is { Error: GraspError.ok })
                    _asas[reply.Asa] = register.Name;
            }
            else if (call is AttachCall.DeregisterAsa && reply is { Error: GraspError.ok })
            {
                _asas.Remove(call.Asa);
            }
        }
    }

    private void CancelCall(uint id)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(id, out var call))
                call.Cancel.Cancel(); // a word to the engine's thread, no more
        }
    }

    private void Send(AttachMessage message)
    {
        var bytes = message.Encode();
        if (bytes.Length > AttachConstants.MaxReplySize && message is AttachMessage.Reply { Id: var id })
            bytes = new AttachMessage.Reply(id, new AttachReply(GraspError.messageTooLong) { Reason = "the answer is too long" }).Encode();
        if (Interlocked.Add(ref _unread, bytes.Length) > _options.MaxUnread)
            Drop(AttachDropReason.SlowReader, null);
        else
            _unsent.Writer.TryWrite(bytes);
    }

    // Ends the reading, from which the rest follows.
    private void Drop(AttachDropReason why, string? words)
    {
        _why = why;
        if (words is not null)
            Send(new AttachMessage.Bye(words));
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // it is over already
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var bytes in _unsent.Reader.ReadAllAsync())
            {
                await _stream.WriteAsync(bytes);
                Interlocked.Add(ref _unread, -bytes.Length);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It is gone: its end is heard by the reader.
        }
    }

    /// <summary>I-04: what it had open ends, then what it had registered.</summary>
    private async Task LeaveAsync()
    {
        Task[] open;
        lock (_gate)
            open = [.. _open.Values.Select(o => o.Work)];
        await Task.WhenAll(open);
        KeyValuePair<uint, string>[] asas;
        lock (_gate)
            asas = [.. _asas];
        foreach (var (asa, name) in asas)
            await _engine.DeregisterAsa(asa, name, CancellationToken.None);
    }
}
