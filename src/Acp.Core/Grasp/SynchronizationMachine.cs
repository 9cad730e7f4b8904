using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>Synchronization by unicast, at both ends (RFC 8990 §2.5.6.1).</summary>
internal sealed class SynchronizationMachine(GraspState state, DiscoveryMachine discoveries, FloodMachine floods)
{
    private readonly HashSet<SynchronizationSession> _sessions = [];

    public DiscoveryMachine Discoveries { get; } = discoveries;

    public void Request(Instant now, CommandId command, GraspCommand.Synchronize request)
    {
        // I-15: what was flooded is here already, and the timeout does not matter.
        if (request.Peer is null && state.FloodCache.Find(now, request.Objective.Name) is [var newest, ..]
            && newest.Objective.Flags.HasFlag(ObjectiveFlags.F_SYNCH))
        {
            state.Complete(command, new GraspResult.Synchronized(newest.Objective, newest));
            return;
        }
        if (state.SessionsAreFull)
        {
            state.Complete(command, GraspError.sessionsFull);
            return;
        }
        var session = new SynchronizationSession(this, state, request, command);
        _sessions.Add(session);
        state.SessionCount++;
        state.Pending[command] = session.Cancel;
        if (request.Peer is { } peer)
        {
            session.ConnectTo(now, peer);
            return;
        }
        var discovery = Discoveries.Start(now, GraspState.Timeout(request.Timeout),
            deadline => new Discovery(Discoveries, request.Objective, deadline, 1)
            {
                Finished = session.HandleDiscovered,
                RapidSynchronization = request.Rapid,
            }, PeerChoice.InOrder(Discoveries.Known(now, request.Objective.Name, request.Asa)));
        if (discovery is null)
            session.End(now, GraspError.sessionsFull);
        else
            session.Await(discovery);
    }

    /// <summary>M_REQ_SYN as the first message of a stream: answered at once, or closed at once (H-44).</summary>
    public void HandleRequest(Instant now, Connection connection, RequestSynchronizationMessage message)
    {
        var listening = state.Registry.Find(message.Objective.Name).LastOrDefault(o => o.SynchronizationValue is not null);
        // H-40: who floods an objective answers for it, too.
        var value = listening?.SynchronizationValue ?? floods.FindOwn(now, message.Objective.Name);
        var clash = connection.Loopback is null && state.Sessions.IsOwn(message.SessionId);
        if (value?.Value is null)
        {
            state.Counters.Count(GraspDropReason.NoListener);
        }
        else if (clash)
        {
            state.Counters.Count(GraspDropReason.SessionIdClash);
            state.Facts.Add(new GraspFact.SessionIdClash(message.SessionId, connection.Remote));
            return; // H-22: passed over, the initiator's timer tells it
        }
        else
        {
            state.Counters.SynchronizationsServed++;
            state.Facts.Add(new GraspFact.SynchronizationAnswered(value.Name, connection.Remote));
            state.Connections.Adopt(connection);
            state.Connections.Kept.SayLast(now, connection, new SynchMessage(message.SessionId, value).Encode());
            return;
        }
        connection.Close(now);
    }

    public void EndAllOf(Instant now, AsaHandle asa, GraspError error)
    {
        foreach (var session in _sessions.Where(s => s.Asa == asa).ToList())
            session.End(now, error);
    }

    public void Forget(SynchronizationSession session)
    {
        if (_sessions.Remove(session))
            state.SessionCount--;
    }
}
