using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>One synchronization that we asked for: M_REQ_SYN, one M_SYNCH, over (RFC 8990 §2.5.6.1).</summary>
internal sealed class SynchronizationSession(SynchronizationMachine machine, GraspState state, GraspCommand.Synchronize request, CommandId command)
    : Timed, IConnectionUser
{
    private static readonly byte[] Null = [0xf6];

    private readonly TimeSpan _timeout = GraspState.Timeout(request.Timeout);
    // As much as the call says, or else as the asker registered the objective with (H-23).
    private readonly int _maxMessageSize = Math.Max(
        request.MaxMessageSize,
        state.Registry.Find(request.Objective.Name).FirstOrDefault(o => o.Asa.Handle == request.Asa)?.MaxMessageSize ?? GraspConstants.GRASP_DEF_MAX_SIZE);
    private Queue<AsaLocator> _candidates = new();
    private Connection? _connection;
    private Discovery? _discovery;
    private uint? _sessionId;
    private AsaLocator? _to;
    private bool _isAnswered;
    private bool _over;

    public AsaHandle Asa => request.Asa;

    public void SetDiscovery(Discovery discovery) => _discovery = _over || _connection is not null ? null : discovery;

    public void HandleDiscovered(Instant now, Discovery discovery)
    {
        _discovery = null;
        if (discovery.RapidObjective is { } rapid)
            End(now, new GraspResult.Synchronized(rapid));
        else if (discovery.Found.Count == 0)
            End(now, GraspError.notFloodDisc);
        else
            ConnectToOneOf(now, discovery.Found);
    }

    public void ConnectTo(Instant now, AsaLocator peer) => ConnectTo(now, peer, mayReuse: true);

    private void ConnectTo(Instant now, AsaLocator peer, bool mayReuse)
    {
        if (!peer.IsReliable)
        {
            End(now, GraspError.sockErrSynRq);
            return;
        }
        _to = peer;
        state.Timers.Set(this, now + _timeout);
        _connection = state.Connections.Open(peer, this, mayReuse);
    }

    public void HandleConnected(Instant now)
    {
        _sessionId = state.Sessions.New();
        state.Counters.SynchronizationsStarted++;
        state.Timers.Set(this, now + _timeout);
        var objective = request.Objective with { Value = Null, Flags = request.Objective.Flags | ObjectiveFlags.F_DISC };
        if (objective.LoopCount == 0)
            objective = objective with { LoopCount = GraspConstants.GRASP_DEF_LOOPCT };
        _connection!.Send(now, new RequestSynchronizationMessage(_sessionId.Value, objective).Encode());
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
        if (_sessionId is { } id && _connection!.IsReused)
        {
            // The peer had let go of a stream that we kept: the question has not been heard.
            state.Sessions.Release(id);
            _sessionId = null;
            ConnectTo(now, _to!, mayReuse: false);
        }
        else if (_sessionId is not null)
            End(now, GraspError.noListener); // H-44
        else
            ConnectToNext(now);
    }

    public override void HandleDeadline(Instant now)
    {
        if (_sessionId is not null)
        {
            End(now, GraspError.noSynchReply);
            return;
        }
        _connection?.Close(now);
        ConnectToNext(now);
    }

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

    private void ConnectToOneOf(Instant now, IEnumerable<AsaLocator> peers)
    {
        _candidates = new Queue<AsaLocator>(PeerChoice.InOrder(peers));
        ConnectToNext(now);
    }

    private void ConnectToNext(Instant now)
    {
        if (_to is { } failed)
            state.DiscoveryCache.Remove(request.Objective.Name, failed.Locator);
        _to = null;
        if (_candidates.TryDequeue(out var peer))
            ConnectTo(now, peer);
        else
            End(now, GraspError.sockErrSynRq);
    }

    private void Close(Instant now)
    {
        _over = true;
        state.Timers.Cancel(this);
        if (_discovery is { } discovery)
            machine.Discoveries.Cancel(discovery);
        if (_isAnswered)
            state.Connections.Kept.Finish(now, _connection!);
        else
            _connection?.Close(now);
        if (_sessionId is { } id)
            state.Sessions.Release(id);
        machine.Forget(this);
    }
}
