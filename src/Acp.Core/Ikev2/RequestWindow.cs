using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// Our requests on one IKE SA (RFC 7296 §2.1 to §2.3): one is under way, sent again until it is answered or given up; the others wait for
/// their turn, or for another try.
/// </summary>
internal sealed class RequestWindow(IkeSa sa)
{
    private const int MaxStartOvers = 4;

    private readonly Queue<IkeExchange> _waiting = new();
    private readonly List<(Instant At, IkeExchange Exchange)> _later = [];
    private IReadOnlyList<byte[]> _request = [];
    private uint _messageId;
    private RetransmissionTimer? _timer;
    private Instant _begun;
    private int _startedOver;

    /// <summary>Our exchange that was begun and has no answer yet.</summary>
    public IkeExchange? InFlight { get; private set; }

    /// <summary>The message ID of the next request.</summary>
    public uint NextId { get; private set; }

    /// <summary>Exchanges of ours that wait for their turn or for another try.</summary>
    public int WaitingCount => _waiting.Count + _later.Count;

    /// <summary>A rekeying of this SA waits for its turn, its answer or another try.</summary>
    public bool IsRekeying =>
        InFlight is RekeyIkeExchange || _waiting.Any(e => e is RekeyIkeExchange) || _later.Exists(l => l.Exchange is RekeyIkeExchange);

    /// <summary>The fragments of an answer.</summary>
    public Reassembly Parts { get; } = new(sa.Host.Options, sa.Host.Fragments);

    public Instant? NextDeadline
    {
        get
        {
            var deadline = Instant.Earlier(_timer?.Deadline, Parts.Deadline);
            if (sa.State != IkeSaState.Established)
                return deadline;
            foreach (var (at, _) in _later)
                deadline = Instant.Earlier(deadline, at);
            return deadline;
        }
    }

    /// <summary>Sends IKE_SA_INIT, which has no protection; a new one takes the place of the last.</summary>
    public void SendInit(Instant now, IkeExchange exchange, byte[] request)
    {
        sa.Host.Tracer?.NoteSent(sa.Path, request);
        NextId = 1;
        Begin(now, exchange, [request], 0);
    }

    /// <summary>Begins an exchange, now or when the one under way has ended (window of one).</summary>
    public void Add(Instant now, IkeExchange exchange)
    {
        _waiting.Enqueue(exchange);
        SendNext(now);
    }

    /// <summary>Begins an exchange at a later time.</summary>
    public void AddLater(Instant at, IkeExchange exchange) => _later.Add((at, exchange));

    /// <summary>Nothing is under way any more.</summary>
    public void End()
    {
        InFlight = null;
        _timer = null;
        _request = [];
    }

    /// <summary>Forgets exchanges that have not begun, since the SA is closing.</summary>
    public void CancelWaiting()
    {
        while (_waiting.TryDequeue(out var exchange))
            exchange.Abandon();
        foreach (var (_, exchange) in _later)
            exchange.Abandon();
        _later.Clear();
    }

    /// <summary>Forgets the one under way as well.</summary>
    public void CancelAll()
    {
        CancelWaiting();
        InFlight?.Abandon();
        End();
    }

    /// <summary>Exchanges about child SAs that have not begun go to the SA that took over the children; others are forgotten.</summary>
    public void HandOver(Instant now, RequestWindow successor)
    {
        var waiting = _waiting.Where(e => e.ConcernsChild).ToList();
        var later = _later.Where(l => l.Exchange.ConcernsChild).ToList();
        foreach (var exchange in _waiting.Where(e => !e.ConcernsChild).Concat(_later.Select(l => l.Exchange).Where(e => !e.ConcernsChild)))
            exchange.Abandon();
        _waiting.Clear();
        _later.Clear();
        successor._later.AddRange(later);
        waiting.ForEach(e => successor.Add(now, e));
    }

    /// <summary>This may be an answer to what is under way.</summary>
    public bool Awaits(IkeHeader header) => InFlight is not null && header.MessageId == _messageId;

