using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// One GRASP instance (RFC 8990): discovery, negotiation, synchronization and flooding for the ASAs of this node, over
/// whatever substrate its owner provides. It starts without one: <see cref="SetOperational"/> says that there is an ACP (or
/// a network that is trusted instead), <see cref="SetAddress"/> what we are called there, and interfaces and streams come
/// and go as events. ASAs speak in <see cref="GraspCommand"/>s.
/// </summary>
public sealed class GraspEngine : IMachine
{
    private readonly GraspState _state;
    private readonly DiscoveryMachine _discoveries;
    private readonly FloodMachine _floods;
    private readonly NegotiationMachine _negotiations;
    private readonly SynchronizationMachine _synchronizations;

    public GraspEngine(GraspOptions options, RandomSource random)
    {
        _state = new GraspState(options, random);
        _discoveries = new DiscoveryMachine(_state);
        _floods = new FloodMachine(_state);
        _negotiations = new NegotiationMachine(_state, _discoveries);
        _synchronizations = new SynchronizationMachine(_state, _discoveries, _floods);
        _discoveries.ServeRapidNegotiation = _negotiations.ServeRapid;
    }

    public Outbox<GraspAction> Actions => _state.Actions;

    public Outbox<GraspFact> Facts => _state.Facts;

    public GraspCounters Counters => _state.Counters;

    public Instant? NextDeadline => _state.Timers.Next;

    /// <summary>There is an ACP to talk over.</summary>
    public bool IsOperational => _state.Operational;

    /// <summary>What a reader of streams lets through at most, in octets and otherwise.</summary>
    public CborLimits StreamLimits => _state.StreamLimits;

    /// <summary>Streams that are open or being opened.</summary>
    public int ConnectionCount => _state.Connections.Count;

    /// <summary>Negotiations and synchronizations under way.</summary>
    public int SessionCount => _state.SessionCount;

    /// <summary>Calls that have no answer yet.</summary>
    public int PendingCount => _state.Pending.Count;

    /// <summary>Entries in both tables that end loops.</summary>
    public int SeenCount => _discoveries.SeenCount + _floods.SeenCount;

    /// <summary>Discoveries of others whose results we pass back.</summary>
    public int RelayedDiscoveryCount => _discoveries.RelayedCount;

    /// <summary>All that is in the flood cache, expired entries included if they have not been looked at since.</summary>
    public IEnumerable<FloodedObjective> FloodCache => _state.FloodCache.All;

    /// <summary>All that is in the discovery cache, expired entries included if they have not been looked at since.</summary>
    public IEnumerable<(string Objective, AsaLocator Locator)> DiscoveryCache => _state.DiscoveryCache.All;

    public void HandleTime(Instant now)
    {
        while (_state.Timers.TryTakeDue(now, out var due))
            due.HandleDeadline(now);
        Settle(now);
    }

    /// <summary>
    /// The substrate works, or no longer. Without one nothing is sent or honoured, and calls that would are answered 16
    /// (H-39, I-02); what is registered stays.
    /// </summary>
    public void SetOperational(Instant now, bool operational)
    {
        if (_state.Operational == operational)
            return;
        _state.Operational = operational;
        _state.Facts.Add(new GraspFact.OperationalChanged(operational));
        if (operational)
        {
            foreach (var link in _state.Interfaces.Values)
                _floods.Repeat(now, link, null);
        }
        Settle(now);
    }

    /// <summary>
    /// Our globally unique address (in the ACP, the ACP address), and the port where streams reach us. Discovery responses
    /// give it from now on, so a renumbering needs no more than this (H-49).
    /// </summary>
    public void SetAddress(Instant now, Ipv6Address? address, ushort port)
    {
        _state.Address = address;
        _state.Port = port;
        Settle(now);
    }

    public void HandleInterfaceUp(Instant now, GraspInterface up)
    {
        if (_state.Interfaces.TryGetValue(up.Id, out var known) && known == up)
            return;
        _state.Interfaces[up.Id] = up;
        if (IsActive)
        {
            // The sessions of a channel come up one by one, and each is told then.
            if (up.Kind == GraspInterfaceKind.Multicast)
                _floods.Repeat(now, up, null);
            _discoveries.HandleInterfaceUp(now, up);
        }
        Settle(now);
    }

