using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>The negotiations of one engine: who asks, who listens, and which session a handle means.</summary>
internal sealed class NegotiationMachine(GraspState state, DiscoveryMachine discoveries)
{
    private static readonly ByteString Null = new byte[] { 0xf6 };

    private readonly Dictionary<SessionHandle, NegotiationSession> _sessions = [];

    public DiscoveryMachine Discoveries { get; } = discoveries;

    public int Count => _sessions.Count;

    public void Request(Instant now, CommandId command, GraspCommand.RequestNegotiate request, RegisteredObjective registered)
    {
        var objective = request.Objective with
        {
            LoopCount = request.Objective.LoopCount == 0 ? GraspConstants.GRASP_DEF_LOOPCT : request.Objective.LoopCount,
            Value = request.Objective.Value ?? Null, // H-47
            Flags = request.Objective.Flags | ObjectiveFlags.F_DISC,
        };
        if (!CborValue.IsWellFormed(objective.Value.Value))
            state.Complete(command, GraspError.badValue);
        else if (!Fits(objective, registered.MaxMessageSize))
            state.Complete(command, GraspError.messageTooLong);
        else if (state.SessionsAreFull)
            state.Complete(command, GraspError.sessionsFull);
        else
            Begin(now, command, request, registered, objective);
    }

    /// <summary>M_REQ_NEG as the first message of a stream.</summary>
    public void HandleRequest(Instant now, Connection connection, RequestNegotiationMessage message, int length)
    {
        var listening = state.Registry.Find(message.Objective.Name).FirstOrDefault(o => o.ListensForNegotiation && o.Listeners.Count > 0)
            ?? state.Registry.Find(message.Objective.Name).FirstOrDefault(o => o.ListensForNegotiation);
        if (listening is null)
        {
            // H-44: at once, so that the initiator need not wait.
            state.Counters.Count(GraspDropReason.NoListener);
            connection.Close(now);
            return;
        }
        if (!message.Objective.Flags.HasFlag(ObjectiveFlags.F_NEG) || length > listening.MaxMessageSize)
        {
            state.Counters.Count(GraspDropReason.Unexpected);
            connection.Send(now, new InvalidMessage(message.SessionId, null).Encode());
            connection.Close(now);
            return;
        }
        if (message.Objective.Flags.HasFlag(ObjectiveFlags.F_NEG_DRY) && !listening.Flags.HasFlag(ObjectiveFlags.F_NEG_DRY))
        {
            connection.Send(now, new EndMessage(message.SessionId, false, "no dry run").Encode());
            connection.Close(now);
            return;
        }
        Serve(now, connection, message.SessionId, message.Objective, listening);
    }

    /// <summary>A discovery that carries a request, in rapid mode: false when it is to be answered like any other.</summary>
    public bool ServeRapid(Instant now, RegisteredObjective listening, ReplyPath.Link from, DiscoveryMessage message)
    {
        if (listening.Listeners.Count == 0 || state.SessionsAreFull
            || (message.Objective.Flags.HasFlag(ObjectiveFlags.F_NEG_DRY) && !listening.Flags.HasFlag(ObjectiveFlags.F_NEG_DRY)))
            return false;
        var connection = state.Connections.Open(AsaLocator.Tcp(from.Neighbor.Address, from.Neighbor.Port, from.Interface.Id), null);
        Serve(now, connection, message.SessionId, message.Objective, listening);
        return true;
    }

    /// <summary>A negotiation message as the first of a stream: the answer to a discovery in rapid mode, or nonsense.</summary>
    public bool TryAdoptRapid(Instant now, Connection connection, uint sessionId, ReadOnlyMemory<byte> bytes)
    {
        if (Discoveries.FindOwn(sessionId)?.RapidNegotiation is not { State: NegotiationSession.Phase.Seeking } session)
            return false;
        session.AdoptRapid(now, connection, sessionId);
        session.HandleMessage(now, bytes);
        return true;
    }

    public void Listen(Instant now, CommandId command, RegisteredObjective registered)
    {
        registered.ListensForNegotiation = true;
        if (registered.Backlog.First is { } waiting)
        {
            registered.Backlog.RemoveFirst();
            waiting.Value.GiveTo(now, command);
            return;
        }
        var node = registered.Listeners.AddLast(command);
        state.Pending[command] = _ =>
        {
            if (node.List is not null)
                node.List.Remove(node);
        };
    }