    /// <summary>An answer that is authentic.</summary>
    public void HandleResponse(Instant now, IkePath from, IkeHeader header, PayloadType firstInner, ReadOnlyMemory<byte> inner)
    {
        if (InFlight is not { } exchange || !Awaits(header) || header.Exchange != exchange.Type)
        {
            sa.Drop(IkeDrop.Unexpected);
            return;
        }

        // Only what is new says that the peer lives: anybody can send again what it once said. What is left of another cut of
        // the same message is of no use any more.
        sa.Liveness.NoteMessage(now);
        Parts.Clear();
        sa.Nat.Follow(from);
        End();
        if (!IkePayloadCodec.TryDecodeInner(firstInner, inner, out var payloads, out var refusal)
            || payloads.FirstCritical() is not null)
        {
            // Integrity was good, so the peer itself speaks nonsense (RFC 7296 §2.21.3).
            sa.Host.Facts.Add(new Ikev2Fact.Malformed(sa.Id, sa.Path.Link, sa.Path.Remote, refusal, true));
            sa.Host.Ended(now, sa, ChannelCloseReason.ProtocolError, false);
            return;
        }

        if (payloads.FirstError() is { } error)
            sa.Host.Facts.Add(new Ikev2Fact.ErrorReceived(sa.Id, sa.Path.Link, sa.Path.Remote, header.Exchange, error.Notify, true));
        exchange.HandleResponse(now, sa, payloads);
        if (sa.State == IkeSaState.Established)
            sa.Host.ChildSas.PeerActive(sa);
        SendNext(now);
    }

    /// <summary>Transmits again what is due. False when nobody answered, and the exchange has drawn its conclusion.</summary>
    public bool TryRetransmit(Instant now)
    {
        if (_timer is not { } timer || now < timer.Deadline)
            return true;
        if (timer.TryAgain(now) || StartOver(now))
        {
            sa.Traffic.Retransmissions++;
            sa.Host.Facts.Add(new Ikev2Fact.Retransmitting(sa.Id, sa.Path.Link, sa.Path.Remote, InFlight!.Type, _messageId, _timer!.Sent));
            sa.Transport.Send(_request, sa.Path);
            return true;
        }

        var exchange = InFlight!;
        End();
        exchange.HandleSilence(now, sa);
        return false;
    }

    /// <summary>Begins what was put off until now.</summary>
    public void BeginDue(Instant now)
    {
        foreach (var (at, exchange) in _later.Where(l => l.At <= now).ToList())
        {
            _later.Remove((at, exchange));
            Add(now, exchange);
        }
    }

    private void SendNext(Instant now)
    {
        while (InFlight is null && sa.Transport.IsProtected && sa.State != IkeSaState.Closed && _waiting.TryDequeue(out var exchange))
        {
            if (!exchange.IsWanted(sa))
            {
                exchange.Abandon();
                continue;
            }

            var payloads = exchange.BuildRequest(now, sa);
            var id = NextId++;
            Begin(now, exchange, sa.Transport.Seal(exchange.Type, false, id, payloads), id);
            sa.WatchMessageIds(now);
        }
    }

    private void Begin(Instant now, IkeExchange exchange, IReadOnlyList<byte[]> request, uint id)
    {
        InFlight = exchange;
        _request = request;
        _messageId = id;
        _startedOver = 0;
        StartTimer(now, exchange);
        sa.Transport.Send(request, sa.Path);
    }

    /// <summary>
    /// Our answers get lost, but the peer was heard: it lives (RFC 7296 §2.4 wants silence). A few times over, not
    /// forever, for a peer that talks and never answers is of no use.
    /// </summary>
    private bool StartOver(Instant now)
    {
        if (sa.State != IkeSaState.Established || _startedOver >= MaxStartOvers
            || (sa.Liveness.LastHeard <= _begun && !sa.Responses.WasAskedAgainAfter(_begun)))
            return false;
        _startedOver++;
        StartTimer(now, InFlight!);
        return true;
    }

    private void StartTimer(Instant now, IkeExchange exchange)
    {
        var options = sa.Host.Options;
        _begun = now;
        _timer = new RetransmissionTimer(now, options.RetransmitInitial, options.RetransmitFactor, exchange.Transmissions(options));
    }
}