    public void HandleInterfaceDown(Instant now, GraspInterfaceId down)
    {
        if (!_state.Interfaces.Remove(down))
            return;
        _discoveries.HandleInterfaceDown(down);
        _floods.HandleInterfaceDown(down);
        _state.DiscoveryCache.Forget(down);
        Settle(now);
    }

    /// <summary>A flooding session to this neighbour is open (again): it is told what we flooded (J-12).</summary>
    public void HandleNeighborUp(Instant now, GraspInterfaceId at, GraspNeighbor neighbor)
    {
        if (IsActive && _state.Interfaces.TryGetValue(at, out var link))
            _floods.Repeat(now, link, neighbor);
        Settle(now);
    }

    /// <summary>
    /// A message of a link: a datagram to ALL_GRASP_NEIGHBORS, or one item of a neighbour's flooding session.
    /// </summary>
    public void HandleMulticast(Instant now, GraspInterfaceId at, GraspNeighbor source, ReadOnlySpan<byte> bytes)
    {
        _state.Counters.LinkMessages++;
        if (!IsActive || !_state.Interfaces.TryGetValue(at, out var link))
            _state.Counters.Count(GraspDropReason.NotOperational);
        else if (!GraspMessage.TryDecode(bytes, out var message, out var refusal))
            _state.Counters.Count(refusal); // H-10: silently. What we sent ourselves is known by its session id.
        else
            HandleLinkMessage(now, link, source, message, bytes);
        Settle(now);
    }

    /// <summary>
    /// Somebody opened a stream to us. Null refuses it: close it. Otherwise what comes on it is told under this id.
    /// </summary>
    /// <param name="arrival">The interface, if the addresses of the stream are link-local.</param>
    public ConnectionId? HandleAccepted(Instant now, Ipv6Address? remote, GraspInterfaceId? arrival = null)
    {
        if (!IsActive || _state.IsDull)
        {
            _state.Counters.Count(GraspDropReason.NotOperational);
            return null;
        }
        return _state.Connections.Accept(now, remote, arrival)?.Id;
    }

    /// <summary>A stream that we asked for is open.</summary>
    public void HandleConnected(Instant now, ConnectionId connection)
    {
        _state.Connections.Find(connection)?.HandleOpen(now);
        Settle(now);
    }

    /// <summary>One CBOR item of a stream.</summary>
    public void HandleStreamMessage(Instant now, ConnectionId connection, ReadOnlySpan<byte> bytes)
    {
        _state.Counters.StreamMessages++;
        if (_state.Connections.Find(connection) is { } found)
            Deliver(now, found, bytes.ToArray());
        Settle(now);
    }

    /// <summary>The other end closed a stream, or it could not be opened, or it broke.</summary>
    public void HandleClosed(Instant now, ConnectionId connection)
    {
        _state.Connections.HandleClosed(now, connection);
        Settle(now);
    }

    /// <summary>A call of an ASA; see <see cref="GraspCommand"/>.</summary>
    public void HandleCommand(Instant now, CommandId id, GraspCommand command)
    {
        Execute(now, id, command);
        Settle(now);
    }

    /// <summary>
    /// Nobody waits for this call any more: it is not answered. What it had begun ends: a session that it was part of, too.
    /// </summary>
    public void HandleCancel(Instant now, CommandId id)
    {
        if (_state.Pending.Remove(id, out var cancel))
            cancel(now);
        Settle(now);
    }

    private bool IsActive => _state.Operational || _state.IsDull;

    private void Settle(Instant now) => _state.Connections.DeliverLoopback(now, Deliver);

    private void HandleLinkMessage(Instant now, GraspInterface link, GraspNeighbor source, GraspMessage message, ReadOnlySpan<byte> bytes)
    {
        switch (message)
        {
            case NoopMessage:
                break;
            case FloodMessage flood:
                _floods.HandleFlood(now, link, source, flood, bytes);
                break;
            case DiscoveryMessage discovery:
                _discoveries.HandleDiscovery(now, link.Id, new ReplyPath.Link(link, source), discovery);
                break;
            case ResponseMessage response when link.Kind == GraspInterfaceKind.Channel:
                _discoveries.HandleResponse(now, link.Id, response); // J-08
                break;
            case SynchMessage synch when link.Kind == GraspInterfaceKind.Channel && _discoveries.FindOwn(synch.SessionId) is not null:
                _discoveries.HandleRapidSynch(now, synch);
                break;
            case InvalidMessage:
                _state.Counters.Count(GraspDropReason.InvalidIgnored);
                break;
            default:
                // H-51: a datagram is passed over. J-06: on a flooding session it ends the session.
                _state.Counters.Count(GraspDropReason.WrongTransport);
                if (link.Kind == GraspInterfaceKind.Channel)
                    _state.Actions.Add(new GraspAction.CloseNeighbor(link.Id, source));
                break;
        }
    }

