using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>One synchronization that we asked for: M_REQ_SYN, one M_SYNCH, over (RFC 8990 §2.5.6.1).</summary>
internal sealed class SynchronizationSession(SynchronizationMachine machine, GraspState state, GraspCommand.Synchronize request, CommandId command)
    : Timed, ISessionOpener
{
    private static readonly byte[] Null = [0xf6];

    private readonly TimeSpan _timeout = GraspState.Timeout(request.Timeout);
    // As much as the call says, or else as the asker registered the objective with (H-23).
    private readonly int _maxMessageSize = Math.Max(
        request.MaxMessageSize,
        state.Registry.Find(request.Objective.Name).FirstOrDefault(o => o.Asa.Handle == request.Asa)?.MaxMessageSize ?? GraspConstants.GRASP_DEF_MAX_SIZE);
    private SessionOpening? _opening;
    private Connection? _connection;
    private uint? _sessionId;
    private bool _isAnswered;
    private bool _over;

    public AsaHandle Asa => request.Asa;

    private SessionOpening Opening => _opening ??= new SessionOpening(state, machine.Discoveries, this, request.Objective.Name, _timeout);

    public void Await(Discovery discovery)
    {
        if (!_over)
            Opening.Await(discovery);
    }

    public void HandleDiscovered(Instant now, Discovery discovery)
    {
        if (discovery.RapidObjective is { } rapid)
            End(now, new GraspResult.Synchronized(rapid));
        else
            Opening.HandleDiscovered(now, discovery);
    }

    public void ConnectTo(Instant now, AsaLocator peer) => Opening.ConnectTo(now, peer);

    public void HandleNobody(Instant now) => End(now, GraspError.notFloodDisc);

    public void HandleUnreachable(Instant now, string? reason) => End(now, new GraspResult.Done(GraspError.sockErrSynRq, reason));

    public void HandleConnected(Instant now)
    {
        // Told by the opening.
    }

    public void HandleOpened(Instant now, Connection connection)
    {
        _connection = connection;
        _sessionId = state.Sessions.New();
        state.Counters.SynchronizationsStarted++;
        state.Timers.Set(this, now + _timeout);
        var objective = request.Objective with { Value = Null, Flags = request.Objective.Flags | ObjectiveFlags.F_DISC };
        if (objective.LoopCount == 0)
            objective = objective with { LoopCount = GraspConstants.GRASP_DEF_LOOPCT };
        connection.Send(now, new RequestSynchronizationMessage(_sessionId.Value, objective).Encode());
    }

    public void HandleMessage(Instant now, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > _maxMessageSize)
        {
            state.Counters.Count(GraspRefusal.OverLimits);
            End(now, GraspError.noValidSynch);
            return;
        }
        if (!GraspMessage.TryDecode(bytes.Span, state.StreamLimits, out var message, out var refusal))
        {
            state.Counters.Count(refusal);
            End(now, GraspMessage.TryReadSessionId(bytes.Span, out _, out _) ? GraspError.noValidSynch : GraspError.CBORfail);
            return;
        }
        if (message is NoopMessage)
            return;
        if (message is SynchMessage synch && synch.SessionId == _sessionId && synch.Objective.Name == request.Objective.Name
            && synch.Objective.Flags.HasFlag(ObjectiveFlags.F_SYNCH))
        {
            _isAnswered = true;
            End(now, new GraspResult.Synchronized(synch.Objective));
            return;
        }
        state.Counters.Count(GraspDropReason.Unexpected);
        End(now, GraspError.noValidSynch);
    }

    public void HandleClosed(Instant now)
    {
        if (!_connection!.IsReused)
        {
            End(now, GraspError.noListener); // H-44
            return;
        }
        // The peer had let go of a stream that we kept: the question has not been heard.
        state.Timers.Cancel(this);
        state.Sessions.Release(_sessionId!.Value);
        (_sessionId, _connection) = (null, null);
        Opening.Reopen(now);
    }

    public override void HandleDeadline(Instant now) => End(now, GraspError.noSynchReply);

    public void Cancel(Instant now)
    {
        state.Pending.Remove(command);
        Close(now);
    }

    public void End(Instant now, GraspError error) => End(now, new GraspResult.Done(error));

    private void End(Instant now, GraspResult result)
    {
        if (_over)
            return;
        Close(now);
        state.Complete(command, result);
    }

    private void Close(Instant now)
    {
        _over = true;
        state.Timers.Cancel(this);
        _opening?.Stop(now);
        if (_isAnswered)
            state.Connections.Kept.Finish(now, _connection!);
        else
            _connection?.Close(now);
        if (_sessionId is { } id)
            state.Sessions.Release(id);
        machine.Forget(this);
    }
}
