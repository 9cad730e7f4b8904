using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Rpl;

namespace Acp.Core.Rpl;

/// <summary>
/// RPL as the ACP uses it (RFC 8994 §6.12): one instance, storing mode, OF0, no Trickle. Every node is root of its own
/// DODAG until it hears a better one; the best one heard wins (grounded, then preference, then lower DODAGID), so that
/// split networks elect a root each and merged ones agree. Not thread-safe.
/// </summary>
/// <remarks>
/// This file holds the events and the sending of what is due; <c>RplMachine.Parents.cs</c> chooses DODAG and parents;
/// <c>RplMachine.Daos.cs</c> keeps the way down;
/// <c>RplMachine.Handover.cs</c> keeps the old way while a new one is made.
/// </remarks>
public sealed partial class RplMachine : IMachine
{
    private readonly RplOptions _options;
    private readonly Ipv6Address _ownAddress;
    private readonly Ipv6Prefix _ownPrefix;
    private readonly RandomSource _random;
    private readonly OrderedTable<ChannelId, RplNeighbor> _neighbors = new();
    private readonly Dictionary<Ipv6Prefix, RplRoute> _routes = [];

    // A hub has a thousand neighbours: an event looks at those that it touched, at those that are due, and at the few with a session.
    private readonly DeadlineHeap<RplNeighbor> _deadlines = new();
    private readonly List<RplNeighbor> _touched = [];
    private readonly OrderedTable<ChannelId, RplNeighbor> _withSession = new();