    private void Deliver(Instant now, Connection connection, ReadOnlyMemory<byte> bytes)
    {
        if (connection.IsClosing || connection.IsGone)
            return;
        if (connection.User is { } user)
        {
            user.HandleMessage(now, bytes);
            return;
        }
        if (connection.Loopback is null && !IsActive)
        {
            _state.Counters.Count(GraspDropReason.NotOperational);
            connection.Close(now);
            return;
        }
        if (!GraspMessage.TryDecode(bytes.Span, _state.StreamLimits, out var message, out var refusal))
        {
            _state.Counters.Count(refusal);
            // H-08, H-10: say so once, unless it was itself an M_INVALID.
            if (GraspMessage.TryReadSessionId(bytes.Span, out var type, out var id) && type != GraspConstants.M_INVALID)
                connection.Send(now, new InvalidMessage(id, null).Encode());
            connection.Close(now);
            return;
        }
        HandleFirstMessage(now, connection, message, bytes);
    }

    private void HandleFirstMessage(Instant now, Connection connection, GraspMessage message, ReadOnlyMemory<byte> bytes)
    {
        switch (message)
        {
            case NoopMessage:
                break;
            case RequestNegotiationMessage request:
                _negotiations.HandleRequest(now, connection, request, bytes.Length);
                break;
            case RequestSynchronizationMessage request when bytes.Length <= GraspConstants.GRASP_DEF_MAX_SIZE:
                _synchronizations.HandleRequest(now, connection, request);
                break;
            case DiscoveryMessage discovery:
                _discoveries.HandleDiscovery(now, connection.Interface, new ReplyPath.Stream(connection), discovery);
                break;
            case ResponseMessage response:
                _discoveries.HandleResponse(now, connection.Interface, response);
                connection.Close(now); // H-52
                break;
            case SynchMessage synch:
                _discoveries.HandleRapidSynch(now, synch);
                connection.Close(now);
                break;
            case NegotiationMessage m when _negotiations.TryAdoptRapid(now, connection, m.SessionId, bytes):
            case EndMessage e when _negotiations.TryAdoptRapid(now, connection, e.SessionId, bytes):
            case WaitMessage w when _negotiations.TryAdoptRapid(now, connection, w.SessionId, bytes):
                break;
            case InvalidMessage:
                _state.Counters.Count(GraspDropReason.InvalidIgnored);
                connection.Close(now);
                break;
            default:
                _state.Counters.Count(message is FloodMessage ? GraspDropReason.WrongTransport : GraspDropReason.Unexpected);
                if (GraspMessage.TryReadSessionId(bytes.Span, out _, out var id))
                    connection.Send(now, new InvalidMessage(id, null).Encode());
                connection.Close(now);
                break;
        }
    }

