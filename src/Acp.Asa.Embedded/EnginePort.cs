using System.Collections.Concurrent;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;
using WireObjective = Acp.Wire.Grasp.Objective;

namespace Acp.Asa.Embedded;

/// <summary>
/// The port of an engine in this process: calls become commands on the thread that owns the engine, and its answers the
/// results of tasks.
/// </summary>
public sealed class EnginePort : IGraspPort
{
    private readonly GraspEngine _engine;
    private readonly Action<Action<Instant>> _run;
    private readonly Dictionary<CommandId, PendingCall> _pending = [];
    private readonly TaskCreationOptions _creation;

    // Calls on their way to the engine's thread: those that come before it has looked are taken in together.
    private readonly ConcurrentQueue<PendingCall> _calls = new();
    private readonly Action<Instant> _takeCalls;
    private int _willTake;
    private long _ids;
    private bool _stopped;

    /// <param name="engine">Touched only in what is given to <paramref name="run"/>.</param>
    /// <param name="run">
    /// Runs something on the engine's thread, with the time there, and then does what the engine wants. From any thread; in
    /// the order it was given.
    /// </param>
    /// <param name="inline">
    /// Whoever awaits an answer goes on at once, on the engine's thread: for virtual time, where there is no other. Otherwise
    /// elsewhere, so that no ASA can hold up the engine.
    /// </param>
    public EnginePort(GraspEngine engine, Action<Action<Instant>> run, bool inline = false)
    {
        (_engine, _run) = (engine, run);
        _creation = inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;
        _takeCalls = TakeCalls;
    }

    /// <summary>For <see cref="GraspAction.Complete"/>; on the engine's thread.</summary>
    public void HandleComplete(Instant now, CommandId id, GraspResult result)
    {
        if (_pending.Remove(id, out var waiting))
            waiting.TrySetResult(Translation.Reply(now, result));
    }

    /// <summary>The engine is gone: whatever waits is answered 16 (noSecurity), and so is what is asked from now on. On the engine's thread.</summary>
    public void Stop()
    {
        _stopped = true;
        foreach (var waiting in _pending.Values.ToList())
            waiting.TrySetResult(Stopped);
        _pending.Clear();
    }

    public Task<PortReply> RegisterAsa(string name, CancellationToken cancel) => Call(new GraspCommand.RegisterAsa(name), cancel);

    public Task<PortReply> DeregisterAsa(uint asa, string name, CancellationToken cancel) =>
        Call(new GraspCommand.DeregisterAsa(new AsaHandle(asa), name), cancel);

    public Task<PortReply> RegisterObjective(uint asa, WireObjective objective, ObjectiveRegistration registration, CancellationToken cancel) =>
        Call(new GraspCommand.RegisterObjective(new AsaHandle(asa), objective)
        {
            Ttl = registration.Ttl,
            Discoverable = registration.Discoverable,
            Overlap = registration.Overlap,
            Local = registration.Local,
            Rapid = registration.Rapid,
            Locators = registration.Locators,
            MaxMessageSize = registration.MaxMessageSize,
        }, cancel);

    public Task<PortReply> DeregisterObjective(uint asa, string objective, CancellationToken cancel) =>
        Call(new GraspCommand.DeregisterObjective(new AsaHandle(asa), objective), cancel);

    public Task<PortReply> Discover(
        uint asa, WireObjective objective, TimeSpan timeout, TimeSpan minimumTtl, int enough, CancellationToken cancel) =>
        Call(new GraspCommand.Discover(new AsaHandle(asa), objective, timeout, minimumTtl) { Enough = enough }, cancel);

    public Task<PortReply> RequestNegotiate(
        uint asa, WireObjective objective, AsaLocator? peer, TimeSpan timeout, bool rapid, bool freeExchange, CancellationToken cancel) =>
        Call(new GraspCommand.RequestNegotiate(new AsaHandle(asa), objective, Translation.Locator(peer), timeout)
        {
            Rapid = rapid,
            FreeExchange = freeExchange,
        }, cancel);

    public Task<PortReply> ListenNegotiate(uint asa, string objective, CancellationToken cancel) =>
        Call(new GraspCommand.ListenNegotiate(new AsaHandle(asa), objective), cancel);

    public Task<PortReply> StopListenNegotiate(uint asa, string objective, CancellationToken cancel) =>
        Call(new GraspCommand.StopListenNegotiate(new AsaHandle(asa), objective), cancel);

    public Task<PortReply> NegotiateStep(uint asa, uint session, WireObjective objective, TimeSpan timeout, CancellationToken cancel) =>
        Call(new GraspCommand.NegotiateStep(new AsaHandle(asa), new SessionHandle(session), objective, timeout), cancel);

    public Task<PortReply> NegotiateWait(uint asa, uint session, TimeSpan timeout, CancellationToken cancel) =>
        Call(new GraspCommand.NegotiateWait(new AsaHandle(asa), new SessionHandle(session), timeout), cancel);

