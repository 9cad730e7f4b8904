using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// IKEv2 of one node (RFC 7296 in the profile of RFC 8994 §6.8.3): all its IKE SAs on all links. Events in, actions and facts
/// out; signing and the membership check are questions whose answers come back as events. Not thread-safe.
/// </summary>
public sealed class Ikev2Machine : IMachine, IIkeSaHost
{
    /// <summary>The second of notAfter still belongs to a certificate's validity (RFC 5280 §4.1.2.5).</summary>
    private static readonly TimeSpan LastSecond = TimeSpan.FromSeconds(1);

    /// <summary>Longer lifetimes than this are not counted: no deadline.</summary>
    private static readonly TimeSpan Forever = TimeSpan.FromDays(36500);

    private readonly Dictionary<ulong, IkeSa> _sas = [];
    private readonly Dictionary<(LinkId Link, Ipv6Address Remote), NeighborSas> _neighbors = [];
    private readonly DeadlineHeap<NeighborSas> _deadlines = new();
    private readonly List<NeighborSas> _touched = [];
    private readonly Dictionary<RequestId, IkeSa> _questions = [];
    private readonly HashSet<uint> _espSpis = [];
    private readonly HalfOpenTable _halfOpen = new();
    private readonly FragmentBudget _fragments;
    private readonly InitResponder _responder;
    private readonly InitGate _gate;
    private readonly HashSet<(LinkId Link, Ipv6Address Remote)> _expected = [];
    private readonly ChannelTable _channels;
    private IkeTracer? _tracer;
    private long _order;
    private long _lastRequest;
    private WallClock _clock;
    private bool _closing;

    /// <param name="identity">Replaced by <see cref="SetIdentity"/> when the certificate is renewed.</param>
    public Ikev2Machine(Ikev2Options options, Ikev2Identity identity, IIkeCrypto crypto, RandomSource random)
    {
        options.Validate();
        Options = options;
        Identity = identity;
        Crypto = crypto;
        Random = random;
        Proposals = new ProposalSelector(options, crypto);
        _fragments = new FragmentBudget(options.FragmentOctets);
        var cookies = new CookieJar(random);
        _responder = new InitResponder(this, _halfOpen, cookies);
        _gate = new InitGate(this, _halfOpen, cookies, IsExpected);
        _channels = new ChannelTable(this, (now, sa) => BeginDelete(now, sa));
    }

    public Outbox<Ikev2Action> Actions { get; } = new();

    public Outbox<Ikev2Fact> Facts { get; } = new();

    public Ikev2Options Options { get; }

    public Ikev2Identity Identity { get; private set; }

    public IIkeCrypto Crypto { get; }

    public RandomSource Random { get; }

    ProposalSelector IIkeSaHost.Proposals => Proposals;

    FragmentBudget IIkeSaHost.Fragments => _fragments;

    IkeTracer? IIkeSaHost.Tracer => _tracer;

    /// <summary>
    /// Somebody reads along: every message is noted as <see cref="Ikev2Fact.Traced"/>, the protected ones in the clear.
    /// Costs nothing while it is off.
    /// </summary>
    public bool Tracing
    {
        get => _tracer is not null;
        set => _tracer = value ? _tracer ?? new IkeTracer(Facts) : null;
    }

    /// <summary>IKE SAs whose DELETE is under way; a shutting-down node waits for zero, a little.</summary>
    public int ClosingCount => _sas.Values.Count(s => s.State == IkeSaState.Closing);

    /// <summary>Half-open SAs that peers began.</summary>
    public int HalfOpenCount => _halfOpen.Count;

    /// <summary>All IKE SAs that are not merely lingering, for status output.</summary>
    public IEnumerable<IkeSaStatus> Status =>
        _sas.Values.Where(s => s.State != IkeSaState.Closed).Select(s => new IkeSaStatus(s.Id, s.Path, s.State, s.WeInitiated,
            s.Channel?.Id, s.Peer, s.Keys?.Suite, [.. s.Children.Select(c => (c.InboundSpi, c.OutboundSpi))])
        {
            Since = s.EstablishedAt,
            IsReplaced = s.IsSuperseded || s.IsRekeyed,
            RekeyAt = s.IsLive ? s.RekeyAt : null,
            EndsAt = s.IsLive ? s.HardAt : null,
            CertificatesEndAt = s.ExpiresAt,
            LastHeard = s.LastInbound,
            Fragmentation = s.Fragmentation,
            Traffic = s.Traffic,
            Children = [.. s.Children.Select(c => c.Status)],
            UsesPpk = s.Keys is { UsesPpk: true },
        });