    private void Execute(Instant now, CommandId id, GraspCommand command)
    {
        switch (command)
        {
            case GraspCommand.RegisterAsa c:
                var added = _state.Registry.AddAsa(c.Name, out var created);
                _state.Complete(id, created is null ? new GraspResult.Done(added) : new GraspResult.AsaRegistered(created.Handle));
                if (created is not null)
                    _state.Facts.Add(new GraspFact.AsaRegistered(created.Handle, c.Name));
                break;
            case GraspCommand.DeregisterAsa c:
                _state.Complete(id, Deregister(now, c));
                break;
            case GraspCommand.RegisterObjective c:
                _state.Complete(id, Register(c));
                break;
            case GraspCommand.DeregisterObjective c:
                var found = Own(c.Asa, c.Objective, out var going);
                if (going is not null)
                    Remove(now, going);
                _state.Complete(id, found);
                break;
            case GraspCommand.Discover c:
                Discover(now, id, c);
                break;
            case GraspCommand.RequestNegotiate c:
                if (Networked(id, Own(c.Asa, c.Objective.Name, out var asked)))
                {
                    if (!asked!.Flags.HasFlag(ObjectiveFlags.F_NEG) || !c.Objective.Flags.HasFlag(ObjectiveFlags.F_NEG))
                        _state.Complete(id, GraspError.notNeg);
                    else
                        _negotiations.Request(now, id, c, asked);
                }
                break;
            case GraspCommand.ListenNegotiate c:
                if (Networked(id, Own(c.Asa, c.Objective, out var heard)))
                {
                    if (!heard!.Flags.HasFlag(ObjectiveFlags.F_NEG))
                        _state.Complete(id, GraspError.notNeg);
                    else
                        _negotiations.Listen(now, id, heard);
                }
                break;
            case GraspCommand.StopListenNegotiate c:
                var stopped = Own(c.Asa, c.Objective, out var stopping);
                if (stopping is not null)
                    _negotiations.StopListening(now, stopping, GraspError.unspec, "stop_listen_negotiate");
                _state.Complete(id, stopped);
                break;
            case GraspCommand.NegotiateStep c:
                InSession(id, c.Asa, c.Session)?.Step(now, id, c.Objective, GraspState.Timeout(c.Timeout));
                break;
            case GraspCommand.NegotiateWait c:
                InSession(id, c.Asa, c.Session)?.Wait(now, id, GraspState.Timeout(c.Timeout));
                break;
            case GraspCommand.EndNegotiate c:
                if (InSession(id, c.Asa, c.Session) is { } ending)
                    ending.Finish(now, id, new EndMessage(ending.SessionId, c.Accept, c.Reason).Encode());
                break;
            case GraspCommand.SendInvalid c:
                if (InSession(id, c.Asa, c.Session) is { } invalid)
                    invalid.Finish(now, id, new InvalidMessage(invalid.SessionId, CborValue.BytesOf(c.Info)).Encode());
                break;
            case GraspCommand.Send c:
                InSession(id, c.Asa, c.Session)?.SendItem(now, id, c.Item);
                break;
            case GraspCommand.Receive c:
                InSession(id, c.Asa, c.Session)?.ReceiveItem(now, id, GraspState.Timeout(c.Timeout));
                break;
            case GraspCommand.Synchronize c:
                if (Networked(id, Registered(c.Asa)))
                {
                    if (!c.Objective.Flags.HasFlag(ObjectiveFlags.F_SYNCH))
                        _state.Complete(id, GraspError.notSynch);
                    else
                        _synchronizations.Request(now, id, c);
                }
                break;
            case GraspCommand.ListenSynchronize c:
                if (Networked(id, Own(c.Asa, c.Objective.Name, out var offered)))
                    _state.Complete(id, ListenSynchronize(offered!, c.Objective));
                break;
            case GraspCommand.StopListenSynchronize c:
                var ended = Own(c.Asa, c.Objective, out var silent);
                if (silent is not null)
                    silent.SynchronizationValue = null;
                _state.Complete(id, ended);
                break;
            case GraspCommand.Flood c:
                _state.Complete(id, Flood(now, c));
                break;
            case GraspCommand.GetFlood c:
                if (Networked(id, Registered(c.Asa), floods: true))
                    _state.Complete(id, new GraspResult.Floods(_state.FloodCache.Find(now, c.Objective).ToValueList()));
                break;
            case GraspCommand.ExpireFlood c:
                if (Networked(id, Registered(c.Asa), floods: true))
                    _state.Complete(id, _state.FloodCache.Expire(c.Objective, c.Locator) ? GraspError.ok : GraspError.notObj);
                break;
        }
    }

    private GraspError Deregister(Instant now, GraspCommand.DeregisterAsa command)
    {
        var error = _state.Registry.FindForRemoval(command.Asa, command.Name, out var asa);
        if (error != GraspError.ok)
            return error;
        foreach (var objective in asa!.Objectives.ToList())
            Remove(now, objective);
        _negotiations.EndAllOf(now, asa.Handle, null, GraspError.noASA);
        _synchronizations.EndAllOf(now, asa.Handle, GraspError.noASA);
        _state.Registry.Remove(asa);
        _state.Facts.Add(new GraspFact.AsaGone(asa.Handle, asa.Name));
        return GraspError.ok;
    }

    private GraspError Register(GraspCommand.RegisterObjective command)
    {
        if (_state.Registry.Find(command.Asa) is not { } asa)
            return GraspError.noASA;
        var error = _state.Registry.AddObjective(asa, command);
        if (error == GraspError.ok)
            _state.Facts.Add(new GraspFact.ObjectiveRegistered(asa.Handle, command.Objective.Name));
        return error;
    }

