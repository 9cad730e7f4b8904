using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// One negotiation with one peer about one objective (RFC 8990 §2.5.5), at either end of it.
/// <code>
/// initiator:  Seeking → Connecting → AwaitingPeer ⇄ AwaitingAsa → Over
///                        ↑  Pausing  ←┘ closed without a word
/// responder:                                 Queued → AwaitingAsa ⇄ AwaitingPeer → Over
/// </code>
/// While it is our ASA's turn, what the peer says is kept until the ASA acts: it may end the session, or, in a free
/// exchange, is what the ASA will receive.
/// </summary>
/// <remarks>This file holds how it begins, what the peer does and how it ends; <c>NegotiationSession.Asa.cs</c> what our ASA does.</remarks>
internal sealed partial class NegotiationSession(NegotiationMachine machine, GraspState state, AsaHandle asa, SessionHandle handle, Objective objective)
    : Timed, ISessionOpener
{
    // Messages of an unknown type in one session.
    private const int MaxUnknown = 16;

    private readonly SessionInbox _inbox = new(state);
    private Objective _objective = objective;
    private SessionOpening? _opening;
    private Connection? _connection;
    private CommandId? _command;
    private TimeSpan _timeout;
    private bool _receiving;
    private bool _idIsOwn;
    private bool _idIsForeign;
    private Ipv6Address _peer;
    private int _retries;
    private bool _heard;

    // Things were said out of turn, or may have been: nobody knows what is still to come on the stream.
    private bool _isFree;
    private int _unknown;
    private bool _isCatchingUp;

    public enum Phase
    {
        Seeking,
        Connecting,
        Pausing,
        AwaitingPeer,
        Queued,
        AwaitingAsa,
        Over,
    }

    public Phase State { get; private set; } = Phase.Seeking;

    public AsaHandle Asa { get; private set; } = asa;

    public SessionHandle Handle { get; } = handle;

    public uint SessionId { get; private set; }

    /// <summary>The name, and the flags that stay the same all the while (H-18).</summary>
    public Objective Objective => _objective;

    public Ipv6Address? Peer => _connection?.Remote;

    /// <summary>Graspy's noloop: answer as soon as the request is sent.</summary>
    public bool IsFreeExchange { get; init; }

    public int MaxMessageSize { get; init; } = GraspConstants.GRASP_DEF_MAX_SIZE;

    /// <summary>In the backlog of this objective.</summary>
    public RegisteredObjective? Waiting { get; set; }

    // --- the initiator's beginning ---

    public void Begin(CommandId command, TimeSpan timeout)
    {
        _command = command;
        _timeout = timeout;
        _opening = new SessionOpening(state, machine.Discoveries, this, _objective.Name, timeout, mayReuse: !IsFreeExchange);
        state.Pending[command] = Cancel;
    }

    public void Await(Discovery discovery) => _opening!.Await(discovery);

    public void HandleDiscovered(Instant now, Discovery discovery)
    {
        if (State != Phase.Seeking)
            return;
        State = Phase.Connecting;
        _opening!.HandleDiscovered(now, discovery);
    }

    public void ConnectTo(Instant now, AsaLocator peer)
    {
        State = Phase.Connecting;
        _opening!.ConnectTo(now, peer);
    }

    public void HandleNobody(Instant now) => End(now, GraspError.noDiscReply);

    public void HandleUnreachable(Instant now, string? reason) => End(now, GraspError.sockErrNegRq, reason);

    /// <summary>A responder answered our discovery with a negotiation message (RFC 8990 §2.5.5.1).</summary>
    public void AdoptRapid(Instant now, Connection connection, uint sessionId)
    {
        _opening!.Stop(now);
        SessionId = sessionId;
        _connection = connection;
        state.Connections.Adopt(connection, this);
        State = Phase.AwaitingPeer;
        state.Timers.Set(this, now + _timeout);
    }

    // --- the responder's beginning ---

    /// <summary>A request came in by this stream; <see cref="State"/> says whether an ASA is already there for it.</summary>
    public void Serve(Instant now, Connection connection, uint sessionId, Ipv6Address peer)
    {
        SessionId = sessionId;
        _peer = peer;
        _idIsForeign = true;
        _connection = connection;
        State = Phase.Queued;
        // The initiator waits so long; after that nobody is there any more.
        state.Timers.Set(this, now + GraspConstants.GRASP_DEF_TIMEOUT);
    }

    public void GiveTo(Instant now, CommandId listener)
    {
        State = Phase.AwaitingAsa;
        Waiting = null;
        state.Timers.Set(this, now + state.Options.MaxAsaTime);
        state.Complete(listener, new GraspResult.NegotiationRequested(Handle, _objective, Peer));
    }

    // --- what happens to it ---

    public void HandleConnected(Instant now)
    {
        // A rapid answer: what the ASA says is sent by the connection itself.
    }

    public void HandleOpened(Instant now, Connection connection)
    {
        _connection = connection;
        // RFC 8990 §2.7: never the id of the discovery, which relays and responders have seen.
        SessionId = state.Sessions.New();
        _idIsOwn = true;
        state.Counters.NegotiationsStarted++;
        connection.Send(now, new RequestNegotiationMessage(SessionId, _objective).Encode());
        if (IsFreeExchange)
        {
            State = Phase.AwaitingAsa;
            state.Timers.Set(this, now + state.Options.MaxAsaTime);
            Answer(Negotiated(GraspError.noReply, Handle));
            return;
        }
        State = Phase.AwaitingPeer;
        state.Timers.Set(this, now + _timeout);
    }

    public void HandleMessage(Instant now, ReadOnlyMemory<byte> bytes)
    {
        _heard = true;
        if (State == Phase.AwaitingPeer)
        {
            if (_receiving)
            {
                _receiving = false;
                BackToAsa(now);
                Answer(new GraspResult.Received(bytes));
            }
            else
            {
                HandleReply(now, bytes);
            }
        }
        else if (bytes.Length > MaxMessageSize)
        {
            state.Counters.Count(GraspRefusal.OverLimits);
            End(now, GraspError.noValidStep);
        }
        else if (!_inbox.TryAdd(bytes))
        {
            state.Counters.Count(GraspDropReason.Overload);
            End(now, GraspError.noValidStep);
        }
    }

    public void HandleClosed(Instant now)
    {
        switch (State)
        {
            case Phase.AwaitingPeer when _connection!.IsReused && !_heard && _idIsOwn:
                // The peer had let go of a stream that we kept: the request has not been heard.
                state.Sessions.Release(SessionId);
                _idIsOwn = false;
                State = Phase.Connecting;
                state.Timers.Cancel(this);
                _opening!.Reopen(now);
                break;
            case Phase.AwaitingPeer when _idIsOwn && !_heard && !_receiving && _retries < state.Options.RetriesWhenClosed:
                Pause(now);
                break;
            case Phase.AwaitingPeer:
                End(now, _receiving ? GraspError.noSocket : GraspError.noPeer); // H-43, H-44
                break;
            case Phase.Queued:
                End(now, GraspError.noPeer);
                break;
            default:
                break; // the ASA hears of it at its next step
        }
    }

    public override void HandleDeadline(Instant now)
    {
        switch (State)
        {
            case Phase.Pausing:
                ConnectTo(now, _opening!.To!);
                break;
            case Phase.AwaitingPeer when _receiving:
                // A free exchange survives a timeout: nothing said that an answer was due.
                _receiving = false;
                BackToAsa(now);
                Answer(new GraspResult.Done(GraspError.noReply));
                break;
            default:
                End(now, GraspError.noNegReply);
                break;
        }
    }

    private static readonly ByteString Null = new byte[] { 0xf6 };

    // Graspy closes a request at once while nobody is inside listen_negotiate (quirk 7): it is busy, and may not be soon.
    private void Pause(Instant now)
    {
        state.Sessions.Release(SessionId);
        _idIsOwn = false;
        State = Phase.Pausing;
        state.Timers.Set(this, now + state.Options.FirstRetryPause * (1 << _retries++));
    }

    private void HandleReply(Instant now, ReadOnlyMemory<byte> bytes)
    {
        switch (NegotiationWord.Read(bytes.Span, SessionId, _objective, MaxMessageSize, state.StreamLimits, state.Counters))
        {
            case NegotiationWord.Nothing:
                break;
            case NegotiationWord.Wait wait:
                // H-41: overwrites and restarts the timer.
                state.Timers.Set(this, now + wait.Time);
                break;
            case NegotiationWord.Offer offer:
                // A peer cannot wind the count back up.
                _objective = _objective with
                {
                    LoopCount = Math.Min(offer.Objective.LoopCount, _objective.LoopCount),
                    Value = offer.Objective.Value,
                };
                BackToAsa(now);
                Answer(Negotiated(GraspError.ok, Handle));
                break;
            case NegotiationWord.End end:
                HandleEnd(now, end);
                break;
            case NegotiationWord.Unknown:
                SendInvalid(now); // and goes on waiting, but not for ever
                if (++_unknown >= MaxUnknown)
                    End(now, GraspError.noValidStep);
                break;
            case NegotiationWord.Nonsense nonsense:
                if (nonsense.TellPeer)
                    SendInvalid(now);
                End(now, nonsense.Error, nonsense.Reason);
                break;
        }
    }

    private void HandleEnd(Instant now, NegotiationWord.End end)
    {
        // The last word was the responder's, in its turn.
        if (!_isFree && !IsFreeExchange && !_isCatchingUp && _idIsOwn)
        {
            state.Connections.Kept.Finish(now, _connection!);
            _connection = null;
        }
        if (end.Accepted)
        {
            Answer(Negotiated(GraspError.ok, null));
            End(now, GraspError.ok);
        }
        else
        {
            End(now, GraspError.declined, end.Reason);
        }
    }

    private void BackToAsa(Instant now)
    {
        State = Phase.AwaitingAsa;
        state.Timers.Set(this, now + state.Options.MaxAsaTime);
    }

    private void SendInvalid(Instant now) => _connection?.Send(now, new InvalidMessage(SessionId, null).Encode());

    private GraspResult.Negotiated Negotiated(GraspError error, SessionHandle? session) => new(error, session, _objective)
    {
        Peer = Peer ?? (_opening?.To?.Locator as Ipv6Locator)?.Address,
    };

    private void Answer(GraspResult result)
    {
        var command = _command;
        _command = null;
        state.Complete(command, result);
    }

    private void End(Instant now, GraspError error, string? reason = null)
    {
        if (State == Phase.Over)
            return;
        State = Phase.Over;
        state.Timers.Cancel(this);
        _opening?.Stop(now);
        _connection?.Close(now);
        if (_idIsOwn)
            state.Sessions.Release(SessionId);
        else if (_idIsForeign)
            state.Sessions.Leave(SessionId, _peer);
        _inbox.Clear();
        Waiting?.Backlog.Remove(this);
        machine.Forget(this);
        state.Facts.Add(new GraspFact.NegotiationEnded(Handle, _objective.Name, error));
        Answer(new GraspResult.Done(error, reason));
    }
}