    /// <summary>How much is held now.</summary>
    public Ikev2Inventory Inventory
    {
        get
        {
            var (lingering, children, waiting, forever) = (0, 0, 0, 0);
            foreach (var sa in _sas.Values)
            {
                lingering += sa.State == IkeSaState.Closed ? 1 : 0;
                children += sa.Children.Count;
                waiting += sa.WaitingCount;
                forever += sa.NextDeadline is null ? 1 : 0;
            }

            return new Ikev2Inventory(_sas.Count, lingering, _channels.All.Count, children, _espSpis.Count, _halfOpen.Count,
                _questions.Count, _fragments.Taken, waiting, forever);
        }
    }

    public Instant? NextDeadline
    {
        get
        {
            foreach (var neighbor in _touched)
            {
                neighbor.IsTouched = false;
                _deadlines.Set(neighbor, neighbor.NextDeadline);
            }

            _touched.Clear();
            return _deadlines.Earliest;
        }
    }

    /// <summary>What <see cref="NextDeadline"/> must say, found the slow way; for tests.</summary>
    public Instant? NextDeadlineByScan => _neighbors.Values.Aggregate((Instant?)null, (at, n) => Instant.Earlier(at, n.NextDeadline));

    private ProposalSelector Proposals { get; }

    /// <summary>Our certificate was renewed; handshakes from now on use it.</summary>
    public void SetIdentity(Ikev2Identity identity) => Identity = identity;

    /// <summary>The date became known or changed: certificate expiry is counted by it (C-19).</summary>
    public void SetWallClock(WallClock clock)
    {
        _clock = clock;
        foreach (var sa in _sas.Values)
        {
            SetExpiry(sa);
            Touch(sa);
        }
    }

    /// <summary>
    /// A neighbour announced itself, or fell silent: whom we expect gets through to us when strangers are too many. Bounded by the caller.
    /// </summary>
    public void Expect(LinkId link, Ipv6Address remote, bool isThere)
    {
        if (isThere)
            _expected.Add((link, remote));
        else
            _expected.Remove((link, remote));
    }

    /// <summary>
    /// Begins an IKE SA with a neighbour. Nothing happens when a channel exists or an attempt is under way; otherwise
    /// the outcome is a ChannelEstablished or an InitiationFailed.
    /// </summary>
    public void Initiate(Instant now, LinkId link, Ipv6Address local, Ipv6Address remote, ushort remotePort)
    {
        if (_closing || _channels.TryFind(link, remote, out _) || Initiations(link, remote).Count > 0)
            return;
        // A remote neighbour that is configured with the NAT traversal port is spoken to on it from the start.
        var localPort = link == LinkId.HostNetwork && remotePort == Options.NatTraversalPort ? remotePort : Options.LocalPort;
        var path = new IkePath(link, local, localPort, remote, remotePort);
        var sa = new IkeSa(this, path, true, new IkeSaId(NewIkeSpi(), 0), ++_order, now)
        {
            State = IkeSaState.Initiating,
            DropAt = now + Options.HandshakeTimeout,
        };
        Add(sa, null);
        Facts.Add(new Ikev2Fact.InitiationStarted(sa.Id, link, remote));
        var handshake = new InitiatorHandshake(sa);
        sa.Handshake = handshake;
        handshake.Start(now);
    }