    private void Remove(Instant now, RegisteredObjective objective)
    {
        _negotiations.StopListening(now, objective, GraspError.notObj, "deregistered");
        _negotiations.EndAllOf(now, objective.Asa.Handle, objective.Name, GraspError.notObj);
        _floods.Forget(objective.Asa.Handle, objective.Name);
        _state.Registry.Remove(objective);
        _state.Facts.Add(new GraspFact.ObjectiveGone(objective.Asa.Handle, objective.Name));
    }

    private void Discover(Instant now, CommandId id, GraspCommand.Discover command)
    {
        if (!Networked(id, Registered(command.Asa)))
            return;
        var name = command.Objective.Name;
        _state.DiscoveryCache.Flush(now, name, command.MinimumTtl);
        var known = _discoveries.Known(now, name, command.Asa);
        if (command.Timeout <= TimeSpan.Zero)
        {
            _state.Complete(id, Result(known));
            return;
        }
        Discovery? discovery = null;
        _state.Pending[id] = _ =>
        {
            if (discovery is not null)
                _discoveries.Cancel(discovery);
        };
        discovery = _discoveries.Start(now, command.Timeout, deadline => new Discovery(_discoveries, command.Objective, deadline, command.Enough)
        {
            Finished = (_, finished) => _state.Complete(id, Result(finished.Found)),
        }, known);
        if (discovery is null)
            _state.Complete(id, GraspError.sessionsFull);

        static GraspResult Result(IReadOnlyList<AsaLocator> found)
        {
            var chosen = PeerChoice.InOrder(found).ToList();
            return new GraspResult.Discovered([.. chosen, .. found.Where(l => !chosen.Contains(l))]);
        }
    }

    private GraspError ListenSynchronize(RegisteredObjective registered, Objective objective)
    {
        if (!registered.Flags.HasFlag(ObjectiveFlags.F_SYNCH))
            return GraspError.notSynch;
        if (objective.Value is not { } value || !CborValue.IsWellFormed(value))
            return GraspError.badValue;
        var given = objective with
        {
            Flags = registered.Flags | ObjectiveFlags.F_DISC,
            LoopCount = objective.LoopCount == 0 ? GraspConstants.GRASP_DEF_LOOPCT : objective.LoopCount,
        };
        if (new SynchMessage(uint.MaxValue, given).Encode().Length > registered.MaxMessageSize)
            return GraspError.messageTooLong;
        registered.SynchronizationValue = given;
        return GraspError.ok;
    }

    private GraspError Flood(Instant now, GraspCommand.Flood command)
    {
        if (_state.Registry.Find(command.Asa) is not { } asa)
            return GraspError.noASA;
        if (!IsActive)
            return GraspError.noSecurity;
        foreach (var entry in command.Objectives)
        {
            var error = _state.Registry.FindOwn(asa, entry.Objective.Name, out var registered);
            if (error != GraspError.ok)
                return error;
            if (!registered!.Flags.HasFlag(ObjectiveFlags.F_SYNCH) || !entry.Objective.Flags.HasFlag(ObjectiveFlags.F_SYNCH))
                return GraspError.notSynch;
        }
        return _floods.Flood(now, asa.Handle, command.Ttl, command.Objectives);
    }

    private GraspError Registered(AsaHandle asa) => _state.Registry.Find(asa) is null ? GraspError.noASA : GraspError.ok;

    private GraspError Own(AsaHandle asa, string name, out RegisteredObjective? objective)
    {
        objective = null;
        return _state.Registry.Find(asa) is { } found ? _state.Registry.FindOwn(found, name, out objective) : GraspError.noASA;
    }

    // I-02: who is allowed to call, and on what, comes first; then whether there is a network to do it in. DULL has floods
    // and nothing else (RFC 8990 §2.5.2).
    private bool Networked(CommandId id, GraspError checkedSoFar, bool floods = false)
    {
        if (checkedSoFar != GraspError.ok)
            _state.Complete(id, checkedSoFar);
        else if ((_state.IsDull && !floods) || !IsActive)
            _state.Complete(id, GraspError.noSecurity);
        else
            return true;
        return false;
    }

    private NegotiationSession? InSession(CommandId id, AsaHandle asa, SessionHandle handle)
    {
        if (_state.Registry.Find(asa) is null)
            _state.Complete(id, GraspError.noASA);
        else if (_negotiations.Find(asa, handle) is { } session)
            return session;
        else
            _state.Complete(id, GraspError.noSession);
        return null;
    }
}
