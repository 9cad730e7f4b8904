using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Dull;

/// <summary>
/// DULL GRASP on one link (RFC 8990 §2.5.2, RFC 8994 §6.4): announces AN_ACP, hears neighbours, forgets them. One machine
/// per link, sharing nothing with those of other links (B-01). It sends floods only, always to ff02::13 port 7017, always
/// with loop count 1 (B-08), relays nothing (B-12) and answers no discovery (B-14).
/// <para>
/// What it hears is no more than a hint from anybody on the link, signed or not (O-14): bounded in number and good
/// for nothing but trying to authenticate whoever is there.
/// </para>
/// </summary>
public sealed class DullMachine : IMachine
{
    /// <summary>Octets of UDP payload that fit a 1280-octet packet (B-31).</summary>
    public const int MaxPayload = 1280 - 40 - 8;

    private readonly DullOptions _options;
    private readonly LinkId _link;
    private readonly RandomSource _random;
    private readonly Dictionary<Ipv6Address, DullNeighbor> _neighbors = [];
    private Ipv6Address? _linkLocal;
    private (Ipv6Address Own, ValueList<FloodEntry> Entries)? _anAcp;
    private bool _announcing;
    private ushort? _proxyPort;
    private int _fastStartDone;
    private Instant _startedAt;
    private Instant? _floodAt;
    private Instant? _answerAt;
    private Instant? _lastAnswer;
    private Instant? _lastFlood;

    /// <summary>Throws <see cref="ArgumentException"/> when the methods do not fit one packet (B-31).</summary>
    public DullMachine(DullOptions options, LinkId link, RandomSource random)
    {
        _options = options;
        _link = link;
        _random = random;
        if (options.Methods.Count == 0)
            throw new ArgumentException("DULL needs a method to announce", nameof(options));
        if (AnAcpFlood(uint.MaxValue, Ipv6Address.AllOnes).Length > MaxPayload)
            throw new ArgumentException($"{options.Methods.Count} methods do not fit a flood of {MaxPayload} octets", nameof(options));
    }

    public Outbox<DullAction> Actions { get; } = new();

    public Outbox<DullFact> Facts { get; } = new();

    public DullCounters Counters { get; } = new();

    /// <summary>Neighbours (or join proxies) in the cache.</summary>
    public int NeighborCount => _neighbors.Count;

    /// <summary>When the last of what this neighbour announced expires; null for an unknown one, or for never.</summary>
    public Instant? ExpiryOf(Ipv6Address peer) => _neighbors.TryGetValue(peer, out var neighbor) ? neighbor.NextExpiry : null;

    public Instant? NextDeadline
    {
        get
        {
            var next = Instant.Earlier(_floodAt, _answerAt);
            foreach (var neighbor in _neighbors.Values)
                next = Instant.Earlier(next, neighbor.NextExpiry);
            return next;
        }
    }

    /// <summary>The link works and <paramref name="linkLocal"/> may be sent from. Announces at once (B-38).</summary>
    public void HandleLinkUp(Instant now, Ipv6Address linkLocal)
    {
        if (_linkLocal == linkLocal)
            return;
        _linkLocal = linkLocal;
        Facts.Add(new DullFact.Started(_link, linkLocal));
        Start(now);
    }

    /// <summary>Our link-local address is another one now. The neighbours stay, and are told.</summary>
    public void HandleAddressChanged(Instant now, Ipv6Address linkLocal) => HandleLinkUp(now, linkLocal);

    /// <summary>The link is gone: so are its neighbours.</summary>
    public void HandleLinkDown(Instant now)
    {
        if (_linkLocal is null)
            return;
        _linkLocal = null;
        Start(now);
        ForgetAll();
        Facts.Add(new DullFact.Stopped(_link));
    }

    /// <summary>
    /// With an ACP certificate (true) we announce and seek AN_ACP; without, we announce nothing and look for AN_Proxy only
    /// (B-26). A machine starts without.
    /// </summary>
    public void SetAnnouncing(Instant now, bool announcing)
    {
        if (_announcing == announcing)
            return;
        ForgetAll();
        _announcing = announcing;
        Start(now);
    }

