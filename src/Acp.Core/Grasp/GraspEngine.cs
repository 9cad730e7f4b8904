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
    private readonly GraspCalls _calls;

    public GraspEngine(GraspOptions options, RandomSource random)
    {
        _state = new GraspState(options, random);
        _discoveries = new DiscoveryMachine(_state);
        var watchers = new FloodWatchers(_state);
        _floods = new FloodMachine(_state, watchers);
        _negotiations = new NegotiationMachine(_state, _discoveries);
        _synchronizations = new SynchronizationMachine(_state, _discoveries, _floods);
        _discoveries.ServeRapidNegotiation = _negotiations.ServeRapid;
        _floods.Authentication.Ask = _synchronizations.Request;
        _calls = new GraspCalls(_state, _discoveries, _floods, watchers, _negotiations, _synchronizations);
    }

    public Outbox<GraspAction> Actions => _state.Actions;

    public Outbox<GraspFact> Facts => _state.Facts;

    public GraspCounters Counters => _state.Counters;

    public Instant? NextDeadline => _state.Timers.Earliest;

    /// <summary>There is an ACP to talk over.</summary>
    public bool IsOperational => _state.Operational;

    /// <summary>What a reader of streams lets through at most, in octets and otherwise.</summary>
    public CborLimits StreamLimits => _state.StreamLimits;

    /// <summary>Streams that are open or being opened.</summary>
    public int ConnectionCount => _state.Connections.Count;

    /// <summary>Negotiations and synchronizations under way.</summary>
    public int SessionCount => _state.SessionCount;

    /// <summary>Of the streams, those that wait for another session (<see cref="GraspOptions.KeepStreams"/>).</summary>
    public int KeptCount => _state.Connections.Kept.Count;

    /// <summary>Calls that have no answer yet.</summary>
    public int PendingCount => _state.Pending.Count;

    /// <summary>
    /// Signs our floods where <see cref="GraspOptions.FloodPolicies"/> wants that, and is whose certificate others are given;
    /// null signs none.
    /// </summary>
    public IFloodSigner? FloodSigner
    {
        get => _floods.Authentication.Signer;
        set => _floods.Authentication.Signer = value;
    }

    /// <summary>Judges the signatures of others' floods; null judges none, and what must be signed is not taken.</summary>
    public IFloodVerifier? FloodVerifier
    {
        get => _floods.Authentication.Verifier;
        set => _floods.Authentication.Verifier = value;
    }

    /// <summary>Floods whose signature waits for the certificate.</summary>
    public int HeldFloodCount => _floods.Authentication.HeldCount;

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
            _calls.HandleOperational();
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

    /// <summary>
    /// A certificate that somebody showed, DER and leaf first: a neighbour, or the other end of a TLS session. It saves
    /// asking for it when its owner floods.
    /// </summary>
    public void HandleCertificate(Instant now, IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        if (_state.Options.FloodPolicies != FloodPolicies.Off)
            FloodVerifier?.Learn(now, chain);
    }

    /// <summary>What is known about the date, for signatures of floods.</summary>
    public void HandleWallClock(Instant now, WallClock clock)
    {
        FloodSigner?.SetWallClock(clock);
        FloodVerifier?.SetWallClock(clock);
        Settle(now);
    }

    public void HandleInterfaceUp(Instant now, GraspInterface up)
    {
        if (_state.Interfaces.TryGetValue(up.Id, out var known) && known == up)
            return;
        _state.Interfaces[up.Id] = up;
        if (_state.IsActive)
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

    /// <summary>A flooding session to this neighbour is open (again): it is told what we flooded (J-12), and what we look for.</summary>
    public void HandleNeighborUp(Instant now, GraspInterfaceId at, GraspNeighbor neighbor)
    {
        if (_state.IsActive && _state.Interfaces.TryGetValue(at, out var link))
        {
            _floods.Repeat(now, link, neighbor);
            _discoveries.HandleInterfaceUp(now, link);
        }
        Settle(now);
    }

    /// <summary>
    /// A message of a link: a datagram to ALL_GRASP_NEIGHBORS, or one item of a neighbour's flooding session.
    /// </summary>
    public void HandleMulticast(Instant now, GraspInterfaceId at, GraspNeighbor source, ReadOnlySpan<byte> bytes)
    {
        _state.Counters.LinkMessages++;
        if (!_state.IsActive || !_state.Interfaces.TryGetValue(at, out var link))
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
        if (!_state.IsActive || _state.IsDull)
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
        _calls.Execute(now, id, command);
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

    private void Settle(Instant now)
    {
        _state.Connections.DeliverLoopback(now, Deliver);
        while (_state.OwnResults.TryDequeue(out var own))
        {
            _floods.HandleFetched(now, own.Command, own.Result);
            _state.Connections.DeliverLoopback(now, Deliver);
        }
    }

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
        if (connection.Rest is Connection.Resting.Undecided or Connection.Resting.Ready)
        {
            _state.Connections.Kept.HandleMessage(now, connection, bytes.Span);
            return;
        }
        if (connection.Loopback is null && !_state.IsActive)
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
        // H-23: only what an objective is about may be longer, and only if the objective allows it.
        if (message is DiscoveryMessage or ResponseMessage && bytes.Length > GraspConstants.GRASP_DEF_MAX_SIZE)
        {
            _state.Counters.Count(GraspRefusal.OverLimits);
            connection.Close(now);
            return;
        }
        switch (message)
        {
            case NoopMessage:
                _state.Connections.Kept.HandleOffer(now, connection);
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
                _state.Connections.Kept.AwaitOffer(now, connection); // or H-52
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
}