    public Task<PortReply> EndNegotiate(uint asa, uint session, bool accept, string? reason, CancellationToken cancel) =>
        Call(new GraspCommand.EndNegotiate(new AsaHandle(asa), new SessionHandle(session), accept, reason), cancel);

    public Task<PortReply> SendInvalid(uint asa, uint session, ReadOnlyMemory<byte> info, CancellationToken cancel) =>
        Call(new GraspCommand.SendInvalid(new AsaHandle(asa), new SessionHandle(session), info), cancel);

    public Task<PortReply> Send(uint asa, uint session, ReadOnlyMemory<byte> item, CancellationToken cancel) =>
        Call(new GraspCommand.Send(new AsaHandle(asa), new SessionHandle(session), item), cancel);

    public Task<PortReply> Receive(uint asa, uint session, TimeSpan timeout, CancellationToken cancel) =>
        Call(new GraspCommand.Receive(new AsaHandle(asa), new SessionHandle(session), timeout), cancel);

    public Task<PortReply> Synchronize(
        uint asa, WireObjective objective, AsaLocator? peer, TimeSpan timeout, bool rapid, CancellationToken cancel) =>
        Call(new GraspCommand.Synchronize(new AsaHandle(asa), objective, Translation.Locator(peer), timeout) { Rapid = rapid }, cancel);

    public Task<PortReply> ListenSynchronize(uint asa, WireObjective objective, CancellationToken cancel) =>
        Call(new GraspCommand.ListenSynchronize(new AsaHandle(asa), objective), cancel);

    public Task<PortReply> StopListenSynchronize(uint asa, string objective, CancellationToken cancel) =>
        Call(new GraspCommand.StopListenSynchronize(new AsaHandle(asa), objective), cancel);

    public Task<PortReply> Flood(uint asa, TimeSpan ttl, IReadOnlyList<FloodEntry> objectives, CancellationToken cancel) =>
        Call(new GraspCommand.Flood(new AsaHandle(asa), ttl, objectives.ToValueList()), cancel);

    public Task<PortReply> GetFlood(uint asa, string? objective, CancellationToken cancel) =>
        Call(new GraspCommand.GetFlood(new AsaHandle(asa), objective), cancel);

    public Task<PortReply> WatchFloods(uint asa, string? objective, long after, CancellationToken cancel) =>
        Call(new GraspCommand.WatchFloods(new AsaHandle(asa), objective, after), cancel);

    public Task<PortReply> AwaitOperational(CancellationToken cancel) => Call(new GraspCommand.AwaitOperational(), cancel);

    public Task<PortReply> DumpAll(CancellationToken cancel) => Call(new GraspCommand.DumpAll(), cancel);

    public Task<PortReply> ExpireFlood(uint asa, string objective, Locator? locator, CancellationToken cancel) =>
        Call(new GraspCommand.ExpireFlood(new AsaHandle(asa), objective, locator), cancel);

    private static PortReply Stopped => new(GraspError.noSecurity) { Reason = "the engine has stopped" };

    private Task<PortReply> Call(GraspCommand command, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
            return Task.FromCanceled<PortReply>(cancel);
        var call = new PendingCall(new CommandId(Interlocked.Increment(ref _ids)), command, _creation);
        _calls.Enqueue(call);
        if (Interlocked.Exchange(ref _willTake, 1) == 0)
            _run(_takeCalls);
        return cancel.CanBeCanceled ? OrCancelled(call, cancel) : call.Task;
    }

    private void TakeCalls(Instant now)
    {
        // Whoever calls after this has us run again; so what is there now is enough, and comes to an end.
        Interlocked.Exchange(ref _willTake, 0);
        for (var n = _calls.Count; n > 0 && _calls.TryDequeue(out var call); n--)
        {
            if (_stopped)
            {
                call.TrySetResult(Stopped);
                continue;
            }
            _pending.Add(call.Id, call);
            _engine.HandleCommand(now, call.Id, call.Command);
        }
    }

    private async Task<PortReply> OrCancelled(PendingCall call, CancellationToken cancel)
    {
        // The engine's thread decides whether the answer or the cancellation came first: an answer is never lost, and with
        // it a session that nobody would know of. The call is before the cancellation there: it was given to it earlier.
        await using var registration = cancel.Register(() => _run(now =>
        {
            if (!_pending.Remove(call.Id))
                return;
            _engine.HandleCancel(now, call.Id);
            call.TrySetCanceled(cancel);
        })).ConfigureAwait(false);
        return await call.Task.ConfigureAwait(false);
    }

    private sealed class PendingCall(CommandId id, GraspCommand command, TaskCreationOptions creation) : TaskCompletionSource<PortReply>(creation)
    {
        public CommandId Id { get; } = id;

        public GraspCommand Command { get; } = command;
    }
}