    /// <summary>
    /// We are a join proxy at this TCP port of our link-local address, or (null) no longer. Announced while we announce
    /// AN_ACP, at the same times, in a flood of its own because its ttl differs (L-06).
    /// </summary>
    public void SetProxyPort(Instant now, ushort? port)
    {
        if (_proxyPort == port)
            return;
        _proxyPort = port;
        if (port is not null && _announcing && _linkLocal is { } own)
            Send(AnProxyFlood(own, port.Value));
    }

    /// <summary>This neighbour has a secure channel: do not evict it. Unknown neighbours are passed over.</summary>
    public void MarkAuthenticated(Ipv6Address peer) => Mark(peer, true);

    /// <summary>It has none any more.</summary>
    public void ClearAuthenticated(Ipv6Address peer) => Mark(peer, false);

    public void HandleTime(Instant now)
    {
        Expire(now);
        if (_floodAt <= now)
        {
            Flood(now);
            ScheduleNext(now);
        }
        if (_answerAt <= now)
        {
            Flood(now);
            _lastAnswer = now;
        }
    }

    /// <summary>
    /// A datagram to UDP port 7017 on this link. Any hop limit will do: graspy sends 1, others may send 255, and what keeps
    /// strangers out is that a link-local source does not pass a router. No more is believed than that.
    /// </summary>
    public void HandleDatagram(Instant now, Ipv6Address source, int hopLimit, ReadOnlySpan<byte> payload)
    {
        Expire(now);
        Counters.Received++;
        if (hopLimit is not (1 or 255))
            Counters.UnusualHopLimit++;

        var refusal = ReadFlood(source, payload, out var flood);
        if (refusal != DullRefusal.None)
        {
            Counters.Count(refusal);
            return;
        }

        List<ChannelMethod>? offers = null;
        foreach (var entry in flood!.Entries)
        {
            refusal = ReadOffer(source, entry, out var offer);
            Counters.Count(refusal);
            if (refusal == DullRefusal.None)
                (offers ??= []).Add(offer!);
        }
        if (offers is not null)
            Hear(now, source, offers, flood.Ttl);
    }

    private DullRefusal ReadFlood(Ipv6Address source, ReadOnlySpan<byte> payload, out FloodMessage? flood)
    {
        flood = null;
        if (_linkLocal is null)
            return DullRefusal.LinkDown;
        if (source == _linkLocal)
            return DullRefusal.OwnDatagram;
        if (!source.IsLinkLocal)
            return DullRefusal.SourceNotLinkLocal;
        if (!GraspMessage.TryDecode(payload, out var message, out var why))
        {
            Counters.Count(why);
            return DullRefusal.NotGrasp;
        }
        if (message is not FloodMessage read)
            return DullRefusal.NotAFlood;
        // A message is judged by its first objective, whose count is the one that relays decrement (trap 5): graspy floods
        // AN_ACP with 1 and SRV.est with 6 behind it. The others are judged one by one.
        if (read.Entries[0].Objective.LoopCount != 1)
            return DullRefusal.LoopCountNotOne;
        if (read.Initiator.Ipv6 != source)
            return DullRefusal.InitiatorNotSource;
        flood = read;
        return DullRefusal.None;
    }

    private DullRefusal ReadOffer(Ipv6Address source, FloodEntry entry, out ChannelMethod? offer)
    {
        offer = null;
        var objective = entry.Objective;
        if (objective.Name is not (GraspConstants.AN_ACP or GraspConstants.AN_Proxy))
            return DullRefusal.ForeignObjective;
        if (objective.LoopCount != 1)
            return DullRefusal.LoopCountNotOne;
        if (_announcing != (objective.Name == GraspConstants.AN_ACP))
            return DullRefusal.NotSought;
        if (!objective.Flags.HasFlag(ObjectiveFlags.F_SYNCH))
            return DullRefusal.NotSynchronization;
        if (entry.Locator is not (null or Ipv6Locator))
            return DullRefusal.LocatorNotIpv6;
        var locator = entry.Locator as Ipv6Locator;
        // B-21; with the initiator known to be the source, B-20 as well. That also drops what graspy floods with the
        // link-local address of its first interface on all others: an address that is not the source's is not this link's.
        if (locator is not null && locator.Address != source)
            return DullRefusal.LocatorNotSource;
        return _announcing ? ReadMethod(objective, locator, out offer) : ReadProxy(locator, out offer);
    }

