using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Rpl;

namespace Acp.Core.Rpl;

// The way down: targets learned from children, and told to DAO parents (RFC 6550 §9).
public sealed partial class RplMachine
{
    /// <summary>Refused for want of room; 128 and more mean "choose another parent" (RFC 6550 §6.5.1).</summary>
    private const byte StatusTableFull = 128;

    /// <summary>Accepted, except for targets that make no sense.</summary>
    private const byte StatusRemark = 1;

    /// <summary>Seconds.</summary>
    private const int ShortestLifetime = 60;

    /// <summary>A DAO that seems older than one heard this long ago is not a straggler, but from a restarted neighbour.</summary>
    private static readonly TimeSpan DaoReordering = TimeSpan.FromSeconds(10);

    private readonly TargetTable _targets;
    private readonly Func<RplNeighbor, Ipv6Prefix, int, TargetAdvert?> _wanted;
    private readonly Func<RplNeighbor, Ipv6Prefix, bool> _isOver;
    private readonly HashSet<Ipv6Prefix> _served = [];
    private byte _pathSequence = SequenceCounter.Initial;
    private Instant? _lastRefresh;

    /// <summary>A third of the lifetime of what we tell (RFC 6550 §6.7.8); never when that is infinite or nobody listens.</summary>
    private Instant? RefreshDeadline =>
        _daoParents.Count == 0 || DefaultLifetime == 255 || _lastRefresh is not { } last
            ? null
            : last + LifetimeOf(DefaultLifetime) / 3;

    /// <summary>Seconds. A unit of nothing would make all paths void; it counts as not given.</summary>
    private int LifetimeUnit => _configuration.LifetimeUnit > 0 ? _configuration.LifetimeUnit : _ownConfiguration.LifetimeUnit;

    /// <summary>
    /// Of what we tell, in units: what the root advertises. Where that is nothing, which would be a No-Path, ours; where it
    /// is so short that everybody would do nothing but refresh, enough units for <see cref="ShortestLifetime"/>.
    /// </summary>
    private byte DefaultLifetime
    {
        get
        {
            var given = _configuration.DefaultLifetime > 0 ? _configuration.DefaultLifetime : _ownConfiguration.DefaultLifetime;
            var least = (ShortestLifetime + LifetimeUnit - 1) / LifetimeUnit;
            return given == 255 ? given : (byte)Math.Max((int)given, least);
        }
    }

    /// <summary>
    /// Prefixes of the Manual addressing sub-scheme (/64) that this node serves, for instance to ACP connect subnets
    /// (RFC 8994 §6.12.1.11). Replaces the previous set.
    /// </summary>
    public void SetServedPrefixes(Instant now, IReadOnlyCollection<Ipv6Prefix> prefixes)
    {
        var touched = new HashSet<Ipv6Prefix>(_served);
        touched.SymmetricExceptWith(prefixes);
        _served.Clear();
        _served.UnionWith(prefixes);
        foreach (var prefix in touched)
            TouchAll(now, prefix, urgent: !_served.Contains(prefix));
        Commit(now);
    }

    private TimeSpan LifetimeOf(byte units) => TimeSpan.FromSeconds(units * LifetimeUnit);

    private IEnumerable<Ipv6Prefix> OwnPrefixes()
    {
        yield return _ownPrefix;
        if (_options.AnnounceOwnAddress && _ownPrefix.Length < 128)
            yield return Ipv6Prefix.Host(_ownAddress);
        foreach (var prefix in _served)
            yield return prefix;
    }

    private bool IsOwn(Ipv6Prefix prefix) =>
        prefix == _ownPrefix || _served.Contains(prefix) || _options.AnnounceOwnAddress && prefix == Ipv6Prefix.Host(_ownAddress);

    private IEnumerable<Ipv6Prefix> AdvertisedPrefixes() => OwnPrefixes().Concat(_targets.Prefixes);

    /// <summary>What the DAO parent at this place should know of a target; null for nothing.</summary>
    private TargetAdvert? Wanted(RplNeighbor parent, Ipv6Prefix prefix, int place)
    {
        if (IsOwn(prefix))
        {
            var control = PathControl.ForOwn(place, _configuration.PathControlSize);
            return place > 0 && control == 0 ? null : new TargetAdvert(_pathSequence, control, DefaultLifetime);
        }
        // Never tell a parent what it told us.
        if (_targets.Has(prefix, parent.Channel) || _targets.Best(prefix) is not { } path || _neighbors[path.Channel].IsBeside)
            return null;
        return PathControl.ForChild(path.PathControl, place, _daoParents.Count) is { } share
            ? new TargetAdvert(path.PathSequence ?? SequenceCounter.Initial, share, path.Lifetime)
            : null;
    }

