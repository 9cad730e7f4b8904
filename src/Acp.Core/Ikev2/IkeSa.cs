using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// One IKE SA: its name, its place, its keys, and the transport of its exchanges (RFC 7296 §2.1 to §2.3: message IDs,
/// window of one, retransmission by the requester, stored answers by the responder). What the exchanges mean is in
/// <see cref="Handshake"/>, <see cref="IkeExchange"/> and <see cref="RequestHandler"/>.
/// </summary>
internal sealed class IkeSa : IDisposable
{
    private const int MaxStartOvers = 4;

    private readonly Queue<IkeExchange> _waiting = new();
    private readonly List<(Instant At, IkeExchange Exchange)> _later = [];
    private MessageProtector? _protector;
    private IkeExchange? _exchange;
    private IReadOnlyList<byte[]> _request = [];
    private uint _requestId;
    private RetransmissionTimer? _timer;
    private Instant _begun;
    private int _startedOver;
    private uint _nextRequestId;
    private uint _expectedId;
    private IReadOnlyList<byte[]>? _lastResponse;
    private bool _answering;
    private Instant _lastInbound;
    private Instant? _lastRepeat;
    private Instant? _lastHint;
    private TokenBucket? _repeats;
    private bool _idsRanLow;
    private IkePath _arrivedOn;
    private IkePath _answerOn;
    private Instant _lastKeepalive;
    private readonly Reassembly _requestParts;
    private readonly Reassembly _responseParts;

    public IkeSa(IIkeSaHost host, IkePath path, bool weInitiated, IkeSaId id, long initOrder, Instant now)
    {
        Host = host;
        Path = path;
        WeInitiated = weInitiated;
        WeOriginated = weInitiated;
        Id = id;
        InitOrder = initOrder;
        _lastInbound = now;
        _lastKeepalive = now;
        _requestParts = new Reassembly(host.Options, host.Fragments);
        _responseParts = new Reassembly(host.Options, host.Fragments);
    }

    public IIkeSaHost Host { get; }

    public IkePath Path { get; private set; }

    /// <summary>What is between the ends of a remote path.</summary>
    public NatState Nat { get; set; }

    /// <summary>Where the machine keeps it; null once it was removed.</summary>
    public NeighborSas? Neighbor { get; set; }

    public IkeSaId Id { get; private set; }

    /// <summary>We are the original initiator: the I flag of what we send.</summary>
    public bool WeInitiated { get; }

    /// <summary>We began the IKE_SA_INIT of the first SA of this line of rekeyed ones.</summary>
    public bool WeOriginated { get; init; }

    public ulong LocalSpi => WeInitiated ? Id.InitiatorSpi : Id.ResponderSpi;

    public IkeSaState State { get; set; }

    /// <summary>Place of its IKE_SA_INIT request (sent or heard) among all events of this machine.</summary>
    public long InitOrder { get; }

    /// <summary>Place of its establishment among all events.</summary>
    public long EstablishedOrder { get; set; }

    /// <summary>When it was established; null before.</summary>
    public Instant? EstablishedAt { get; set; }

    /// <summary>What it sent and heard, together with those it took the place of.</summary>
    public IkeSaTraffic Traffic { get; init; } = new();

    /// <summary>When the peer was last heard, on it or on its child SAs.</summary>
    public Instant LastInbound => _lastInbound;

    /// <summary>A later SA of the same peer replaced it.</summary>
    public bool IsSuperseded { get; set; }

    /// <summary>The peer says that it has no older one with us (INITIAL_CONTACT, RFC 7296 §2.4; D-37).</summary>
    public bool IsInitialContact { get; set; }

    /// <summary>A rekeyed one took its place and its children; a DELETE will end it.</summary>
    public bool IsRekeyed { get; set; }

    /// <summary>Both sides announced IKE fragmentation (RFC 7383 §2.3).</summary>
    public bool Fragmentation { get; set; }

    /// <summary>Made by the peer's rekeying while ours was under way: not used before it is known which stays.</summary>
    public bool IsPending { get; set; }

