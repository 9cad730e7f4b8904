using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>What our ASA does in its turn: the calls for negotiation of RFC 8991 §2.3.5.</summary>
internal sealed partial class NegotiationSession
{
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
        if (State == Phase.AwaitingAsa && isEnd && !_isFree && _inbox.IsEmpty)
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
        if (_inbox.TryTake(out var item))
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

    // What came while the ASA thought it over may have ended the session already.
    private bool MayAct(Instant now, CommandId command)
    {
        if (State != Phase.AwaitingAsa)
        {
            state.Complete(command, GraspError.unspec, "it is the peer's turn");
            return false;
        }
        if (_inbox.IsEmpty && _connection is null or { IsGone: true })
        {
            _command = command;
            End(now, GraspError.sockErrNegStep);
            return false;
        }
        if (_inbox.IsEmpty)
            return true;
        _command = command;
        State = Phase.AwaitingPeer;
        _isCatchingUp = true;
        while (State == Phase.AwaitingPeer && _inbox.TryTake(out var bytes))
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
}