    /// <summary>A UDP datagram that came to our IKE port on a link.</summary>
    public void HandleDatagram(Instant now, LinkId link, Ipv6Address local, ushort localPort, Ipv6Address remote, ushort remotePort,
        ReadOnlySpan<byte> datagram)
    {
        var path = new IkePath(link, local, localPort, remote, remotePort);
        if (path.HasMarker(Options))
        {
            if (NonEspMarker.IsKeepalive(datagram))
                return;
            if (!NonEspMarker.IsAt(datagram))
            {
                Facts.Add(new Ikev2Fact.Dropped(default, link, remote, IkeDrop.NoMarker));
                return;
            }

            datagram = datagram[NonEspMarker.Size..];
        }

        if (!IkeHeader.TryRead(datagram, out var header))
        {
            Facts.Add(new Ikev2Fact.Malformed(default, link, remote, IkeRefusal.TooShort, false));
            return;
        }

        var id = new IkeSaId(header.InitiatorSpi, header.ResponderSpi);
        if (header.MajorVersion > 2 && !header.IsResponse)
        {
            // RFC 7296 §2.5: say so, unprotected, in the highest version we have.
            if (_responder.AnswerUnprotected(now, path, header, new NotifyPayload(NotifyType.InvalidMajorVersion)))
                Facts.Add(new Ikev2Fact.RequestRefused(id, link, remote, header.Exchange, NotifyType.InvalidMajorVersion,
                    $"version {header.MajorVersion}"));
            return;
        }

        if (header is { Exchange: ExchangeType.IkeSaInit, IsResponse: false } && !_closing && _gate.TurnsAway(now, path, header, datagram))
            return;
        if (!IkeMessage.TryDecode(datagram, out var message, out var refusal))
        {
            Facts.Add(new Ikev2Fact.Malformed(id, link, remote, refusal, false));
            return;
        }

        _tracer?.NoteReceived(path, message, datagram.Length);
        if (header is { Exchange: ExchangeType.IkeSaInit, IsResponse: false })
        {
            // Who hears our DELETE may well try again at once.
            if (_closing)
                return;
            var halfOpen = _responder.Handle(now, path, message, datagram, Remove, NewIkeSpi, ++_order);
            if (halfOpen is not null)
                Add(halfOpen, null);
            return;
        }

        if (!TryFind(header, out var sa))
        {
            HandleUnknownSpi(now, path, message);
            return;
        }

        if (sa.Path != path && !sa.MayComeFrom(path, message))
        {
            Facts.Add(new Ikev2Fact.Dropped(sa.Id, link, remote, IkeDrop.WrongPath));
            return;
        }

        Touch(sa);
        HandleForSa(now, sa, path, message, datagram);
    }

    /// <summary>The shell signed what <see cref="Ikev2Action.SignAuth"/> asked; empty spans say that it could not.</summary>
    public void HandleSigned(Instant now, RequestId request, ReadOnlyMemory<byte> algorithmIdentifier, ReadOnlyMemory<byte> signature)
    {
        if (!_questions.Remove(request, out var sa))
            return;
        Touch(sa);
        sa.Handshake?.HandleSigned(now, algorithmIdentifier, signature);
    }

    /// <summary>The answer to <see cref="Ikev2Action.VerifyPeer"/>.</summary>
    public void HandlePeerVerdict(Instant now, RequestId request, PeerVerdict verdict)
    {
        if (!_questions.Remove(request, out var sa))
            return;
        if (verdict.Identity is { } peer
            && DeciderRule.WeDecide(Identity.AcpAddress, Identity.Certificates[0].Span, peer) == DeciderOutcome.Clone)
            verdict = PeerVerdict.Refuse("clone", $"peer shows our own identity ({peer.NodeName})");
        Touch(sa);
        sa.Handshake?.HandleVerdict(now, verdict);
    }

    /// <summary>A packet came through one of the channel's inbound ESP SAs: the peer lives (RFC 7296 §2.4), and sends on what it has.</summary>
    public void HandleTraffic(Instant now, ChannelId channel, uint inboundSpi)
    {
        if (_channels.Find(channel) is not { } found)
            return;
        foreach (var sa in found.IkeSas)
        {
            if (sa.Children.Find(c => c.InboundSpi == inboundSpi) is not { } child)
                continue;
            Touch(sa);
            sa.NoteTraffic(now);
            _channels.Confirm(child);
            break;
        }
    }

    /// <summary>ESP in UDP of this child SA, authentic and newer than all before, came from another port than the last.</summary>
    public void HandleEspMoved(ChannelId channel, uint inboundSpi, ushort remotePort)
    {
        if (_channels.Find(channel)?.IkeSas.Find(s => s.Children.Exists(c => c.InboundSpi == inboundSpi)) is not { } sa)
            return;
        Touch(sa);
        sa.FollowEsp(remotePort);
    }