    public void StopListening(Instant now, RegisteredObjective registered, GraspError error, string reason)
    {
        registered.ListensForNegotiation = false;
        while (registered.Backlog.First is { } waiting)
            waiting.Value.Abandon(now, GraspError.noListener);
        while (TakeListener(registered) is { } listener)
            state.Complete(listener, error, reason);
    }

    /// <summary>The session of this handle, if it is this ASA's (I-24).</summary>
    public NegotiationSession? Find(AsaHandle asa, SessionHandle handle) =>
        _sessions.TryGetValue(handle, out var session) && session.Asa == asa
            && session.State != NegotiationSession.Phase.Queued ? session : null;

    public void EndAllOf(Instant now, AsaHandle asa, string? objective, GraspError error)
    {
        foreach (var session in _sessions.Values.Where(s => s.Asa == asa && (objective is null || s.Objective.Name == objective)).ToList())
            session.Abandon(now, error);
    }

    public void Forget(NegotiationSession session)
    {
        if (_sessions.Remove(session.Handle))
            state.SessionCount--;
    }

    // Written out only where it could be too long: what goes with name and value takes less than 32 octets.
    private static bool Fits(Objective objective, int maxMessageSize) =>
        3 * objective.Name.Length + objective.Value!.Value.Length + 32 <= maxMessageSize
        || new RequestNegotiationMessage(uint.MaxValue, objective).Encode().Length <= maxMessageSize;

    private static CommandId? TakeListener(RegisteredObjective registered)
    {
        if (registered.Listeners.First is not { } node)
            return null;
        registered.Listeners.RemoveFirst();
        return node.Value;
    }

    private void Begin(Instant now, CommandId command, GraspCommand.RequestNegotiate request, RegisteredObjective registered, Objective objective)
    {
        var session = new NegotiationSession(this, state, request.Asa, NewHandle(), objective)
        {
            IsFreeExchange = request.FreeExchange,
            MaxMessageSize = registered.MaxMessageSize,
        };
        Add(session);
        var timeout = GraspState.Timeout(request.Timeout);
        session.Begin(command, timeout);
        if (request.Peer is { } peer)
        {
            session.ConnectTo(now, peer);
            return;
        }
        var discovery = Discoveries.Start(now, timeout, deadline => new Discovery(Discoveries, objective, deadline, 1)
        {
            Finished = session.HandleDiscovered,
            RapidNegotiation = request.Rapid ? session : null,
        }, PeerChoice.InOrder(Discoveries.Known(now, objective.Name, request.Asa)));
        if (discovery is null)
            session.Abandon(now, GraspError.sessionsFull);
        else
            session.Await(discovery);
    }

    private void Serve(Instant now, Connection connection, uint sessionId, Objective objective, RegisteredObjective listening)
    {
        var peer = connection.Remote ?? Ipv6Address.Unspecified;
        if (!state.Sessions.TryEnter(sessionId, peer, connection.Loopback is not null))
        {
            // H-22: the request is passed over, and the initiator's own timer tells it so; the listener learns why.
            state.Counters.Count(GraspDropReason.SessionIdClash);
            state.Facts.Add(new GraspFact.SessionIdClash(sessionId, connection.Remote));
            if (TakeListener(listening) is { } clashed)
                state.Complete(clashed, GraspError.IDclash);
            return;
        }
        if (state.SessionsAreFull || (listening.Listeners.Count == 0 && listening.Backlog.Count >= state.Options.MaxListenBacklog))
        {
            state.Counters.Count(GraspDropReason.Overload);
            state.Sessions.Leave(sessionId, peer);
            connection.Close(now);
            return;
        }
        var session = new NegotiationSession(this, state, listening.Asa.Handle, NewHandle(), objective)
        {
            MaxMessageSize = listening.MaxMessageSize,
        };
        Add(session);
        state.Counters.NegotiationsServed++;
        state.Connections.Adopt(connection, session);
        session.Serve(now, connection, sessionId, peer);
        if (TakeListener(listening) is { } listener)
        {
            session.GiveTo(now, listener);
        }
        else
        {
            session.Waiting = listening;
            listening.Backlog.AddLast(session);
        }
    }

    private void Add(NegotiationSession session)
    {
        _sessions.Add(session.Handle, session);
        state.SessionCount++;
    }

    private SessionHandle NewHandle()
    {
        SessionHandle handle;
        do
        {
            handle = new SessionHandle(state.Random.NextUInt32());
        }
        while (handle.Value == 0 || _sessions.ContainsKey(handle));
        return handle;
    }
}
