using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// One IKE SA: its name, its place, its keys, its times, and what it is made of. Its exchanges go through two windows of one (RFC 7296 §2.1 to
/// §2.3), ours and the peer's; what they mean is in <see cref="Handshake"/>, <see cref="IkeExchange"/> and <see cref="RequestHandler"/>.
/// </summary>
internal sealed class IkeSa : IDisposable
{
    private bool _idsRanLow;

    public IkeSa(IkeSaHost host, IkePath path, bool weInitiated, IkeSaId id, long initOrder, Instant now)
    {
        Host = host;
        Path = path;
        WeInitiated = weInitiated;
        WeOriginated = weInitiated;
        Id = id;
        InitOrder = initOrder;
        Requests = new RequestWindow(this);
        Responses = new ResponseWindow(this);
        Transport = new MessageTransport(this);
        Nat = new NatTraversal(this, now);
        Liveness = new Liveness(this, now);
    }

    public IkeSaHost Host { get; }

    /// <summary>Our requests.</summary>
    public RequestWindow Requests { get; }

    /// <summary>The peer's requests.</summary>
    public ResponseWindow Responses { get; }

    public MessageTransport Transport { get; }

    public NatTraversal Nat { get; }

    public Liveness Liveness { get; }

    public IkePath Path { get; private set; }

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

    /// <summary>A later SA of the same peer replaced it.</summary>
    public bool IsSuperseded { get; set; }

    /// <summary>The peer authenticated again, and has this one still: it carries the channel until the peer shows that it has the newer.</summary>
    public bool IsOutdated { get; set; }

    /// <summary>We authenticate anew: the one that the peer and we have now.</summary>
    public IkeSa? TakesPlaceOf { get; init; }

    /// <summary>What we showed of ourselves when it was made.</summary>
    public Ikev2Identity? OwnIdentity { get; set; }

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
    public IkeExchange? InFlight => Requests.InFlight;

    public Instant? NextDeadline
    {
        get
        {
            var deadline = Instant.Earlier(DropAt, Instant.Earlier(Requests.NextDeadline, Responses.Parts.Deadline));
            if (State != IkeSaState.Established)
                return deadline;
            deadline = Instant.Earlier(Instant.Earlier(deadline, Nat.NextDeadline), Instant.Earlier(ExpiresAt, Liveness.NextDeadline));
            return IsLive ? Instant.Earlier(deadline, Instant.Earlier(RekeyAt, HardAt)) : deadline;
        }
    }

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
        Transport.SetKeys(keys);
        if (Host.Options.RevealKeys)
        {
            Host.Actions.Add(new Ikev2Action.RevealIkeKeys(
                Id, keys.Suite, Copy(keys.SkEi), Copy(keys.SkEr), Copy(keys.SkAi), Copy(keys.SkAr)));
        }

        static SecretBytes Copy(SecretBytes secret) => secret.Slice(0, secret.Length);
    }

    public void MoveTo(IkePath path)
    {
        if (path == Path)
            return;
        Path = path;
        Host.PathMoved(this);
    }

    /// <summary>Begins an exchange, now or when the one under way has ended (window of one).</summary>
    public void Request(Instant now, IkeExchange exchange) => Requests.Add(now, exchange);

    /// <summary>Begins an exchange at a later time.</summary>
    public void RequestLater(Instant at, IkeExchange exchange) => Requests.AddLater(at, exchange);

    /// <summary>Answers the request being handled.</summary>
    public void Respond(ExchangeType exchange, IReadOnlyList<IkePayload> payloads) => Responses.Respond(exchange, payloads);

    /// <summary>Answers it with one error notify.</summary>
    public void RefuseRequest(ExchangeType exchange, NotifyPayload notify, string text)
    {
        Host.Facts.Add(new Ikev2Fact.RequestRefused(Id, Path.Link, Path.Remote, exchange, notify.Notify, text));
        Respond(exchange, [notify]);
    }

    /// <summary>Retransmits, probes or gives up, whatever is due.</summary>
    public void HandleTime(Instant now)
    {
        if (!Requests.TryRetransmit(now))
            return;
        ForgetDueParts(now, Responses.Parts);
        ForgetDueParts(now, Requests.Parts);
        Requests.BeginDue(now);
        Nat.HandleTime(now);
        Liveness.HandleTime(now);
    }

    /// <summary>Message IDs never wrap: a new SA begins with new ones, or this one ends (RFC 7296 §2.2; D-09).</summary>
    public void WatchMessageIds(Instant now)
    {
        if (!IsLive)
            return;
        var highest = Math.Max(Requests.NextId, Responses.ExpectedId);
        if (highest >= Host.Options.MessageIdLimit)
        {
            Host.Exhausted(now, this);
        }
        else if (highest >= Host.Options.MessageIdRekey && !_idsRanLow)
        {
            _idsRanLow = true;
            Host.Facts.Add(new Ikev2Fact.LifetimeNear(Id, Path.Link, Path.Remote, null));
            Host.Rekeying.Begin(now, this);
        }
    }

    public void Drop(IkeDrop reason) => Host.Facts.Add(new Ikev2Fact.Dropped(Id, Path.Link, Path.Remote, reason));

    public void Dispose()
    {
        Requests.CancelAll();
        Responses.Parts.Clear();
        Requests.Parts.Clear();
        Handshake?.Dispose();
        Handshake = null;
        Keys?.Dispose();
        Transport.ForgetKeys();
    }

    public override string ToString() => $"{Id} {State} {Path.Link} {Path.Remote}";

    private void ForgetDueParts(Instant now, Reassembly parts)
    {
        if (parts.Deadline is not { } deadline || now < deadline)
            return;
        parts.Clear();
        Drop(IkeDrop.FragmentLimit);
    }
}