    /// <summary>The data plane says that a child SA has carried so much that it wants a successor (RFC 4301 §4.4.2.1; E-10).</summary>
    public void HandleLifetimeNear(Instant now, ChannelId channel, uint inboundSpi)
    {
        if (FindChild(channel, inboundSpi) is not { } child)
            return;
        Touch(child.Owner);
        _channels.LifetimeNear(now, child);
    }

    /// <summary>The data plane says that a child SA has carried all that it may, and carries nothing more.</summary>
    public void HandleLifetimeOver(Instant now, ChannelId channel, uint inboundSpi)
    {
        if (FindChild(channel, inboundSpi) is not { } child)
            return;
        Touch(child.Owner);
        _channels.LifetimeOver(now, child);
    }

    /// <summary>The link is gone: everything on it ends at once, without a word to peers that cannot hear it.</summary>
    public void HandleLinkDown(Instant now, LinkId link)
    {
        _expected.RemoveWhere(n => n.Link == link);
        foreach (var sa in _sas.Values.Where(s => s.Path.Link == link).ToList())
        {
            Touch(sa);
            if (sa.State is IkeSaState.Closing or IkeSaState.Closed or IkeSaState.HalfOpen)
                Remove(sa);
            else
                ((IIkeSaHost)this).Ended(now, sa, ChannelCloseReason.LinkDown, false);
        }

        foreach (var channel in _channels.All.Where(c => c.Path.Link == link).ToList())
            _channels.Close(now, channel, ChannelCloseReason.LinkDown, false);
    }

    /// <summary>Closes the channel to one neighbour in an orderly way, and calls off any attempt to reach it.</summary>
    public void Close(Instant now, LinkId link, Ipv6Address remote, ChannelCloseReason reason)
    {
        foreach (var sa in Initiations(link, remote))
        {
            ((IIkeSaHost)this).InitiationFailed(now, sa, InitiationFailure.Cancelled, "called off");
            Remove(sa);
        }

        if (!_channels.TryFind(link, remote, out var channel))
            return;
        var live = channel.IkeSas.Where(s => s.State == IkeSaState.Established).ToList();
        channel.IkeSas.ForEach(Touch);
        _channels.Close(now, channel, reason, false);
        live.ForEach(sa => BeginDelete(now, sa));
    }

    /// <summary>Replaces the channel's child SA by a fresh one with its own key exchange (D-40, D-41). Nothing without a channel.</summary>
    public void RekeyChildSa(Instant now, ChannelId channel)
    {
        if (_channels.Find(channel)?.Best is not { } child)
            return;
        Touch(child.Owner);
        _channels.RekeyChild(now, child);
    }

    /// <summary>Replaces the channel's IKE SA by a fresh one (D-40). Nothing without a channel.</summary>
    public void RekeyIkeSa(Instant now, ChannelId channel)
    {
        if (_channels.Find(channel)?.Preferred is not { } sa)
            return;
        Touch(sa);
        RekeyIkeSa(now, sa);
    }

    /// <summary>
    /// Orderly shutdown: a DELETE on every IKE SA (D-46), and from now on nothing new is begun or answered. Wait for
    /// <see cref="ClosingCount"/> zero.
    /// </summary>
    public void CloseAll(Instant now)
    {
        _closing = true;
        foreach (var sa in _sas.Values.Where(s => s.State is IkeSaState.Initiating or IkeSaState.Authenticating or IkeSaState.HalfOpen).ToList())
        {
            if (sa.State != IkeSaState.HalfOpen)
                ((IIkeSaHost)this).InitiationFailed(now, sa, InitiationFailure.Cancelled, "shutting down");
            Remove(sa);
        }

        foreach (var channel in _channels.All.ToList())
            Close(now, channel.Path.Link, channel.Path.Remote, ChannelCloseReason.Local);
        foreach (var sa in _sas.Values.Where(s => s.State == IkeSaState.Established).ToList())
        {
            Touch(sa);
            BeginDelete(now, sa);
        }
    }

    public void HandleTime(Instant now)
    {
        if (NextDeadline is not { } first || now < first)
            return;
        // All first: what is done for one may be due again at once, and gets its next turn with the next call.
        var due = new List<NeighborSas>();
        while (_deadlines.TryTakeDue(now, out var neighbor))
            due.Add(neighbor);
        foreach (var neighbor in due)
        {
            Touch(neighbor);
            foreach (var sa in neighbor.Sas.ToArray())
                HandleTime(now, sa);
            if (neighbor.Channel is { } channel)
                _channels.HandleTime(now, channel);
        }
    }