    /// <summary>The peer's rekeying of this SA, answered while ours was under way.</summary>
    public PeerRekey? PeerRekey { get; set; }

    /// <summary>
    /// What this SA, which is closing, was rekeyed to: to be closed once this one has ended. The peer hands its child SAs on with the
    /// first DELETE, and cuts nothing off with the second; the other way round it might.
    /// </summary>
    public IkeSa? ThenClose { get; private set; }

    /// <summary>It is some closing one's <see cref="ThenClose"/>: nothing new is made on it (RFC 7296 §2.25.2).</summary>
    public bool IsToBeClosed { get; private set; }

    /// <summary>Established, and neither replaced, nor superseded, nor pending, nor about to be closed.</summary>
    public bool IsLive => State == IkeSaState.Established && !IsSuperseded && !IsRekeyed && !IsPending && !IsToBeClosed;

    /// <summary>When to begin rekeying it; null once that has begun.</summary>
    public Instant? RekeyAt { get; set; }

    /// <summary>When it ends, unless it was replaced.</summary>
    public Instant? HardAt { get; set; }

    public Handshake? Handshake { get; set; }

    public KeyMaterial? Keys { get; private set; }

    public PeerIdentity? Peer { get; set; }

    public Channel? Channel { get; set; }

    public List<ChildSa> Children { get; } = [];

    /// <summary>When a handshake, a childless SA or a closed one is to be dropped.</summary>
    public Instant? DropAt { get; set; }

    /// <summary>When the peer's certificates expire, once the date is known (C-19).</summary>
    public Instant? ExpiresAt { get; set; }

    /// <summary>Our exchange that was begun and has no answer yet.</summary>
    public IkeExchange? InFlight => _exchange;

    /// <summary>A rekeying of this SA waits for its turn, its answer or another try.</summary>
    public bool IsRekeying =>
        _exchange is RekeyIkeExchange || _waiting.Any(e => e is RekeyIkeExchange) || _later.Exists(l => l.Exchange is RekeyIkeExchange);

    /// <summary>Exchanges of ours that wait for their turn or for another try.</summary>
    public int WaitingCount => _waiting.Count + _later.Count;

    public bool HasStoredResponse => _lastResponse is not null;

    public Instant? NextDeadline
    {
        get
        {
            var deadline = Instant.Earlier(Instant.Earlier(DropAt, _timer?.Deadline),
                Instant.Earlier(_requestParts.Deadline, _responseParts.Deadline));
            if (State != IkeSaState.Established)
                return deadline;
            deadline = Instant.Earlier(Instant.Earlier(deadline, KeepaliveAt), Instant.Earlier(ExpiresAt, LivenessAt));
            foreach (var (at, _) in _later)
                deadline = Instant.Earlier(deadline, at);
            return IsLive ? Instant.Earlier(deadline, Instant.Earlier(RekeyAt, HardAt)) : deadline;
        }
    }

    private Instant? LivenessAt => _exchange is null ? _lastInbound + Host.Options.LivenessIdle : null;

    /// <summary>How its child SAs carry ESP: in UDP when there is a NAT and the peer followed to the port for it.</summary>
    public UdpEncapsulation? Encapsulation =>
        Nat.IsTraversed && Path.HasMarker(Host.Options) ? new UdpEncapsulation(Path.LocalPort, Path.RemotePort) : null;

    /// <summary>A NAT before us forgets its mapping when we are silent (RFC 3948 §4). Of our ESP nothing is known here.</summary>
    private Instant? KeepaliveAt =>
        Nat.WeAreBehind && IsLive && Path.HasMarker(Host.Options) ? _lastKeepalive + Host.Options.NatKeepalive : null;

