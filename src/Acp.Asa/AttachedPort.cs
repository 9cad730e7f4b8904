using System.Net.Sockets;
using System.Threading.Channels;
using Acp.Wire;
using Acp.Wire.Attach;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;
using WireObjective = Acp.Wire.Grasp.Objective;

namespace Acp.Asa;

/// <summary>The port of the engine of a running acpd, over its Unix socket. When that is gone, calls are answered noEngine.</summary>
internal sealed class AttachedPort : IGraspPort, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly CborSequenceReader _reader;
    private readonly Channel<byte[]> _unsent = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<uint, (TaskCompletionSource<PortReply> Waiting, CancellationToken Cancel)> _open = [];
    private readonly Lock _gate = new();
    private Task _work = Task.CompletedTask;
    private uint _ids;
    private string? _gone;

    private AttachedPort(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
        _reader = new CborSequenceReader(_stream, AttachConstants.ReplyLimits);
    }

    /// <exception cref="GraspUnavailableException">Nobody is there, or nobody we can talk to.</exception>
    public static async Task<AttachedPort> ConnectAsync(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
            var port = new AttachedPort(socket);
            await port.GreetAsync(path, cancel).ConfigureAwait(false);
            port._work = Task.WhenAll(port.ReadAsync(path), port.WriteAsync());
            return port;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new GraspUnavailableException(GraspError.noEngine, WhyNot(path, e.SocketErrorCode), e);
        }
        catch (IOException e)
        {
            socket.Dispose();
            throw new GraspUnavailableException(GraspError.noEngine, $"acpd at {path} broke off: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Close("this program detached itself");
        await _work.ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    public Task<PortReply> RegisterAsa(string name, CancellationToken cancel) => Call(new AttachCall.RegisterAsa(name), cancel);

    public Task<PortReply> DeregisterAsa(uint asa, string name, CancellationToken cancel) =>
        Call(new AttachCall.DeregisterAsa(asa, name), cancel);

    public Task<PortReply> RegisterObjective(uint asa, WireObjective objective, ObjectiveRegistration registration, CancellationToken cancel) =>
        Call(new AttachCall.RegisterObjective(
            asa, objective, registration.Ttl, AttachTranslation.Flags(registration), registration.Locators, registration.MaxMessageSize), cancel);

    public Task<PortReply> DeregisterObjective(uint asa, string objective, CancellationToken cancel) =>
        Call(new AttachCall.DeregisterObjective(asa, objective), cancel);

    public Task<PortReply> Discover(
        uint asa, WireObjective objective, TimeSpan timeout, TimeSpan minimumTtl, int enough, CancellationToken cancel) =>
        Call(new AttachCall.Discover(asa, objective, timeout, minimumTtl, enough), cancel);

    public Task<PortReply> RequestNegotiate(
        uint asa, WireObjective objective, AsaLocator? peer, TimeSpan timeout, bool rapid, bool freeExchange, CancellationToken cancel) =>
        Call(new AttachCall.RequestNegotiate(asa, objective, AttachTranslation.ToWire(peer), timeout, rapid, freeExchange), cancel);

    public Task<PortReply> ListenNegotiate(uint asa, string objective, CancellationToken cancel) =>
        Call(new AttachCall.ListenNegotiate(asa, objective), cancel);

    public Task<PortReply> StopListenNegotiate(uint asa, string objective, CancellationToken cancel) =>
        Call(new AttachCall.StopListenNegotiate(asa, objective), cancel);

    public Task<PortReply> NegotiateStep(uint asa, uint session, WireObjective objective, TimeSpan timeout, CancellationToken cancel) =>
        Call(new AttachCall.NegotiateStep(asa, session, objective, timeout), cancel);

    public Task<PortReply> NegotiateWait(uint asa, uint session, TimeSpan timeout, CancellationToken cancel) =>
        Call(new AttachCall.NegotiateWait(asa, session, timeout), cancel);

    public Task<PortReply> EndNegotiate(uint asa, uint session, bool accept, string? reason, CancellationToken cancel) =>
        Call(new AttachCall.EndNegotiate(asa, session, accept, reason), cancel);

    public Task<PortReply> SendInvalid(uint asa, uint session, ReadOnlyMemory<byte> info, CancellationToken cancel) =>
        Call(new AttachCall.SendInvalid(asa, session, info), cancel);

    public Task<PortReply> Send(uint asa, uint session, ReadOnlyMemory<byte> item, CancellationToken cancel) =>
        Call(new AttachCall.Send(asa, session, item), cancel);

    public Task<PortReply> Receive(uint asa, uint session, TimeSpan timeout, CancellationToken cancel) =>
        Call(new AttachCall.Receive(asa, session, timeout), cancel);

    public Task<PortReply> Synchronize(
        uint asa, WireObjective objective, AsaLocator? peer, TimeSpan timeout, bool rapid, CancellationToken cancel) =>
        Call(new AttachCall.Synchronize(asa, objective, AttachTranslation.ToWire(peer), timeout, rapid), cancel);

    public Task<PortReply> ListenSynchronize(uint asa, WireObjective objective, CancellationToken cancel) =>
        Call(new AttachCall.ListenSynchronize(asa, objective), cancel);

    public Task<PortReply> StopListenSynchronize(uint asa, string objective, CancellationToken cancel) =>
        Call(new AttachCall.StopListenSynchronize(asa, objective), cancel);

    public Task<PortReply> Flood(uint asa, TimeSpan ttl, IReadOnlyList<FloodEntry> objectives, CancellationToken cancel) =>
        Call(new AttachCall.Flood(asa, ttl, objectives.Select(o => new AttachFlood(o.Objective, o.Locator, null)).ToValueList()), cancel);

    public Task<PortReply> GetFlood(uint asa, string? objective, CancellationToken cancel) =>
        Call(new AttachCall.GetFlood(asa, objective), cancel);

    public Task<PortReply> WatchFloods(uint asa, string? objective, long after, CancellationToken cancel) =>
        Call(new AttachCall.WatchFloods(asa, objective, after), cancel);

    public Task<PortReply> AwaitOperational(CancellationToken cancel) => Call(new AttachCall.AwaitOperational(), cancel);

    public Task<PortReply> DumpAll(CancellationToken cancel) => Call(new AttachCall.DumpAll(), cancel);

    public Task<PortReply> ExpireFlood(uint asa, string objective, Locator? locator, CancellationToken cancel) =>
        Call(new AttachCall.ExpireFlood(asa, objective, locator), cancel);

    private static string WhyNot(string path, SocketError error) => error switch
    {
        SocketError.AccessDenied => $"you may not use {path}: it is for root and whoever its group allows",
        SocketError.AddressNotAvailable or SocketError.ConnectionRefused =>
            $"no acpd answers at {path}: is it running (acpd run), and under this instance name?",
        _ => $"cannot connect to acpd at {path}: {error}",
    };

    private async Task GreetAsync(string path, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            var program = AppDomain.CurrentDomain.FriendlyName;
            await _stream.WriteAsync(new AttachMessage.Hello(AttachConstants.Version, program).Encode(), patience.Token).ConfigureAwait(false);
            var answer = await _reader.ReadAsync(patience.Token).ConfigureAwait(false);
            if (answer is not { } bytes || !AttachMessage.TryDecode(bytes, AttachConstants.ReplyLimits, out var message, out _))
                throw new GraspUnavailableException(GraspError.noEngine, $"what answers at {path} is no acpd");
            if (message is AttachMessage.Bye bye)
                throw new GraspUnavailableException(GraspError.noEngine, $"acpd at {path} refused: {bye.Reason}");
            if (message is not AttachMessage.Hello { Version: AttachConstants.Version })
                throw new GraspUnavailableException(GraspError.noEngine, $"acpd at {path} is of a version that speaks differently");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new GraspUnavailableException(GraspError.noEngine, $"acpd at {path} does not answer");
        }
    }

    private async Task<PortReply> Call(AttachCall call, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var waiting = new TaskCompletionSource<PortReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        uint id;
        lock (_gate)
        {
            if (_gone is not null)
                return Gone(_gone);
            do
                id = ++_ids;
            while (!_open.TryAdd(id, (waiting, cancel)));
            _unsent.Writer.TryWrite(new AttachMessage.Call(id, call).Encode());
        }
        // acpd decides whether the answer or the cancellation came first, and says so.
        await using var registration = cancel.Register(() => _unsent.Writer.TryWrite(new AttachMessage.Cancel(id).Encode())).ConfigureAwait(false);
        return await waiting.Task.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var bytes in _unsent.Reader.ReadAllAsync().ConfigureAwait(false))
                await _stream.WriteAsync(bytes).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The reader hears the same, and says it.
        }
    }

    private async Task ReadAsync(string path)
    {
        var why = $"acpd at {path} stopped, or was restarted: attach again";
        try
        {
            while (await _reader.ReadAsync(CancellationToken.None).ConfigureAwait(false) is { } bytes)
            {
                if (!AttachMessage.TryDecode(bytes, AttachConstants.ReplyLimits, out var message, out var refusal))
                {
                    why = $"acpd at {path} said what nobody understands ({refusal})";
                    break;
                }
                if (message is AttachMessage.Bye bye)
                    why = $"acpd at {path} broke off: {bye.Reason}";
                else
                    Take(message);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // gone without a word
        }
        Close(why);
    }

    private void Take(AttachMessage message)
    {
        var id = message switch
        {
            AttachMessage.Reply reply => reply.Id,
            AttachMessage.Cancelled cancelled => cancelled.Id,
            _ => 0u,
        };
        (TaskCompletionSource<PortReply> Waiting, CancellationToken Cancel) call;
        lock (_gate)
        {
            if (!_open.Remove(id, out call))
                return;
        }
        if (message is AttachMessage.Reply { Answer: var answer })
            call.Waiting.TrySetResult(AttachTranslation.FromWire(answer));
        else if (call.Cancel.IsCancellationRequested)
            call.Waiting.TrySetCanceled(call.Cancel);
        else
            call.Waiting.TrySetResult(Gone("acpd gave up the call"));
    }

    private void Close(string why)
    {
        List<TaskCompletionSource<PortReply>> orphans;
        lock (_gate)
        {
            _gone ??= why;
            orphans = [.. _open.Values.Select(o => o.Waiting)];
            _open.Clear();
        }
        _unsent.Writer.TryComplete();
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // closed by the other end
        }
        foreach (var orphan in orphans)
            orphan.TrySetResult(Gone(_gone));
    }

    private static PortReply Gone(string why) => new(GraspError.noEngine) { Reason = why };
}