    RequestId IIkeSaHost.Ask(IkeSa sa)
    {
        var request = new RequestId(++_lastRequest);
        _questions.Add(request, sa);
        return request;
    }

    uint IIkeSaHost.NewEspSpi()
    {
        while (true)
        {
            var spi = Random.NextUInt32();
            // 0 to 255 are reserved (RFC 4303 §2.1; E-23).
            if (spi > 255 && _espSpis.Add(spi))
                return spi;
        }
    }

    void IIkeSaHost.Established(Instant now, IkeSa sa, PeerIdentity peer)
    {
        _halfOpen.Remove(sa);
        sa.State = IkeSaState.Established;
        sa.EstablishedOrder = ++_order;
        sa.Peer = peer;
        sa.Handshake?.Dispose();
        sa.Handshake = null;
        sa.DropAt = now + Options.ChildlessTimeout;
        sa.EstablishedAt = now;
        sa.NoteTraffic(now);
        SetExpiry(sa);
        SetLifetime(now, sa);
        var decide = DeciderRule.WeDecide(Identity.AcpAddress, Identity.Certificates[0].Span, peer) == DeciderOutcome.WeDecide;
        Facts.Add(new Ikev2Fact.IkeSaEstablished(sa.Id, sa.Path.Link, sa.Path.Remote, peer.NodeName, sa.Keys!.Suite.ToString(),
            sa.WeInitiated, decide));
        if (Options.Ppks.Count > 0 && !sa.Keys.UsesPpk)
            Facts.Add(new Ikev2Fact.PpkNotUsed(sa.Id, sa.Path.Link, sa.Path.Remote));
        foreach (var own in Initiations(sa.Path.Link, sa.Path.Remote).Where(s => s.State == IkeSaState.Initiating))
        {
            Facts.Add(new Ikev2Fact.InitiationSuperseded(own.Id, own.Path.Link, own.Path.Remote));
            Remove(own);
        }
    }

    ChildSa IIkeSaHost.InstallChild(Instant now, IkeSa sa, EspSuite suite, uint inboundSpi, SecretBytes inboundKey,
        SecretBytes outboundKey, bool weInitiated, ChildSa? replaces, bool redundant) =>
        _channels.InstallChild(now, sa, suite, inboundSpi, inboundKey, outboundKey, weInitiated, replaces, redundant);

    void IIkeSaHost.DeleteChild(Instant now, ChildSa child) => _channels.DeleteChild(now, child);

    ulong IIkeSaHost.NewIkeSpi() => NewIkeSpi();

    void IIkeSaHost.BeginDelete(Instant now, IkeSa sa) => BeginDelete(now, sa);

    void IIkeSaHost.RekeyIke(Instant now, IkeSa sa) => RekeyIkeSa(now, sa);

    IkeSa IIkeSaHost.AddRekeyed(Instant now, IkeSa old, IkeSaId id, KeyMaterial keys, bool weInitiated)
    {
        var sa = new IkeSa(this, old.Path, weInitiated, id, old.InitOrder, now)
        {
            WeOriginated = old.WeOriginated,
            State = IkeSaState.Established,
            EstablishedOrder = old.EstablishedOrder,
            EstablishedAt = now,
            Traffic = old.Traffic,
            Peer = old.Peer,
            Channel = old.Channel,
            IsPending = true,
            Fragmentation = old.Fragmentation,
            Nat = old.Nat,
            DropAt = now + Options.ChildlessTimeout,
        };
        sa.SetKeys(keys);
        SetExpiry(sa);
        SetLifetime(now, sa);
        Add(sa, old.Neighbor);
        old.Channel?.IkeSas.Add(sa);
        return sa;
    }

    void IIkeSaHost.Inherit(Instant now, IkeSa old, IkeSa made)
    {
        made.IsPending = false;
        made.Traffic.IkeRekeys++;
        foreach (var child in old.Children)
        {
            child.Owner = made;
            made.Children.Add(child);
        }

        if (made.Children.Count > 0)
            made.DropAt = null;
        old.Children.Clear();
        old.IsRekeyed = true;
        old.PeerRekey = null;
        old.DropAt = now + Options.ChildlessTimeout;
        Facts.Add(new Ikev2Fact.IkeSaRekeyed(old.Id, made.Id, made.Path.Link, made.Path.Remote));
        old.HandOver(now, made);
    }