    private static DullRefusal ReadMethod(Objective objective, Ipv6Locator? locator, out ChannelMethod? offer)
    {
        offer = null;
        if (objective.Value is not { } value || !AnAcpObjective.TryDecode(value.Span, out var acp, out _))
            return DullRefusal.BadValue;
        ushort port = 0;
        if (acp.MethodName is ChannelMethod.IkeV2 or ChannelMethod.Dtls)
        {
            if (locator is { Protocol: not TransportProtocol.Udp } or { Port: 0 })
                return DullRefusal.BadEndpoint;
            if (locator is null && acp.MethodName == ChannelMethod.Dtls)
                return DullRefusal.NoPort;
            port = locator?.Port ?? ChannelMethod.IkeV2DefaultPort;
        }
        else if (locator is not null)
        {
            port = locator.Port;
        }
        offer = new ChannelMethod(acp.MethodName, port);
        return DullRefusal.None;
    }

    // L-06, L-08: TCP at the proxy's link-local address; any value will do.
    private static DullRefusal ReadProxy(Ipv6Locator? locator, out ChannelMethod? offer)
    {
        offer = null;
        if (locator is null)
            return DullRefusal.LocatorNotIpv6;
        if (locator.Protocol != TransportProtocol.Tcp || locator.Port == 0)
            return DullRefusal.BadEndpoint;
        offer = new ChannelMethod(GraspConstants.AN_Proxy, locator.Port);
        return DullRefusal.None;
    }

    private void Hear(Instant now, Ipv6Address source, List<ChannelMethod> offers, TimeSpan ttl)
    {
        var isNew = !_neighbors.TryGetValue(source, out var neighbor);
        if (neighbor is null)
        {
            if (!MakeRoom())
            {
                Counters.Count(DullRefusal.TableFull);
                return;
            }
            _neighbors[source] = neighbor = new DullNeighbor(source);
        }

        // A flood well before its period is a fast start: the neighbour came up anew and has not heard us yet.
        var restarted = !isNew && now - neighbor.LastHeard < _options.Period / 2
            && (_lastFlood is not { } flooded || now - flooded > _options.RestartAnswerSpacing);
        var changed = isNew;
        foreach (var offer in offers)
            changed |= neighbor.Hear(now, offer, ttl, _options.MaxMethodsPerNeighbor);
        Counters.Accepted += offers.Count;

        Tell(neighbor, ttl, isNew, changed);
        if (isNew)
            Facts.Add(new DullFact.NeighborFound(_link, source, neighbor.Methods));
        if ((isNew || restarted) && _announcing && _answerAt is null)
        {
            var soon = now + _random.NextSpan(_options.AnswerJitter);
            _answerAt = _lastAnswer + _options.AnswerSpacing is { } spaced && spaced > soon ? spaced : soon;
        }
    }

    private void Tell(DullNeighbor neighbor, TimeSpan ttl, bool isNew, bool changed)
    {
        if (_announcing)
            Actions.Add(new DullAction.NeighborHeard(_link, neighbor.Peer, neighbor.Methods, ttl, isNew, changed));
        else
            Actions.Add(new DullAction.ProxyHeard(_link, neighbor.Peer, neighbor.Methods.Select(m => m.Port).ToValueList(), ttl, isNew));
    }

    private bool MakeRoom()
    {
        if (_neighbors.Count < _options.MaxNeighbors)
            return true;
        DullNeighbor? oldest = null;
        foreach (var neighbor in _neighbors.Values)
        {
            if (!neighbor.IsAuthenticated && (oldest is null || neighbor.LastHeard < oldest.LastHeard))
                oldest = neighbor;
        }
        if (oldest is null)
            return false;
        Counters.Evicted++;
        Forget(oldest, evicted: true);
        return true;
    }

