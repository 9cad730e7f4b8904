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
internal sealed class NegotiationSession(NegotiationMachine machine, GraspState state, AsaHandle asa, SessionHandle handle, Objective objective)
    : Timed, IConnectionUser
{
    private const int MaxInbox = 16;

    // Messages of an unknown type in one session.
    private const int MaxUnknown = 16;

    private readonly Queue<ReadOnlyMemory<byte>> _inbox = new();
    private Objective _objective = objective;
    private Queue<AsaLocator> _candidates = new();
    private Connection? _connection;
    private Discovery? _discovery;
    private CommandId? _command;
    private TimeSpan _timeout;
    private bool _receiving;
    private bool _idIsOwn;
    private bool _idIsForeign;
    private AsaLocator? _to;
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
        state.Pending[command] = Cancel;
    }

    public void SetDiscovery(Discovery discovery) => _discovery = State == Phase.Seeking ? discovery : null;

    public void HandleDiscovered(Instant now, Discovery discovery)
    {
        _discovery = null;
        if (State != Phase.Seeking)
            return;
        if (discovery.Found.Count == 0)
            End(now, GraspError.noDiscReply);
        else
            ConnectToOneOf(now, discovery.Found);
    }

    public void ConnectToOneOf(Instant now, IEnumerable<AsaLocator> peers)
    {
        _candidates = new Queue<AsaLocator>(PeerChoice.InOrder(peers));
        ConnectToNext(now);
    }

    public void ConnectTo(Instant now, AsaLocator peer) => ConnectTo(now, peer, mayReuse: !IsFreeExchange);

    private void ConnectTo(Instant now, AsaLocator peer, bool mayReuse)
    {
        if (!peer.IsReliable)
        {
            End(now, GraspError.sockErrNegRq, "negotiation needs a reliable transport");
            return;
        }
        State = Phase.Connecting;
        _to = peer;
        state.Timers.Set(this, now + _timeout);
        _connection = state.Connections.Open(peer, this, mayReuse);
    }

    /// <summary>A responder answered our discovery with a negotiation message (RFC 8990 §2.5.5.1).</summary>
    public void AdoptRapid(Instant now, Connection connection, uint sessionId)
    {
        if (_discovery is { } discovery)
            machine.Discoveries.Cancel(discovery);
        _discovery = null;
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

    // --- what the ASA does ---

    public void Step(Instant now, CommandId command, Objective offer, TimeSpan timeout)
    {
        if (!MayAct(now, command))
            return;
        if (offer.Name != _objective.Name)
        {
            state.Complete(command, GraspError.notObj);
            return;
        }
        if (((offer.Flags ^ _objective.Flags) & ObjectiveFlags.F_NEG_DRY) != 0)
        {
            state.Complete(command, GraspError.notDry, "a dry run stays one (RFC 8990 §2.10.2)");
            return;
        }
        if (!IsSendable(command, offer.Value))
            return;
        _command = command;
        if (_objective.LoopCount <= 1)
        {
            End(now, GraspError.loopExhausted);
            return;
        }
        var next = _objective with { LoopCount = (byte)(_objective.LoopCount - 1), Value = offer.Value ?? Null };
        var bytes = new NegotiationMessage(SessionId, next).Encode();
        if (bytes.Length > MaxMessageSize)
        {
            _command = null;
            state.Complete(command, GraspError.messageTooLong);
            return;
        }
        _objective = next;
        _timeout = timeout;
        state.Pending[command] = Cancel;
        State = Phase.AwaitingPeer;
        state.Timers.Set(this, now + timeout);
        _connection!.Send(now, bytes);
    }

    public void Wait(Instant now, CommandId command, TimeSpan time)
    {
        if (_connection is null or { IsGone: true })
        {
            state.Complete(command, GraspError.sockErrWait);
            return;
        }
        if (State != Phase.AwaitingAsa)
        {
            state.Complete(command, GraspError.unspec, "it is the peer's turn");
            return;
        }
        _connection.Send(now, new WaitMessage(SessionId, time).Encode(), state.Options.PauseAfterWait);
        state.Timers.Set(this, now + (time > state.Options.MaxAsaTime ? time : state.Options.MaxAsaTime));
        state.Complete(command, GraspError.ok);
    }

    /// <param name="last">M_END, or M_INVALID.</param>
    public void Finish(Instant now, CommandId command, byte[] last, bool isEnd)
    {
        if (_connection is null or { IsGone: true } || State is Phase.Seeking or Phase.Connecting or Phase.Pausing)
        {
            state.Complete(command, GraspError.sockErrEnd);
            End(now, GraspError.noPeer);
            return;
        }
        // Whose turn it was knows that the peer is listening, and has said nothing that is still on its way.
        if (State == Phase.AwaitingAsa && isEnd && !_isFree && _inbox.Count == 0)
        {
            state.Connections.Kept.SayLast(now, _connection, last);
            _connection = null;
        }
        else
        {
            _connection.Send(now, last);
        }
        state.Complete(command, GraspError.ok);
        Answer(new GraspResult.Done(GraspError.noSession)); // a call that waited for the peer
        End(now, GraspError.ok);
    }

    /// <summary>Any item at all: the peers have agreed that this is a free exchange.</summary>
    public void SendItem(Instant now, CommandId command, ByteString item)
    {
        if (_connection is null or { IsGone: true })
            state.Complete(command, GraspError.noSocket);
        else if (State != Phase.AwaitingAsa)
            state.Complete(command, GraspError.unspec, "it is the peer's turn");
        else if (item.Length > MaxMessageSize)
            state.Complete(command, GraspError.messageTooLong);
        else if (!CborValue.IsWellFormed(item))
            state.Complete(command, GraspError.badValue);
        else
        {
            _isFree = true;
            _connection.Send(now, item.Memory.ToArray());
            state.Timers.Set(this, now + state.Options.MaxAsaTime);
            state.Complete(command, GraspError.ok);
        }
    }

    public void ReceiveItem(Instant now, CommandId command, TimeSpan timeout)
    {
        if (State != Phase.AwaitingAsa)
        {
            state.Complete(command, GraspError.unspec, "it is the peer's turn");
            return;
        }
        _isFree = true;
        if (TryTake(out var item))
        {
            state.Complete(command, new GraspResult.Received(item));
            return;
        }
        _command = command;
        if (_connection is null or { IsGone: true })
        {
            End(now, GraspError.noPeer);
            return;
        }
        _receiving = true;
        state.Pending[command] = Cancel;
        State = Phase.AwaitingPeer;
        state.Timers.Set(this, now + timeout);
    }

    /// <summary>The ASA, or its call, is gone.</summary>
    public void Cancel(Instant now)
    {
        if (_command is { } command)
            state.Pending.Remove(command);
        _command = null;
        End(now, GraspError.unspec);
    }

    /// <summary>Ends it whatever its state, and answers the call that waits.</summary>
    public void Abandon(Instant now, GraspError error, string? reason = null) => End(now, error, reason);

    // --- what happens to it ---

    public void HandleConnected(Instant now)
    {
        if (State != Phase.Connecting)
            return; // a rapid answer: what the ASA says is sent by the connection itself
        // RFC 8990 §2.7: never the id of the discovery, which relays and responders have seen.
        SessionId = state.Sessions.New();
        _idIsOwn = true;
        state.Counters.NegotiationsStarted++;
        _connection!.Send(now, new RequestNegotiationMessage(SessionId, _objective).Encode());
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
        else if (_inbox.Count < MaxInbox && state.InboxOctets + bytes.Length <= state.Options.MaxInboxOctets)
        {
            state.InboxOctets += bytes.Length;
            _inbox.Enqueue(bytes);
        }
        else
        {
            state.Counters.Count(GraspDropReason.Overload);
            End(now, GraspError.noValidStep);
        }
    }

    public void HandleClosed(Instant now)
    {
        switch (State)
        {
            case Phase.Connecting:
                ConnectToNext(now);
                break;
            case Phase.AwaitingPeer when _connection!.IsReused && !_heard && _idIsOwn:
                // The peer had let go of a stream that we kept: the request has not been heard.
                state.Sessions.Release(SessionId);
                _idIsOwn = false;
                ConnectTo(now, _to!, mayReuse: false);
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
            case Phase.Connecting:
                _connection?.Close(now);
                ConnectToNext(now);
                break;
            case Phase.Pausing:
                ConnectTo(now, _to!);
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

    private void ConnectToNext(Instant now)
    {
        // Nobody is there (any more): whoever looks next shall look again.
        if (_to is { } failed)
            state.DiscoveryCache.Remove(_objective.Name, failed.Locator);
        _to = null;
        if (_candidates.TryDequeue(out var peer))
            ConnectTo(now, peer);
        else
            End(now, GraspError.sockErrNegRq);
    }

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
        if (bytes.Length > MaxMessageSize || !GraspMessage.TryDecode(bytes.Span, state.StreamLimits, out var message, out _))
        {
            HandleUndecodable(now, bytes.Span);
            return;
        }
        switch (message)
        {
            case NoopMessage:
                break;
            case WaitMessage wait when wait.SessionId == SessionId:
                // H-41: overwrites and restarts the timer.
                state.Timers.Set(this, now + wait.WaitingTime);
                break;
            case NegotiationMessage step when step.SessionId == SessionId:
                HandleStep(now, step.Objective);
                break;
            case EndMessage end when end.SessionId == SessionId:
                HandleEnd(now, end);
                break;
            case InvalidMessage:
                End(now, GraspError.noValidStep, "the peer sent M_INVALID");
                break;
            default:
                state.Counters.Count(GraspDropReason.Unexpected);
                SendInvalid(now);
                End(now, GraspError.noValidStep);
                break;
        }
    }

    private void HandleUndecodable(Instant now, ReadOnlySpan<byte> bytes)
    {
        GraspMessage.TryDecode(bytes, state.StreamLimits, out _, out var refusal);
        state.Counters.Count(refusal == GraspRefusal.None ? GraspRefusal.OverLimits : refusal);
        if (refusal == GraspRefusal.UnknownMessageType)
        {
            SendInvalid(now); // H-10: say so, and go on waiting, but not for ever
            if (++_unknown < MaxUnknown)
                return;
            End(now, GraspError.noValidStep);
            return;
        }
        GraspMessage.TryReadSessionId(bytes, out var type, out _);
        SendInvalid(now);
        End(now, type switch
        {
            GraspConstants.M_NEGOTIATE => GraspError.invalidNeg,
            GraspConstants.M_END => GraspError.invalidEnd,
            0 => GraspError.CBORfail,
            _ => GraspError.noValidStep,
        });
    }

    private void HandleStep(Instant now, Objective offer)
    {
        if (offer.Name != _objective.Name || !offer.Flags.HasFlag(ObjectiveFlags.F_NEG)
            || ((offer.Flags ^ _objective.Flags) & ObjectiveFlags.F_NEG_DRY) != 0)
        {
            SendInvalid(now);
            End(now, GraspError.invalidNeg);
            return;
        }
        if (offer.LoopCount == 0)
        {
            End(now, GraspError.loopExhausted);
            return;
        }
        // A peer cannot wind the count back up.
        _objective = _objective with { LoopCount = Math.Min(offer.LoopCount, _objective.LoopCount), Value = offer.Value };
        BackToAsa(now);
        Answer(Negotiated(GraspError.ok, Handle));
    }

    private void HandleEnd(Instant now, EndMessage end)
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

    // What came while the ASA thought it over may have ended the session already.
    private bool MayAct(Instant now, CommandId command)
    {
        if (State != Phase.AwaitingAsa)
        {
            state.Complete(command, GraspError.unspec, "it is the peer's turn");
            return false;
        }
        if (_inbox.Count == 0 && _connection is null or { IsGone: true })
        {
            _command = command;
            End(now, GraspError.sockErrNegStep);
            return false;
        }
        if (_inbox.Count == 0)
            return true;
        _command = command;
        State = Phase.AwaitingPeer;
        _isCatchingUp = true;
        while (State == Phase.AwaitingPeer && TryTake(out var bytes))
            HandleReply(now, bytes);
        _isCatchingUp = false;
        if (State == Phase.AwaitingPeer && _connection is { IsGone: true })
            End(now, GraspError.noPeer);
        if (State != Phase.AwaitingPeer)
            return false; // over, or the peer made another offer out of turn: the ASA has it now
        _command = null;
        State = Phase.AwaitingAsa;
        return true;
    }

    private bool IsSendable(CommandId command, ByteString? value)
    {
        if (value is not { } given || CborValue.IsWellFormed(given))
            return true;
        state.Complete(command, GraspError.badValue);
        return false;
    }

    private bool TryTake(out ReadOnlyMemory<byte> bytes)
    {
        var taken = _inbox.TryDequeue(out bytes);
        state.InboxOctets -= bytes.Length;
        return taken;
    }

    private void BackToAsa(Instant now)
    {
        State = Phase.AwaitingAsa;
        state.Timers.Set(this, now + state.Options.MaxAsaTime);
    }

    private void SendInvalid(Instant now) => _connection?.Send(now, new InvalidMessage(SessionId, null).Encode());

    private GraspResult.Negotiated Negotiated(GraspError error, SessionHandle? session) => new(error, session, _objective)
    {
        Peer = Peer ?? (_to?.Locator as Ipv6Locator)?.Address,
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
        if (_discovery is { } discovery)
            machine.Discoveries.Cancel(discovery);
        _connection?.Close(now);
        if (_idIsOwn)
            state.Sessions.Release(SessionId);
        else if (_idIsForeign)
            state.Sessions.Leave(SessionId, _peer);
        while (TryTake(out _))
        {
            // Nobody will read it.
        }
        Waiting?.Backlog.Remove(this);
        machine.Forget(this);
        state.Facts.Add(new GraspFact.NegotiationEnded(Handle, _objective.Name, error));
        Answer(new GraspResult.Done(error, reason));
    }
}