    /// <summary>What IKE_SA_INIT told of NATs. Between link-local addresses it is noted and no more (D-53).</summary>
    public void NoteNat(NatState nat)
    {
        if (!nat.IsTraversed)
            return;
        if (!Path.IsRemote)
        {
            Host.Facts.Add(new Ikev2Fact.NatDetected(Id, Path.Link, Path.Remote));
            return;
        }

        Nat = nat;
        Host.Facts.Add(new Ikev2Fact.NatTraversed(Id, Path.Link, Path.Remote, nat));
    }

    /// <summary>ESP shares its port with IKE, and its authentic packets tell as much of the peer's.</summary>
    public void FollowEsp(ushort remotePort)
    {
        if (Encapsulation is not null)
            Follow(Path with { RemotePort = remotePort });
    }

    /// <summary>The initiator goes on from the NAT traversal port to the same port (RFC 7296 §2.23).</summary>
    public void MoveToNatTraversalPort()
    {
        var port = Host.Options.NatTraversalPort;
        MoveTo(Path with { LocalPort = port, RemotePort = port });
    }

    /// <summary>Whether a message from another path is worth the look: from a remote neighbour, protected, with other ports only.</summary>
    public bool MayComeFrom(IkePath path, IkeMessage message) =>
        Path.IsRemote && path.HasAddressesOf(Path) && message.Payloads is [EncryptedPayload or EncryptedFragmentPayload];

    /// <summary>This one is closing, and what it was rekeyed to follows.</summary>
    public void CloseAfterwards(IkeSa made)
    {
        made.IsToBeClosed = true;
        ThenClose = made;
    }

    /// <summary>It has ended: what is to be closed after it, if that still stands.</summary>
    public IkeSa? TakeThenClose()
    {
        var next = ThenClose is { State: IkeSaState.Established } standing ? standing : null;
        ThenClose = null;
        return next;
    }

    /// <summary>The peer chose its SPI.</summary>
    public void SetResponderSpi(ulong spi) => Id = Id with { ResponderSpi = spi };

    public void SetKeys(KeyMaterial keys)
    {
        Keys = keys;
        _protector = new MessageProtector(Host.Crypto, keys, WeInitiated, Host.Random);
        if (Host.Options.RevealKeys)
        {
            Host.Actions.Add(new Ikev2Action.RevealIkeKeys(
                Id, keys.Suite, Copy(keys.SkEi), Copy(keys.SkEr), Copy(keys.SkAi), Copy(keys.SkAr)));
        }

        static SecretBytes Copy(SecretBytes secret) => secret.Slice(0, secret.Length);
    }

    /// <summary>The responder of IKE_SA_INIT: message 0 is answered, and 1 will come.</summary>
    public void BeginAfterInit() => _expectedId = 1;

    /// <summary>Sends IKE_SA_INIT, which has no protection; a new one takes the place of the last.</summary>
    public void SendInit(Instant now, IkeExchange exchange, byte[] request)
    {
        Host.Tracer?.NoteSent(Path, request);
        _nextRequestId = 1;
        Begin(now, exchange, [request], 0);
    }

    /// <summary>IKE_SA_INIT got its answer.</summary>
    public void InitAnswered(Instant now)
    {
        _lastInbound = now;
        EndExchange();
    }

    /// <summary>Nothing is under way any more.</summary>
    public void EndExchange()
    {
        _exchange = null;
        _timer = null;
        _request = [];
    }

    /// <summary>Begins an exchange, now or when the one under way has ended (window of one).</summary>
    public void Request(Instant now, IkeExchange exchange)
    {
        _waiting.Enqueue(exchange);
        SendNext(now);
    }