    void IIkeSaHost.TakePeerRekey(Instant now, IkeSa old)
    {
        var made = old.PeerRekey!.Made;
        if (made.State == IkeSaState.Established)
            ((IIkeSaHost)this).Inherit(now, old, made);
        else
            ((IIkeSaHost)this).LostLastChild(now, old);
    }

    void IIkeSaHost.Exhausted(Instant now, IkeSa sa)
    {
        Facts.Add(new Ikev2Fact.LifetimeOver(sa.Id, sa.Path.Link, sa.Path.Remote, null));
        _channels.Detach(now, sa, ChannelCloseReason.Exhausted, false);
        BeginDelete(now, sa);
    }

    void IIkeSaHost.ReleaseEspSpi(uint spi) => _espSpis.Remove(spi);

    void IIkeSaHost.RemoveChild(Instant now, ChildSa child) => _channels.RemoveChild(now, child);

    void IIkeSaHost.LostLastChild(Instant now, IkeSa sa)
    {
        _channels.Detach(now, sa, ChannelCloseReason.PeerDelete, true);
        BeginDelete(now, sa);
    }

    void IIkeSaHost.Settle(Instant now, IkeSa sa) => _channels.Settle(now, sa);

    void IIkeSaHost.PathMoved(IkeSa sa)
    {
        Facts.Add(new Ikev2Fact.PathMoved(sa.Id, sa.Path.Link, sa.Path.Remote, sa.Path.LocalPort, sa.Path.RemotePort));
        if (sa is { Channel: { } channel, Encapsulation: { } encapsulation, Children.Count: > 0 })
            Actions.Add(new Ikev2Action.ChannelMoved(channel.Id, encapsulation));
    }

    void IIkeSaHost.PeerActive(IkeSa sa) => _channels.PeerActive(sa);

    void IIkeSaHost.InitiationFailed(Instant now, IkeSa sa, InitiationFailure reason, string text)
    {
        var (link, remote) = sa.Path.Neighbor;
        Facts.Add(new Ikev2Fact.InitiationEnded(sa.Id, link, remote, reason, text));
        // When the peer's own attempt made a channel in the meantime, ours is of no further interest.
        if (!_channels.TryFind(link, remote, out _))
            Actions.Add(new Ikev2Action.InitiationFailed(link, remote, reason, text));
    }

    void IIkeSaHost.Ended(Instant now, IkeSa sa, ChannelCloseReason reason, bool byPeerDelete)
    {
        switch (sa.State)
        {
            case IkeSaState.Initiating:
            case IkeSaState.Authenticating:
                ((IIkeSaHost)this).InitiationFailed(now, sa, FailureOf(reason), $"ended: {reason}");
                break;
            case IkeSaState.Established:
            case IkeSaState.Closing:
                Facts.Add(new Ikev2Fact.IkeSaClosed(sa.Id, sa.Path.Link, sa.Path.Remote, reason, byPeerDelete));
                break;
            default:
                break;
        }

        _halfOpen.Remove(sa);
        sa.State = IkeSaState.Closed;
        _channels.Detach(now, sa, reason, byPeerDelete);
        if (reason != ChannelCloseReason.LinkDown)
            CloseNext(now, sa);
        if (!sa.HasStoredResponse || reason is ChannelCloseReason.DeadPeer or ChannelCloseReason.LinkDown or ChannelCloseReason.PeerRestarted)
        {
            Remove(sa);
            return;
        }

        // Our last answer may be lost: stay to repeat it (D-07).
        sa.CancelAll();
        sa.DropAt = now + Options.ClosedLinger;
    }

    void IIkeSaHost.Finished(Instant now, IkeSa sa)
    {
        if (sa.State == IkeSaState.Closing)
            Facts.Add(new Ikev2Fact.IkeSaClosed(sa.Id, sa.Path.Link, sa.Path.Remote, ChannelCloseReason.Local, false));
        _channels.Detach(now, sa, ChannelCloseReason.Local, false);
        CloseNext(now, sa);
        Remove(sa);
    }

    private void CloseNext(Instant now, IkeSa sa)
    {
        if (sa.TakeThenClose() is { } next)
            BeginDelete(now, next);
    }