    private void Expire(Instant now)
    {
        List<DullNeighbor>? expired = null;
        foreach (var neighbor in _neighbors.Values)
        {
            if (neighbor.NextExpiry <= now)
                (expired ??= []).Add(neighbor);
        }
        foreach (var neighbor in expired ?? [])
        {
            neighbor.Expire(now);
            if (neighbor.IsEmpty)
                Forget(neighbor, evicted: false);
            else
                Tell(neighbor, neighbor.NextExpiry - now ?? TimeSpan.Zero, isNew: false, changed: false);
        }
    }

    private void Forget(DullNeighbor neighbor, bool evicted)
    {
        _neighbors.Remove(neighbor.Peer);
        Actions.Add(_announcing
            ? new DullAction.NeighborExpired(_link, neighbor.Peer)
            : new DullAction.ProxyExpired(_link, neighbor.Peer));
        Facts.Add(new DullFact.NeighborLost(_link, neighbor.Peer, evicted));
    }

    private void ForgetAll()
    {
        foreach (var neighbor in _neighbors.Values.OrderBy(n => n.Peer).ToList())
            Forget(neighbor, evicted: false);
    }

    private void Mark(Ipv6Address peer, bool authenticated)
    {
        if (_neighbors.TryGetValue(peer, out var neighbor))
            neighbor.IsAuthenticated = authenticated;
    }

    private void Start(Instant now)
    {
        _floodAt = null;
        _answerAt = null;
        _fastStartDone = 0;
        _startedAt = now;
        if (_linkLocal is null || !_announcing)
            return;
        Flood(now);
        ScheduleNext(now);
    }

    private void ScheduleNext(Instant now)
    {
        if (_fastStartDone < _options.FastStart.Count)
            _floodAt = _startedAt + _options.FastStart[_fastStartDone++] + _random.NextSpan(_options.FastStartJitter);
        else
            _floodAt = now + _options.Period - _options.PeriodJitter + _random.NextSpan(2 * _options.PeriodJitter);
    }

    // Any flood is also the answer that was due.
    private void Flood(Instant now)
    {
        _answerAt = null;
        if (_linkLocal is not { } own)
            return;
        _lastFlood = now;
        Send(AnAcpFlood(_random.NextUInt32(), own));
        if (_proxyPort is { } port)
            Send(AnProxyFlood(own, port));
    }

    private void Send(byte[] payload)
    {
        Counters.Sent++;
        Actions.Add(new DullAction.SendMulticast(_link, payload));
    }

    // [M_FLOOD, session-id, initiator, 210000, +[["AN_ACP", 4, 1, method-name], [O_IPv6_LOCATOR, initiator, IPPROTO_UDP, port]]]
    private byte[] AnAcpFlood(uint sessionId, Ipv6Address own)
    {
        if (_anAcp?.Own != own)
            _anAcp = (own, _options.Methods.Select(m => new FloodEntry(
                new AnAcpObjective(m.Name).ToObjective(),
                new Ipv6Locator(own, TransportProtocol.Udp, m.Port))).ToValueList());
        return new FloodMessage(sessionId, own, _options.Ttl, _anAcp.Value.Entries).Encode();
    }

    // [M_FLOOD, session-id, initiator, 180000, [["AN_Proxy", 4, 1, ""], [O_IPv6_LOCATOR, initiator, IPPROTO_TCP, port]]]
    private byte[] AnProxyFlood(Ipv6Address own, ushort port) => new FloodMessage(_random.NextUInt32(), own, _options.ProxyTtl,
        [new FloodEntry(
            new Objective(GraspConstants.AN_Proxy, ObjectiveFlags.F_SYNCH, 1, EmptyText),
            new Ipv6Locator(own, TransportProtocol.Tcp, port))]).Encode();

    private static ByteString EmptyText => new byte[] { 0x60 };
}
