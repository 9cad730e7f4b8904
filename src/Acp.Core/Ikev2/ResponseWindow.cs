using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// The peer's requests on one IKE SA (RFC 7296 §2.1 to §2.3): the one that is expected is answered, the one before gets its stored answer
/// again, and no other is looked at.
/// </summary>
internal sealed class ResponseWindow(IkeSa sa)
{
    private IReadOnlyList<byte[]>? _lastResponse;
    private IkePath _answerOn;
    private Instant? _lastRepeat;
    private TokenBucket? _repeats;

    /// <summary>The message ID of the request to come, or of the one that waits for its answer.</summary>
    public uint ExpectedId { get; private set; }

    /// <summary>A request waits for its answer.</summary>
    public bool IsAnswering { get; private set; }

    public bool HasStored => _lastResponse is not null;

    /// <summary>The fragments of a request.</summary>
    public Reassembly Parts { get; } = new(sa.Host.Options, sa.Host.Fragments);

    /// <summary>The responder of IKE_SA_INIT: message 0 is answered, and 1 will come.</summary>
    public void BeginAfterInit() => ExpectedId = 1;

    public bool WasAskedAgainAfter(Instant instant) => _lastRepeat > instant;

    /// <summary>The request that was answered last.</summary>
    public bool WasAnswered(IkeHeader header) => header.MessageId + 1 == ExpectedId;

    /// <summary>The request whose turn it is.</summary>
    public bool Awaits(IkeHeader header) => header.MessageId == ExpectedId && !IsAnswering && sa.State != IkeSaState.Closed;

    /// <summary>A request that is authentic.</summary>
    public void HandleRequest(Instant now, IkePath from, IkeHeader header, PayloadType firstInner, ReadOnlyMemory<byte> inner)
    {
        if (WasAnswered(header) && _lastResponse is not null)
        {
            _lastRepeat = now;
            if (!MayRepeat(now))
                return;
            sa.Host.Facts.Add(new Ikev2Fact.ResponseRepeated(sa.Id, sa.Path.Link, sa.Path.Remote, header.MessageId));
            sa.Transport.Send(_lastResponse, from);
            foreach (var child in sa.Children)
                child.Postpone(now + sa.Host.Options.SwitchOutboundAfter);
            return;
        }

        if (!Awaits(header))
        {
            sa.Drop(header.MessageId != ExpectedId ? IkeDrop.MessageId : IkeDrop.Unexpected);
            return;
        }

        if ((sa.State == IkeSaState.HalfOpen) != (header.Exchange == ExchangeType.IkeAuth)
            || header.Exchange == ExchangeType.IkeSaInit)
        {
            sa.Drop(IkeDrop.WrongState);
            return;
        }

        sa.Liveness.NoteMessage(now);
        Parts.Clear();
        // The answer goes where the request came from (RFC 7296 §2.11), followed or not.
        IsAnswering = true;
        _answerOn = from;
        sa.Nat.Follow(from);
        if (!IkePayloadCodec.TryDecodeInner(firstInner, inner, out var payloads, out var refusal))
        {
            sa.Host.Facts.Add(new Ikev2Fact.Malformed(sa.Id, sa.Path.Link, sa.Path.Remote, refusal, true));
            sa.RefuseRequest(header.Exchange, new NotifyPayload(NotifyType.InvalidSyntax), refusal.ToString());
            sa.Host.Ended(now, sa, ChannelCloseReason.ProtocolError, false);
            return;
        }

        if (payloads.FirstCritical() is { } critical)
        {
            sa.RefuseRequest(header.Exchange, new NotifyPayload(NotifyType.UnsupportedCriticalPayload, new[] { (byte)critical.Type }),
                $"payload {(byte)critical.Type}");
            if (sa.State == IkeSaState.HalfOpen)
                sa.Host.Ended(now, sa, ChannelCloseReason.ProtocolError, false);
            return;
        }

        // With a window of one, who asks anew has taken all our answers before (RFC 7296 §2.3).
        foreach (var child in sa.Children)
            child.Confirm();
        RequestHandler.Handle(now, sa, header.Exchange, payloads);
        if (sa.State == IkeSaState.Established && sa.Handshake is null && header.Exchange != ExchangeType.IkeAuth)
            sa.Host.ChildSas.PeerActive(sa);
        sa.WatchMessageIds(now);
    }

    /// <summary>Answers the request being handled.</summary>
    public void Respond(ExchangeType exchange, IReadOnlyList<IkePayload> payloads)
    {
        _lastResponse = sa.Transport.Seal(exchange, true, ExpectedId, payloads);
        ExpectedId++;
        IsAnswering = false;
        sa.Transport.Send(_lastResponse, _answerOn);
    }

    /// <summary>Sends the stored answer to IKE_SA_INIT again.</summary>
    public void RepeatInit(Instant now, IkePath path, byte[] initResponse)
    {
        if (!MayRepeat(now))
            return;
        sa.Host.Facts.Add(new Ikev2Fact.ResponseRepeated(sa.Id, sa.Path.Link, sa.Path.Remote, 0));
        sa.Transport.Send([initResponse], path);
    }

    /// <summary>A stored answer costs nothing to ask for, by whoever kept the request: at a limited rate only .</summary>
    private bool MayRepeat(Instant now)
    {
        _repeats ??= new TokenBucket(sa.Host.Options.RepeatsPerSecond);
        if (!_repeats.TryTake(now))
        {
            sa.Drop(IkeDrop.RateLimited);
            return false;
        }

        sa.Traffic.RepeatedResponses++;
        return true;
    }
}