    private void HandleTime(Instant now, IkeSa sa)
    {
        // Removed by what was done for another one of the same neighbour.
        if (sa.Neighbor is null)
            return;
        if (sa.State == IkeSaState.Established && sa.ExpiresAt is { } expires && now >= expires)
        {
            Facts.Add(new Ikev2Fact.IkeSaClosed(sa.Id, sa.Path.Link, sa.Path.Remote, ChannelCloseReason.CertificateExpired, false));
            _channels.Detach(now, sa, ChannelCloseReason.CertificateExpired, false);
            BeginDelete(now, sa);
            return;
        }

        HandleLifetime(now, sa);
        if (sa.DropAt is { } dropAt && now >= dropAt)
            HandleDrop(now, sa);
        else
            sa.HandleTime(now);
    }

    private ChildSa? FindChild(ChannelId channel, uint inboundSpi) =>
        _channels.Find(channel)?.IkeSas.SelectMany(s => s.Children).FirstOrDefault(c => c.InboundSpi == inboundSpi);

    private bool IsExpected(IkePath path) =>
        path.IsRemote || _expected.Contains(path.Neighbor) || _channels.TryFind(path.Link, path.Remote, out _);

    private static InitiationFailure FailureOf(ChannelCloseReason reason) => reason switch
    {
        ChannelCloseReason.DeadPeer => InitiationFailure.Timeout,
        ChannelCloseReason.LinkDown => InitiationFailure.LinkDown,
        ChannelCloseReason.PeerDelete or ChannelCloseReason.RefusedByPeer => InitiationFailure.AuthenticationFailed,
        _ => InitiationFailure.Protocol,
    };

    private List<IkeSa> Initiations(LinkId link, Ipv6Address remote) =>
        _neighbors.TryGetValue((link, remote), out var neighbor) ? neighbor.Initiations() : [];

    /// <summary>Our SPI is the responder's in what the original initiator sends, else the initiator's.</summary>
    private bool TryFind(IkeHeader header, out IkeSa sa)
    {
        var localSpi = header.FromInitiator ? header.ResponderSpi : header.InitiatorSpi;
        if (!_sas.TryGetValue(localSpi, out sa!) || sa.WeInitiated == header.FromInitiator)
            return false;
        return sa.WeInitiated
            ? sa.Id.ResponderSpi == header.ResponderSpi || sa.Id.ResponderSpi == 0
            : sa.Id.InitiatorSpi == header.InitiatorSpi;
    }

    private void HandleUnknownSpi(Instant now, IkePath path, IkeMessage message)
    {
        var header = message.Header;
        Facts.Add(new Ikev2Fact.Dropped(new IkeSaId(header.InitiatorSpi, header.ResponderSpi), path.Link, path.Remote, IkeDrop.UnknownSpi));
        // RFC 7296 §2.21.4: may be answered, never in answer to a response. It tells the peer early that we restarted.
        if (!header.IsResponse && message.Payloads is [EncryptedPayload or EncryptedFragmentPayload])
            _responder.AnswerUnprotected(now, path, header, new NotifyPayload(NotifyType.InvalidIkeSpi));
    }

    private void HandleForSa(Instant now, IkeSa sa, IkePath path, IkeMessage message, ReadOnlySpan<byte> datagram)
    {
        var header = message.Header;
        switch (message.Payloads)
        {
            case [EncryptedPayload sk]:
                sa.HandleProtected(now, path, header, datagram.ToArray(), sk.FirstInner, sk.BodyOffset);
                break;
            case [EncryptedFragmentPayload skf]:
                sa.HandleFragment(now, path, header, datagram.ToArray(), skf);
                break;
            case var payloads when header is { IsResponse: true, Exchange: ExchangeType.IkeSaInit } && sa.WeInitiated
                                   && sa.Handshake is InitiatorHandshake handshake && payloads.Count > 0:
                handshake.HandleInitResponse(now, message, datagram.ToArray());
                break;
            case [NotifyPayload { Notify: NotifyType.InvalidIkeSpi }] when header.IsResponse:
                Facts.Add(new Ikev2Fact.ErrorReceived(sa.Id, sa.Path.Link, sa.Path.Remote, header.Exchange, NotifyType.InvalidIkeSpi, false));
                sa.HandleHint(now);
                break;
            default:
                sa.Drop(IkeDrop.Unprotected);
                break;
        }
    }