    /// <summary>Begins an exchange at a later time.</summary>
    public void RequestLater(Instant at, IkeExchange exchange) => _later.Add((at, exchange));

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
        _exchange?.Abandon();
        EndExchange();
    }

    /// <summary>Exchanges about child SAs that have not begun go to the SA that took over the children; others are forgotten.</summary>
    public void HandOver(Instant now, IkeSa successor)
    {
        var waiting = _waiting.Where(e => e.ConcernsChild).ToList();
        var later = _later.Where(l => l.Exchange.ConcernsChild).ToList();
        foreach (var exchange in _waiting.Where(e => !e.ConcernsChild).Concat(_later.Select(l => l.Exchange).Where(e => !e.ConcernsChild)))
            exchange.Abandon();
        _waiting.Clear();
        _later.Clear();
        successor._later.AddRange(later);
        waiting.ForEach(e => successor.Request(now, e));
    }

    /// <summary>Answers the request being handled.</summary>
    public void Respond(ExchangeType exchange, IReadOnlyList<IkePayload> payloads)
    {
        var header = IkeHeader.Create(Id.InitiatorSpi, Id.ResponderSpi, exchange, Flags(true), _expectedId);
        _lastResponse = _protector!.Seal(header, payloads, Limit);
        Host.Tracer?.NoteSent(Path, header, payloads, _lastResponse);
        _expectedId++;
        _answering = false;
        Send(_lastResponse, _answerOn);
    }

    /// <summary>Sends the stored answer to IKE_SA_INIT again.</summary>
    public void RepeatInitResponse(Instant now, IkePath path, byte[] initResponse)
    {
        if (!MayRepeat(now))
            return;
        Host.Facts.Add(new Ikev2Fact.ResponseRepeated(Id, Path.Link, Path.Remote, 0));
        Send([initResponse], path);
    }

    /// <summary>A message for this SA from its own path, whose outermost payload is SK at <paramref name="bodyOffset"/>.</summary>
    public void HandleProtected(Instant now, IkePath path, IkeHeader header, byte[] message, PayloadType firstInner, int bodyOffset)
    {
        if (_protector is null)
        {
            Drop(IkeDrop.WrongState);
            return;
        }

        if (!_protector.TryOpen(message, bodyOffset, out var inner))
        {
            Drop(IkeDrop.Integrity);
            return;
        }

        Host.Tracer?.NoteOpened(path, header, firstInner, inner, message.Length, 1);
        _arrivedOn = path;
        HandleOpened(now, header, firstInner, inner);
    }

    /// <summary>A message for this SA from its own path, whose outermost payload is SKF (RFC 7383 §2.6).</summary>
    public void HandleFragment(Instant now, IkePath path, IkeHeader header, byte[] message, EncryptedFragmentPayload fragment)
    {
        if (_protector is null || !Fragmentation || fragment.TotalFragments > Host.Options.MaxFragments)
        {
            Drop(_protector is null ? IkeDrop.WrongState : !Fragmentation ? IkeDrop.Fragment : IkeDrop.FragmentLimit);
            return;
        }

        // What is outside the window is not worth the decryption.
        var isRepeated = !header.IsResponse && header.MessageId + 1 == _expectedId;
        if (header.IsResponse
                ? _exchange is null || header.MessageId != _requestId
                : !isRepeated && (header.MessageId != _expectedId || _answering || State == IkeSaState.Closed))
        {
            Drop(header.IsResponse || _answering ? IkeDrop.Unexpected : IkeDrop.MessageId);
            return;
        }

        if (!_protector.TryOpen(message, fragment.BodyOffset, out var part))
        {
            Drop(IkeDrop.Integrity);
            return;
        }

        Traffic.FragmentsReceived++;
        _arrivedOn = path;
        if (isRepeated)
        {
            // Once per retransmission: the first fragment stands for all (§2.6.1).
            if (fragment.FragmentNumber == 1)
                HandleOpened(now, header, PayloadType.None, default);
            return;
        }

        var parts = header.IsResponse ? _responseParts : _requestParts;
        if (parts.TryComplete(now, header.MessageId, fragment, part, out var firstInner, out var inner, out var drop))
        {
            Host.Tracer?.NoteOpened(Path, header, firstInner, inner, inner.Length, fragment.TotalFragments);
            HandleOpened(now, header, firstInner, inner);
        }
        else if (drop != IkeDrop.None)
            Drop(drop);
    }

    /// <summary>Data came through the SA's children: the peer lives.</summary>
    public void NoteTraffic(Instant now) => _lastInbound = now;

    /// <summary>Somebody claims, without protection, that the peer lost this SA: ask it, once in a while (D-45).</summary>
    public void HandleHint(Instant now)
    {
        if (State == IkeSaState.Closing && IsSuperseded)
        {
            // The peer authenticated anew and nothing depends on the old one, so that the hint may be believed. Of another closing SA it
            // may not: perhaps the answer that made it is still on its way, and the peer uses the child SAs until it has arrived.
            Host.Finished(now, this);
            return;
        }

        if (State != IkeSaState.Established || _exchange is not null
            || (_lastHint is { } last && now - last < Host.Options.HintInterval))
            return;
        _lastHint = now;
        Traffic.LivenessProbes++;
        Host.Facts.Add(new Ikev2Fact.LivenessProbe(Id, Path.Link, Path.Remote, true));
        Request(now, new LivenessExchange(true));
    }

    /// <summary>Asks the peer whether it has this SA.</summary>
    public void Probe(Instant now)
    {
        Host.Facts.Add(new Ikev2Fact.LivenessProbe(Id, Path.Link, Path.Remote, false));
        Request(now, new LivenessExchange(false));
    }

    /// <summary>Retransmits, probes or gives up, whatever is due.</summary>
    public void HandleTime(Instant now)
    {
        if (_timer is { } timer && now >= timer.Deadline)
        {
            if (timer.TryAgain(now) || StartOver(now))
            {
                Traffic.Retransmissions++;
                Host.Facts.Add(new Ikev2Fact.Retransmitting(Id, Path.Link, Path.Remote, _exchange!.Type, _requestId, _timer!.Sent));
                Send(_request, Path);
            }
            else
            {
                var exchange = _exchange!;
                EndExchange();
                exchange.HandleSilence(now, this);
                return;
            }
        }

        foreach (var parts in new[] { _requestParts, _responseParts })
        {
            if (parts.Deadline is { } deadline && now >= deadline)
            {
                parts.Clear();
                Drop(IkeDrop.FragmentLimit);
            }
        }

        foreach (var (at, exchange) in _later.Where(l => l.At <= now).ToList())
        {
            _later.Remove((at, exchange));
            Request(now, exchange);
        }

        if (KeepaliveAt is { } keepalive && now >= keepalive)
        {
            _lastKeepalive = now;
            Host.Actions.Add(new Ikev2Action.SendDatagram(Path.Link, Path.Local, Path.LocalPort, Path.Remote, Path.RemotePort,
                NonEspMarker.Keepalive));
        }

        if (State == IkeSaState.Established && LivenessAt is { } liveness && now >= liveness)
        {
            Traffic.LivenessProbes++;
            Probe(now);
        }
    }

    public void Drop(IkeDrop reason) => Host.Facts.Add(new Ikev2Fact.Dropped(Id, Path.Link, Path.Remote, reason));

    public void Dispose()
    {
        CancelAll();
        _requestParts.Clear();
        _responseParts.Clear();
        Handshake?.Dispose();
        Handshake = null;
        Keys?.Dispose();
        _protector = null;
    }

    public override string ToString() => $"{Id} {State} {Path.Link} {Path.Remote}";

    private int Limit => Fragmentation ? Host.Options.FragmentSize : int.MaxValue;

    private void HandleOpened(Instant now, IkeHeader header, PayloadType firstInner, ReadOnlyMemory<byte> inner)
    {
        if (header.IsResponse)
            HandleResponse(now, header, firstInner, inner);
        else
            HandleRequest(now, header, firstInner, inner);
    }

    private void HandleResponse(Instant now, IkeHeader header, PayloadType firstInner, ReadOnlyMemory<byte> inner)
    {
        if (_exchange is null || header.MessageId != _requestId || header.Exchange != _exchange.Type)
        {
            Drop(IkeDrop.Unexpected);
            return;
        }

        // Only what is new says that the peer lives: anybody can send again what it once said. What is left of another cut of
        // the same message is of no use any more.
        _lastInbound = now;
        _responseParts.Clear();
        Follow(_arrivedOn);
        var exchange = _exchange;
        EndExchange();
        if (!IkePayloadCodec.TryDecodeInner(firstInner, inner, out var payloads, out var refusal)
            || payloads.FirstCritical() is not null)
        {
            // Integrity was good, so the peer itself speaks nonsense (RFC 7296 §2.21.3).
            Host.Facts.Add(new Ikev2Fact.Malformed(Id, Path.Link, Path.Remote, refusal, true));
            Host.Ended(now, this, ChannelCloseReason.ProtocolError, false);
            return;
        }

        if (payloads.FirstError() is { } error)
            Host.Facts.Add(new Ikev2Fact.ErrorReceived(Id, Path.Link, Path.Remote, header.Exchange, error.Notify, true));
        exchange.HandleResponse(now, this, payloads);
        if (State == IkeSaState.Established)
            Host.PeerActive(this);
        SendNext(now);
    }

    private void HandleRequest(Instant now, IkeHeader header, PayloadType firstInner, ReadOnlyMemory<byte> inner)
    {
        if (header.MessageId + 1 == _expectedId && _lastResponse is not null)
        {
            _lastRepeat = now;
            if (!MayRepeat(now))
                return;
            Host.Facts.Add(new Ikev2Fact.ResponseRepeated(Id, Path.Link, Path.Remote, header.MessageId));
            Send(_lastResponse, _arrivedOn);
            foreach (var child in Children)
                child.Postpone(now + Host.Options.SwitchOutboundAfter);
            return;
        }

        if (header.MessageId != _expectedId || _answering || State == IkeSaState.Closed)
        {
            Drop(header.MessageId != _expectedId ? IkeDrop.MessageId : IkeDrop.Unexpected);
            return;
        }

        if ((State == IkeSaState.HalfOpen) != (header.Exchange == ExchangeType.IkeAuth)
            || header.Exchange == ExchangeType.IkeSaInit)
        {
            Drop(IkeDrop.WrongState);
            return;
        }

        _lastInbound = now;
        _requestParts.Clear();
        // The answer goes where the request came from (RFC 7296 §2.11), followed or not.
        _answering = true;
        _answerOn = _arrivedOn;
        Follow(_arrivedOn);
        if (!IkePayloadCodec.TryDecodeInner(firstInner, inner, out var payloads, out var refusal))
        {
            Host.Facts.Add(new Ikev2Fact.Malformed(Id, Path.Link, Path.Remote, refusal, true));
            RefuseRequest(header.Exchange, new NotifyPayload(NotifyType.InvalidSyntax), refusal.ToString());
            Host.Ended(now, this, ChannelCloseReason.ProtocolError, false);
            return;
        }

        if (payloads.FirstCritical() is { } critical)
        {
            RefuseRequest(header.Exchange, new NotifyPayload(NotifyType.UnsupportedCriticalPayload, new[] { (byte)critical.Type }),
                $"payload {(byte)critical.Type}");
            if (State == IkeSaState.HalfOpen)
                Host.Ended(now, this, ChannelCloseReason.ProtocolError, false);
            return;
        }

        // With a window of one, who asks anew has taken all our answers before (RFC 7296 §2.3).
        foreach (var child in Children)
            child.Confirm();
        RequestHandler.Handle(now, this, header.Exchange, payloads);
        if (State == IkeSaState.Established && Handshake is null && header.Exchange != ExchangeType.IkeAuth)
            Host.PeerActive(this);
        WatchMessageIds(now);
    }

    /// <summary>Answers with one error notify.</summary>
    public void RefuseRequest(ExchangeType exchange, NotifyPayload notify, string text)
    {
        Host.Facts.Add(new Ikev2Fact.RequestRefused(Id, Path.Link, Path.Remote, exchange, notify.Notify, text));
        Respond(exchange, [notify]);
    }

    /// <summary>A stored answer costs nothing to ask for, by whoever kept the request: at a limited rate only .</summary>
    private bool MayRepeat(Instant now)
    {
        _repeats ??= new TokenBucket(Host.Options.RepeatsPerSecond);
        if (!_repeats.TryTake(now))
        {
            Drop(IkeDrop.RateLimited);
            return false;
        }

        Traffic.RepeatedResponses++;
        return true;
    }

    private void SendNext(Instant now)
    {
        while (_exchange is null && _protector is not null && State != IkeSaState.Closed && _waiting.TryDequeue(out var exchange))
        {
            if (!exchange.IsWanted(this))
            {
                exchange.Abandon();
                continue;
            }

            var payloads = exchange.BuildRequest(now, this);
            var id = _nextRequestId++;
            var header = IkeHeader.Create(Id.InitiatorSpi, Id.ResponderSpi, exchange.Type, Flags(false), id);
            var request = _protector.Seal(header, payloads, Limit);
            Host.Tracer?.NoteSent(Path, header, payloads, request);
            Begin(now, exchange, request, id);
            WatchMessageIds(now);
        }
    }

    /// <summary>Message IDs never wrap: a new SA begins with new ones, or this one ends (RFC 7296 §2.2; D-09).</summary>
    private void WatchMessageIds(Instant now)
    {
        if (!IsLive)
            return;
        var highest = Math.Max(_nextRequestId, _expectedId);
        if (highest >= Host.Options.MessageIdLimit)
        {
            Host.Exhausted(now, this);
        }
        else if (highest >= Host.Options.MessageIdRekey && !_idsRanLow)
        {
            _idsRanLow = true;
            Host.Facts.Add(new Ikev2Fact.LifetimeNear(Id, Path.Link, Path.Remote, null));
            Host.RekeyIke(now, this);
        }
    }

    /// <summary>
    /// Our answers get lost, but the peer was heard: it lives (RFC 7296 §2.4 wants silence). A few times over, not
    /// forever, for a peer that talks and never answers is of no use.
    /// </summary>
    private bool StartOver(Instant now)
    {
        if (State != IkeSaState.Established || _startedOver >= MaxStartOvers || (_lastInbound <= _begun && !(_lastRepeat > _begun)))
            return false;
        _startedOver++;
        StartTimer(now);
        return true;
    }

    private void StartTimer(Instant now)
    {
        var options = Host.Options;
        _begun = now;
        _timer = new RetransmissionTimer(now, options.RetransmitInitial, options.RetransmitFactor, _exchange!.Transmissions(options));
    }

    private void Begin(Instant now, IkeExchange exchange, IReadOnlyList<byte[]> request, uint id)
    {
        _exchange = exchange;
        _request = request;
        _requestId = id;
        _startedOver = 0;
        StartTimer(now);
        Send(request, Path);
    }

    private void Send(IReadOnlyList<byte[]> messages, IkePath path)
    {
        if (messages.Count > 1)
            Traffic.FragmentsSent += messages.Count;
        foreach (var message in messages)
            Host.Actions.Add(path.Datagram(message, Host.Options));
    }

    /// <summary>
    /// Where a message came from that is authentic and new. The peer may move to the NAT traversal port whenever it likes;
    /// that the NAT before it gave it another port is believed unless there is one before us, which whoever forwards our
    /// packets could exploit (RFC 7296 §2.23).
    /// </summary>
    private void Follow(IkePath path)
    {
        if (path == Path)
            return;
        var moves = path.LocalPort != Path.LocalPort ? path.HasMarker(Host.Options) : Nat is { PeerIsBehind: true, WeAreBehind: false };
        if (moves)
            MoveTo(path);
    }

    private void MoveTo(IkePath path)
    {
        if (path == Path)
            return;
        Path = path;
        Host.PathMoved(this);
    }

    private IkeFlags Flags(bool response) =>
        (WeInitiated ? IkeFlags.Initiator : IkeFlags.None) | (response ? IkeFlags.Response : IkeFlags.None);
}