    /// <param name="isLast">There was room for more, so that this is all there is for now.</param>
    private void HandleDao(Instant now, RplNeighbor neighbor, DaoMessage dao, bool isLast)
    {
        if (dao.InstanceId != 0)
        {
            Ignore(neighbor.Channel, RplIgnoreReason.OtherInstance);
            return;
        }
        if (dao.DodagId is { } dodagId && dodagId != _dodag.Id)
        {
            Ignore(neighbor.Channel, RplIgnoreReason.OtherDodag);
            return;
        }
        if (neighbor.DaoHeard is { } last && now < last.At + DaoReordering && SequenceCounter.IsOlder(dao.Sequence, last.Sequence))
        {
            Ignore(neighbor.Channel, RplIgnoreReason.OldSequence);
            return;
        }
        neighbor.DaoHeard = (dao.Sequence, now);
        var status = ReadTargets(now, neighbor, dao, out var offers);
        if (offers)
            SetBeside(neighbor, false);
        if (offers && _daoParents.Contains(neighbor))
        {
            // Each believes to be below the other. Its DAO is the younger news: forget its DIO, and ask.
            Facts.Add(new LoopSuspected(neighbor.Channel));
            Forget(now, neighbor);
            Send(neighbor, neighbor.Address!.Value, new DisMessage());
        }
        if (offers && isLast)
            HandoverTold(now, neighbor);
        if (dao.AckRequested)
            Send(neighbor, neighbor.Address!.Value, new DaoAckMessage(0, dao.Sequence, status, null));
    }

    /// <summary>
    /// Targets, each group followed by its Transit Information. A group without one (rpld and Unstrung send none) is
    /// taken with the default lifetime; a further Transit after a group (RIOT) replaces the one before.
    /// </summary>
    private byte ReadTargets(Instant now, RplNeighbor neighbor, DaoMessage dao, out bool offers)
    {
        byte status = 0;
        offers = false;
        var group = new List<Ipv6Prefix>();
        TransitInformationOption? transit = null;
        foreach (var option in dao.Options)
        {
            if (option is RplTargetOption target)
            {
                if (transit is not null)
                    offers |= Apply(now, neighbor, group, transit, ref status);
                transit = null;
                group.Add(target.Prefix);
            }
            else if (option is TransitInformationOption given)
            {
                transit = given;
            }
        }
        offers |= Apply(now, neighbor, group, transit, ref status);
        return status;
    }

    private bool Apply(
        Instant now, RplNeighbor neighbor, List<Ipv6Prefix> group, TransitInformationOption? transit, ref byte status)
    {
        var lifetime = transit?.PathLifetime ?? DefaultLifetime;
        Instant? expiresAt = lifetime == 255 ? null : now + LifetimeOf(lifetime);
        var offers = false;
        foreach (var prefix in group)
        {
            if (lifetime == 0)
            {
                _targets.Remove(neighbor.Channel, prefix);
            }
            else if (!IsAcceptable(prefix))
            {
                Ignore(neighbor.Channel, RplIgnoreReason.UnacceptableTarget);
                status = Math.Max(status, StatusRemark);
            }
            else if (_targets.Set(neighbor.Channel, prefix, transit?.PathSequence, transit?.PathControl ?? 0, lifetime, expiresAt))
            {
                offers = true;
            }
            else
            {
                if (status != StatusTableFull)
                    Facts.Add(new PathTableFull(neighbor.Channel, _options.MaxPaths));
                status = StatusTableFull;
            }
        }
        group.Clear();
        return offers;
    }

    /// <summary>No default route, nothing that would swallow or lie in our own prefixes, only unicast of global reach.</summary>
    private bool IsAcceptable(Ipv6Prefix prefix) =>
        prefix.Length >= 64 && !prefix.Address.IsMulticast && !prefix.Address.IsLinkLocal && prefix.Address.High != 0
        && !prefix.Contains(_ownPrefix) && !_ownPrefix.Contains(prefix) && !_served.Contains(prefix);

    /// <summary>No way to it is left, or the parent itself leads to it.</summary>
    private bool IsOver(RplNeighbor parent, Ipv6Prefix prefix) =>
        !IsOwn(prefix) && (_targets.Best(prefix) is null || _targets.Has(prefix, parent.Channel));

    private void HandleDaoAck(Instant now, RplNeighbor neighbor, DaoAckMessage ack)
    {
        if (ack.InstanceId != 0)
        {
            Ignore(neighbor.Channel, RplIgnoreReason.OtherInstance);
            return;
        }
        switch (neighbor.Session?.HandleAck(now, ack.Sequence, ack.Status) ?? DaoSessionEvent.None)
        {
            case DaoSessionEvent.Acknowledged:
                // To take a withdrawal is no sign that it would take targets.
                if (neighbor.Session?.Place is not null)
                    (neighbor.Penalties, neighbor.PenaltyUntil) = (0, null);
                break;
            case DaoSessionEvent.Failed:
                Penalise(now, neighbor, ack.Status);
                break;
            default:
                // rpld acknowledges what asked for no acknowledgement, and an answer may come twice.
                Ignore(neighbor.Channel, RplIgnoreReason.UnexpectedAck);
                break;
        }
    }