    private void HandleDrop(Instant now, IkeSa sa)
    {
        sa.DropAt = null;
        switch (sa.State)
        {
            case IkeSaState.Initiating:
            case IkeSaState.Authenticating:
                ((IIkeSaHost)this).InitiationFailed(now, sa, InitiationFailure.Timeout, "handshake took too long");
                Remove(sa);
                break;
            case IkeSaState.Established:
                // Childless for too long.
                BeginDelete(now, sa);
                break;
            default:
                Remove(sa);
                break;
        }
    }

    /// <summary>Sends a DELETE. Its children stay inbound until that is answered, if the channel goes on.</summary>
    private void BeginDelete(Instant now, IkeSa sa)
    {
        sa.State = IkeSaState.Closing;
        sa.DropAt = null;
        sa.CancelWaiting();
        // Another child SA takes over sending now, rather than when this one's are removed.
        if (sa.Channel is { } channel)
            _channels.Reselect(channel);
        sa.Request(now, new DeleteExchange(false));
    }

    /// <param name="neighbor">Null to go by the SA's path.</param>
    private void Add(IkeSa sa, NeighborSas? neighbor)
    {
        _sas.Add(sa.LocalSpi, sa);
        if (neighbor is null && !_neighbors.TryGetValue(sa.Path.Neighbor, out neighbor))
        {
            neighbor = new NeighborSas(sa.Path.Neighbor);
            _neighbors.Add(neighbor.Key, neighbor);
        }

        neighbor.Sas.Add(sa);
        sa.Neighbor = neighbor;
        Touch(neighbor);
    }

    private void Remove(IkeSa sa)
    {
        _halfOpen.Remove(sa);
        sa.State = IkeSaState.Closed;
        _sas.Remove(sa.LocalSpi);
        sa.Dispose();
        if (sa.Neighbor is not { } neighbor)
            return;
        sa.Neighbor = null;
        neighbor.Sas.Remove(sa);
        Touch(neighbor);
        if (neighbor.Sas.Count == 0)
            _neighbors.Remove(neighbor.Key);
    }

    /// <summary>Every event touches the neighbour that it concerns: its deadline is computed anew before the next is asked for.</summary>
    private void Touch(IkeSa sa)
    {
        if (sa.Neighbor is { } neighbor)
            Touch(neighbor);
    }

    private void Touch(NeighborSas neighbor)
    {
        if (neighbor.IsTouched)
            return;
        neighbor.IsTouched = true;
        _touched.Add(neighbor);
    }

    private ulong NewIkeSpi()
    {
        while (true)
        {
            var spi = Random.NextUInt64();
            if (spi != 0 && !_sas.ContainsKey(spi))
                return spi;
        }
    }

    /// <summary>Soft and hard lifetime by time; none of it concerns an SA that was replaced or is closing.</summary>
    private void HandleLifetime(Instant now, IkeSa sa)
    {
        if (sa is not { IsLive: true })
            return;
        if (sa.HardAt is { } hardAt && now >= hardAt)
        {
            ((IIkeSaHost)this).Exhausted(now, sa);
        }
        else if (sa.RekeyAt is { } rekeyAt && now >= rekeyAt)
        {
            sa.RekeyAt = null;
            Facts.Add(new Ikev2Fact.LifetimeNear(sa.Id, sa.Path.Link, sa.Path.Remote, null));
            RekeyIkeSa(now, sa);
        }
    }

    private void RekeyIkeSa(Instant now, IkeSa sa)
    {
        if (!sa.IsRekeying && sa.Keys is { } keys)
            sa.Request(now, new RekeyIkeExchange(this, keys.Suite.Group));
    }

    private void SetLifetime(Instant now, IkeSa sa)
    {
        sa.RekeyAt = now + Options.SoftLifetime(Options.IkeSaLifetime, Random);
        sa.HardAt = now + Options.IkeSaLifetime * Options.HardLifetime;
    }

    private void SetExpiry(IkeSa sa)
    {
        sa.ExpiresAt = null;
        if (sa.Peer is not { } peer || _clock.Date is not { } date)
            return;
        var left = peer.NotAfter - date;
        if (left < Forever)
            sa.ExpiresAt = _clock.At + left + LastSecond;
    }
}