    /// <param name="ownAcpAddress">The node's ACP address, which names the DODAG when it is root.</param>
    /// <param name="ownPrefix">The prefix of its addressing sub-scheme (/127, /120 or /112) that contains the address.</param>
    public RplMachine(RplOptions options, Ipv6Address ownAcpAddress, Ipv6Prefix ownPrefix, RandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Preference, 7, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDaoParents, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxDaoParents, 4, nameof(options));
        ArgumentOutOfRangeException.ThrowIfZero(options.MinHopRankIncrease, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MinHopRankIncrease, Rank.LargestMinHopRankIncrease, nameof(options));
        if (!ownPrefix.Contains(ownAcpAddress))
            throw new ArgumentException($"{ownAcpAddress} is not in {ownPrefix}", nameof(ownPrefix));
        _options = options;
        _ownAddress = ownAcpAddress;
        _ownPrefix = ownPrefix;
        _random = random;
        _preference = options.Preference;
        _memory = new RankMemory(options);
        _targets = new TargetTable(options.MaxPaths);
        _wanted = Wanted;
        _isOver = IsOver;
        _dodag = Dodag.Own(_preference, ownAcpAddress);
        _ownConfiguration = _configuration = new DodagConfigurationOption(
            AuthenticationEnabled: false,
            PathControlSize: 7,
            DioIntervalDoublings: 20,
            DioIntervalMin: 3,
            DioRedundancyConstant: 10,
            MaxRankIncrease: 0,
            MinHopRankIncrease: options.MinHopRankIncrease,
            ObjectiveCodePoint: 0,
            options.DefaultLifetime,
            options.LifetimeUnit);
        _unsaidConfiguration = _ownConfiguration with { MinHopRankIncrease = Rank.DefaultMinHopRankIncrease };
        _rank = RootRank;
        _announced = CurrentDio();
        _announcedContent = (_version, _rank, _dodag, _dtsn, _configuration);
    }

    public Outbox<RplAction> Actions { get; } = new();

    public Outbox<RplFact> Facts { get; } = new();

    public RplCounters Counters { get; } = new();

    /// <summary>Root for a reason: configured, registrar or ACP connect, and nobody better is heard.</summary>
    public bool IsGroundedRoot => _parent is null && _dodag.Grounded;

    /// <summary>All routes that should exist in the acp namespace; the actions are its changes.</summary>
    public IReadOnlyDictionary<Ipv6Prefix, RplRoute> Routes => _routes;

    /// <inheritdoc/>
    public Instant? NextDeadline { get; private set; }

    /// <summary>The DODAG that this node is in; its own, named after its ACP address, when it is root.</summary>
    public Ipv6Address DodagId => _dodag.Id;

    /// <summary>A snapshot for status output.</summary>
    public RplStatus Status => new(
        _parent is not null ? RplRole.Joined : _dodag.Grounded ? RplRole.Root : RplRole.Floating,
        _dodag.Id,
        _version,
        _dodag.Preference,
        _rank,
        Math.Max(0, _rank - MinHop(_configuration)) / (Rank.Step * MinHop(_configuration)),
        _parent?.Channel,
        [.. _daoParents.Select(p => p.Channel)],
        [.. _neighbors.Values.Select(n => new RplNeighborStatus(
            n.Channel, n.Address, n.Dio?.DodagId, n.Dio?.Rank, n.RankFactor, n.Dio is null ? null : n.DioAt, _targets.CountOf(n.Channel)))],
        [.. _neighbors.Keys.Where(c => _targets.CountOf(c) > 0)],
        _targets.Count,
        _routes.Count);

    /// <summary>
    /// A secure channel came up. <paramref name="localLinkLocal"/> is our address on it. A channel that is up already
    /// starts anew: the neighbour may have been restarted.
    /// </summary>
    /// <param name="linkMbps">Speed of the link below; 0 when unknown, which counts as fast (RFC 8994 §6.12.1.6).</param>
    /// <param name="rankFactor">The operator's cost for it (1 or more) instead of the one derived from speed; 0 for none.</param>
    public void HandleChannelUp(
        Instant now, ChannelId channel, Ipv6Address localLinkLocal, int linkMbps = 0, int rankFactor = 0)
    {
        if (_neighbors.ContainsKey(channel))
            RemoveNeighbor(now, channel);
        var neighbor = new RplNeighbor(channel, localLinkLocal, rankFactor > 0 ? rankFactor : Rank.FactorFor(linkMbps))
        {
            DioPending = true,
            DisAt = now,
            DisBackoff = _options.DisRetry,
        };
        _neighbors.Add(channel, neighbor);
        Touch(neighbor);
        Commit(now);
    }

    /// <summary>The channel is gone, for whatever reason: everything that led through it goes at once.</summary>
    public void HandleChannelDown(Instant now, ChannelId channel)
    {
        RemoveNeighbor(now, channel);
        Commit(now);
    }

    /// <summary>
    /// A RPL message arrived on a channel: ICMPv6 from the type octet on, its checksum already verified. Hop limits are
    /// not looked at; peers differ, and the channel is authenticated.
    /// </summary>
    public void HandleMessage(
        Instant now, ChannelId channel, Ipv6Address source, Ipv6Address destination, ReadOnlySpan<byte> icmpv6)
    {
        Counters.Received++;
        if (!RplCodec.TryDecode(icmpv6, out var message, out var refusal))
        {
            Counters.Count(refusal);
            Facts.Add(new RplMessageRefused(channel, refusal));
        }
        else if (!_neighbors.TryGetValue(channel, out var neighbor))
            Ignore(channel, RplIgnoreReason.UnknownChannel);
        else if (!source.IsLinkLocal || source == neighbor.LocalLinkLocal)
            Ignore(channel, RplIgnoreReason.BadSource);
        else if (message is DaoMessage or DaoAckMessage && destination != neighbor.LocalLinkLocal)
            Ignore(channel, RplIgnoreReason.BadDestination);
        else
        {
            Meet(now, ref neighbor, source);
            Touch(neighbor);
            switch (message)
            {
                case DisMessage dis:
                    HandleDis(now, neighbor, dis, destination.IsMulticast);
                    break;
                case DioMessage dio:
                    HandleDio(now, neighbor, dio);
                    break;
                case DaoMessage dao:
                    HandleDao(now, neighbor, dao, isLast: icmpv6.Length + LongestTarget <= _options.MaxMessageSize);
                    break;
                case DaoAckMessage ack:
                    HandleDaoAck(now, neighbor, ack);
                    break;
            }
        }
        Commit(now);
    }

    /// <inheritdoc/>
    public void HandleTime(Instant now) => Commit(now);

    /// <summary>The node's role changed: registrar, ACP connect, configured root or none of them (RFC 8994 §6.12.1.12).</summary>
    public void SetPreference(Instant now, byte preference)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(preference, 7);
        _preference = preference;
        _reevaluate = true;
        Commit(now);
    }

    /// <summary>
    /// Global repair, by an operator's command only (RFC 8994 §6.12.1.7): as root, raise the DODAGVersion, so that every
    /// node chooses its parent anew. False when this node is not root.
    /// </summary>
    public bool RaiseVersion(Instant now)
    {
        if (_parent is not null)
            return false;
        _version = _ownVersion = SequenceCounter.Next(_version);
        Commit(now);
        return true;
    }

    /// <summary>Asks all neighbours below for their DAOs again (RFC 6550 §9.6).</summary>
    public void RaiseDtsn(Instant now)
    {
        _dtsn = SequenceCounter.Next(_dtsn);
        Commit(now);
    }

    private void Ignore(ChannelId channel, RplIgnoreReason reason)
    {
        Counters.Count(reason);
        Facts.Add(new RplMessageIgnored(channel, reason));
    }

    /// <summary>A neighbour that speaks from another address than before was restarted, and knows nothing of us.</summary>
    private void Meet(Instant now, ref RplNeighbor neighbor, Ipv6Address source)
    {
        if (neighbor.Address is { } known && known != source)
        {
            var fresh = new RplNeighbor(neighbor.Channel, neighbor.LocalLinkLocal, neighbor.RankFactor)
            {
                DioPending = true,
                LastDioSent = neighbor.LastDioSent,
                DisAt = now,
                DisBackoff = _options.DisRetry,
            };
            RemoveNeighbor(now, neighbor.Channel);
            _neighbors.Add(fresh.Channel, fresh);
            neighbor = fresh;
        }
        neighbor.Address = source;
    }

    private void RemoveNeighbor(Instant now, ChannelId channel)
    {
        if (!_neighbors.Remove(channel, out var neighbor))
            return;
        EndSession(neighbor);
        _touched.Remove(neighbor);
        _deadlines.Cancel(neighbor);
        _targets.RemoveChannel(channel);
        _reevaluate = true;
    }

    /// <summary>What is known of the neighbour's rank is worthless; asks for it again.</summary>
    private void Forget(Instant now, RplNeighbor neighbor)
    {
        neighbor.Dio = null;
        neighbor.DisAt = now + _options.DisRetry;
        neighbor.DisBackoff = _options.DisRetry;
        _reevaluate = true;
        Touch(neighbor);
    }

    private void HandleDis(Instant now, RplNeighbor neighbor, DisMessage dis, bool multicast)
    {
        foreach (var option in dis.Options)
        {
            if (option is SolicitedInformationOption s
                && (s.VersionPredicate && s.Version != _version
                    || s.InstancePredicate && s.InstanceId != 0
                    || s.DodagIdPredicate && s.DodagId != _dodag.Id))
            {
                Ignore(neighbor.Channel, RplIgnoreReason.PredicateMismatch);
                return;
            }
        }
        if (!multicast)
        {
            neighbor.UnicastDioPending = true;
            return;
        }
        // Who asks everybody has just come up, perhaps again: its counters start anew, and what we told it is lost.
        neighbor.DioPending = true;
        neighbor.DaoHeard = null;
        if (neighbor.Session is { Place: not null } session)
            session.Resync(now, _random.NextSpan(_options.DelayDao), AdvertisedPrefixes());
    }

    private void HandleDio(Instant now, RplNeighbor neighbor, DioMessage dio)
    {
        if (dio.InstanceId != 0)
        {
            Ignore(neighbor.Channel, RplIgnoreReason.OtherInstance);
            return;
        }
        var before = neighbor.Dio;
        neighbor.DisAt = null;
        neighbor.DioAt = now;
        neighbor.Dio = dio;
        if (before is null || before.DodagId != dio.DodagId)
            (neighbor.Configuration, neighbor.ConfigurationAsked) = (null, false);
        foreach (var option in dio.Options)
        {
            if (option is DodagConfigurationOption configuration)
                neighbor.Configuration = configuration;
        }
        if (neighbor.Configuration is null && !neighbor.ConfigurationAsked)
        {
            // Some roots leave it out, or send it now and then.
            neighbor.ConfigurationAsked = true;
            Send(neighbor, neighbor.Address!.Value, new DisMessage());
        }
        if (before == dio)
            return;
        LookBeside(neighbor);
        _reevaluate = true;
        if (dio.ModeOfOperation != StoringMode)
            Ignore(neighbor.Channel, RplIgnoreReason.UnsupportedMode);
        else if (neighbor.Configuration is { ObjectiveCodePoint: not 0 })
            Ignore(neighbor.Channel, RplIgnoreReason.UnsupportedObjectiveFunction);
        else if (neighbor.Configuration is { MinHopRankIncrease: > Rank.LargestMinHopRankIncrease })
            Ignore(neighbor.Channel, RplIgnoreReason.UnusableConfiguration);
        // Jitter, as all children of this parent hear the same.
        if (before is not null && before.Dtsn != dio.Dtsn && neighbor.Session is { Place: not null } session)
            session.Resync(now, _random.NextSpan(_options.DelayDao), AdvertisedPrefixes());
        if (_parent is null && dio.DodagId == _ownAddress && SequenceCounter.IsNewer(dio.Version, _version))
        {
            // Our own DODAG from before a restart, at a version that we have forgotten: go beyond it.
            _version = _ownVersion = SequenceCounter.Next(dio.Version);
        }
    }

    /// <summary>After every event: choose, then put what is due into the outbox.</summary>
    private void Commit(Instant now)
    {
        while (_deadlines.TryTakeDue(now, out var due))
            Touch(due);
        foreach (var neighbor in TouchedInOrder())
        {
            if (neighbor.Dio is not null && neighbor.DioAt + _options.DioStale <= now)
            {
                Forget(now, neighbor);
                Facts.Add(new NeighborStale(neighbor.Channel));
            }
        }
        _targets.Expire(now);
        if (_nextEligible <= now)
            _reevaluate = true;
        if (_reevaluate)
            ChooseParents(now);
        SettleHandover(now);
        RefreshPaths(now);
        SettleRoutes(now);
        PollSessions(now);
        if (_reevaluate)
        {
            // A parent has just failed.
            ChooseParents(now);
            SettleHandover(now);
            SettleRoutes(now);
            PollSessions(now);
        }
        AnnounceChanges();
        foreach (var neighbor in TouchedInOrder())
        {
            SendDue(now, neighbor);
            neighbor.IsTouched = false;
            _deadlines.Set(neighbor, neighbor.NextDeadline(_options));
        }
        _touched.Clear();
        NextDeadline = EarliestDeadline();
    }

    private Instant? EarliestDeadline()
    {
        var next = Instant.Earlier(_targets.EarliestExpiry, RefreshDeadline);
        next = Instant.Earlier(next, _nextEligible);
        next = Instant.Earlier(next, _handover?.Until);
        foreach (var neighbor in _withSession.Values)
            next = Instant.Earlier(next, neighbor.Session!.NextDeadline);
        return Instant.Earlier(next, _deadlines.Earliest);
    }

    /// <summary>Due to every neighbour that something changes.</summary>
    private void Touch(RplNeighbor neighbor)
    {
        if (neighbor.IsTouched)
            return;
        neighbor.IsTouched = true;
        _touched.Add(neighbor);
    }

    private void TouchEveryNeighbor()
    {
        foreach (var neighbor in _neighbors.Values)
            Touch(neighbor);
    }

    /// <summary>By channel, whatever happened in which order.</summary>
    private List<RplNeighbor> TouchedInOrder()
    {
        if (_touched.Count > 1)
            _touched.Sort((a, b) => a.Channel.CompareTo(b.Channel));
        return _touched;
    }

    private void AnnounceChanges()
    {
        var content = (_version, _rank, _dodag, _dtsn, _configuration);
        if (content == _announcedContent)
            return;
        _announcedContent = content;
        _announced = CurrentDio();
        foreach (var neighbor in _neighbors.Values)
            neighbor.DioPending = true;
        TouchEveryNeighbor();
    }

    private DioMessage CurrentDio() =>
        new(0, _version, _rank, _dodag.Grounded, StoringMode, _dodag.Preference, _dtsn, _dodag.Id) { Options = [_configuration] };

    private void SendDue(Instant now, RplNeighbor neighbor)
    {
        if (neighbor.DisAt <= now)
        {
            neighbor.DisAt = now + neighbor.DisBackoff;
            neighbor.DisBackoff = neighbor.DisBackoff * 2 < _options.DioRefresh ? neighbor.DisBackoff * 2 : _options.DioRefresh;
            Send(neighbor, Ipv6Address.AllRplNodes, new DisMessage());
        }
        if (neighbor.DioDueAt(_options.DioMinInterval) <= now)
        {
            var triggered = neighbor.DioPending;
            if (!triggered && neighbor.DioRepeats > 0)
                neighbor.DioRepeats--;
            neighbor.DioPending = false;
            neighbor.LastDioSent = now;
            neighbor.DioInterval = triggered ? _options.DioEcho : neighbor.DioInterval * 4;
            if (neighbor.DioInterval > _options.DioRefresh)
                neighbor.DioInterval = _options.DioRefresh;
            neighbor.DioRefreshAt = now + neighbor.DioInterval;
            Send(neighbor, Ipv6Address.AllRplNodes, _announced);
        }
        if (neighbor.UnicastDioDueAt(_options.DioMinInterval) <= now && neighbor.Address is { } address)
        {
            neighbor.UnicastDioPending = false;
            neighbor.LastUnicastDio = now;
            Send(neighbor, address, _announced);
        }
    }

    private void Send(RplNeighbor neighbor, Ipv6Address destination, RplMessage message) =>
        Send(neighbor, destination, RplCodec.Encode(message));

    private void Send(RplNeighbor neighbor, Ipv6Address destination, byte[] message)
    {
        Counters.Sent++;
        Actions.Add(new SendRpl(neighbor.Channel, destination, message));
    }

    private void SetRoute(Ipv6Prefix prefix, RplRoute? route)
    {
        var exists = _routes.TryGetValue(prefix, out var old);
        if (route is not { } wanted)
        {
            if (_routes.Remove(prefix))
                Actions.Add(new RouteRemoved(prefix));
            return;
        }
        if (exists && old == wanted)
            return;
        _routes[prefix] = wanted;
        Actions.Add(exists
            ? new RouteReplaced(prefix, wanted.Channel, wanted.NextHop)
            : new RouteAdded(prefix, wanted.Channel, wanted.NextHop));
    }
}