    private void Penalise(Instant now, RplNeighbor neighbor, byte? status)
    {
        if (neighbor.Session is not { Place: not null })
            return;
        var penalty = _options.ParentPenalty * (1 << Math.Min(neighbor.Penalties, 3));
        neighbor.Penalties++;
        neighbor.PenaltyUntil = now + penalty;
        _reevaluate = true;
        Facts.Add(new DaoParentFailed(neighbor.Channel, status, penalty));
    }

    /// <summary>Another way up: our own targets get a new Path Sequence (RFC 8994 §6.12.1.7).</summary>
    private void OwnPathChanged(Instant now)
    {
        _pathSequence = SequenceCounter.Next(_pathSequence);
        _lastRefresh = now;
        foreach (var prefix in OwnPrefixes())
            TouchAll(now, prefix, urgent: false);
    }

    /// <summary>Opens, moves and withdraws sessions after the set of DAO parents changed.</summary>
    private void DaoParentsChanged(Instant now)
    {
        foreach (var neighbor in _withSession.Values)
        {
            if (_daoParents.Contains(neighbor))
                continue;
            if (neighbor.Session is { Place: not null, WithdrawAt: null, HasTold: true } former)
                former.Keep(now + NoPathDelay);
            else if (neighbor.Session is { WithdrawAt: null } untold)
                untold.Withdraw(now);
        }
        for (var place = 0; place < _daoParents.Count; place++)
        {
            var neighbor = _daoParents[place];
            var session = BeginSession(neighbor);
            session.Place = place;
            session.Resume();
            session.IsSilent = IsSilent(session);
            // Shares of path control depend on place and number of parents; what is unchanged is not sent again.
            foreach (var prefix in AdvertisedPrefixes())
                session.Touch(now, prefix, urgent: false);
            // What was below us is above us now: it needs our targets before it lets go of the way through its own former parent.
            if (_targets.CountOf(neighbor.Channel) > 0)
                session.Hurry(now);
        }
    }

    /// <summary>
    /// Former DAO parents get their No-Path when everybody above us has had time to learn the new way: a No-Path is passed on at once,
    /// news of a new way is gathered at every hop. At once they get it for a target that we have lost, as they still send us packets for
    /// it, and for one that we would send back to them.
    /// </summary>
    private void SettleFormerDaoParents(Instant now)
    {
        foreach (var neighbor in _withSession.Values)
        {
            if (neighbor.Session is not { WithdrawAt: { } until } session)
                continue;
            if (until <= now)
            {
                session.Withdraw(now);
                continue;
            }
            foreach (var prefix in _targets.Changed)
            {
                if (_targets.Has(prefix, neighbor.Channel) || _targets.Best(prefix) is null && !IsOwn(prefix))
                    session.Retract(now, prefix);
            }
        }
    }

    private void TouchAll(Instant now, Ipv6Prefix prefix, bool urgent)
    {
        foreach (var parent in _daoParents)
            parent.Session?.Touch(now, prefix, urgent);
    }

    private void RefreshPaths(Instant now)
    {
        if (RefreshDeadline is not { } due || due > now)
            return;
        OwnPathChanged(now);
        foreach (var parent in _daoParents)
            parent.Session?.Resync(now, TimeSpan.Zero, AdvertisedPrefixes());
    }

    /// <summary>Brings routes and sessions in line with the targets that changed.</summary>
    private void SettleRoutes(Instant now)
    {
        SettleFormerDaoParents(now);
        foreach (var prefix in _targets.Changed)
        {
            var path = _targets.Best(prefix);
            SetRoute(prefix, path is null ? null : new RplRoute(path.Channel, _neighbors[path.Channel].Address!.Value));
            TouchAll(now, prefix, urgent: path is null);
        }
        _targets.Changed.Clear();
        SetRoute(Ipv6Prefix.Default, (_handover?.Former ?? _parent) is { } up ? new RplRoute(up.Channel, up.Address!.Value) : null);
    }

    private void PollSessions(Instant now)
    {
        foreach (var neighbor in _withSession.Values)
        {
            if (neighbor.Session is not { } session || neighbor.Address is not { } address)
                continue;
            switch (session.Poll(now, _wanted, _isOver, NoPathDelay, out var dao))
            {
                case DaoSessionEvent.Send:
                    Send(neighbor, address, dao!);
                    break;
                case DaoSessionEvent.Failed:
                    Penalise(now, neighbor, null);
                    break;
            }
            // What could not be withdrawn is not forgotten while the channel is there: the neighbour would lead packets to us for hours.
            if (session.Place is null && session.IsEmpty)
                EndSession(neighbor);
        }
    }

    private DaoSession BeginSession(RplNeighbor neighbor)
    {
        if (neighbor.Session is { } session)
            return session;
        _withSession.Add(neighbor.Channel, neighbor);
        return neighbor.Session = new DaoSession(neighbor, _options);
    }

    private void EndSession(RplNeighbor neighbor)
    {
        if (neighbor.Session is null)
            return;
        neighbor.Session = null;
        _withSession.Remove(neighbor.Channel);
    }
}
