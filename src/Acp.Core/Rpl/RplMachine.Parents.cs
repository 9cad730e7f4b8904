using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Rpl;

namespace Acp.Core.Rpl;

// The way up: which DODAG, which version, which parents (RFC 6550 §8.2, RFC 6552 §4).
public sealed partial class RplMachine
{
    /// <summary>MOP 2: storing mode without multicast.</summary>
    private const byte StoringMode = 2;

    private readonly RankMemory _memory;
    private readonly DodagConfigurationOption _ownConfiguration;

    /// <summary>Of a foreign root that never said: the values that RFC 6550 §17 gives ranks, the ACP's for the rest.</summary>
    private readonly DodagConfigurationOption _unsaidConfiguration;

    /// <summary>The preferred parent first; all of them hear our DAOs.</summary>
    private readonly List<RplNeighbor> _daoParents = [];

    private Dodag _dodag;
    private byte _version = SequenceCounter.Initial;
    private byte _ownVersion = SequenceCounter.Initial;
    private byte _dtsn = SequenceCounter.Initial;
    private ushort _rank;
    private byte _preference;
    private RplNeighbor? _parent;
    private DodagConfigurationOption _configuration;
    private DioMessage _announced;

    /// <summary>What of our state is in <see cref="_announced"/>.</summary>
    private (byte Version, ushort Rank, Dodag Dodag, byte Dtsn, DodagConfigurationOption Configuration) _announcedContent;

    private bool _reevaluate = true;

    /// <summary>When somebody may become eligible without any event: a hold or penalty ends, a rank settles.</summary>
    private Instant? _nextEligible;

    /// <summary>ROOT_RANK, which is MinHopRankIncrease (RFC 6550 §17).</summary>
    private ushort RootRank => _options.MinHopRankIncrease;

    /// <summary>Of a DODAG: what its root advertises. Zero would let ranks stand still; it counts as not given.</summary>
    private static int MinHop(DodagConfigurationOption? configuration) =>
        configuration is { MinHopRankIncrease: > 0 } given ? given.MinHopRankIncrease : Rank.DefaultMinHopRankIncrease;

    /// <summary>
    /// Of the DODAG that the neighbour is in: as it said itself; else, as who leaves it out is no other DODAG's, as our own parent said.
    /// </summary>
    private DodagConfigurationOption? ConfigurationOf(RplNeighbor neighbor) =>
        neighbor.Configuration ?? (_parent is not null && neighbor.Dio?.DodagId == _dodag.Id ? _configuration : null);

    private void ChooseParents(Instant now)
    {
        _reevaluate = false;
        var own = Dodag.Own(_preference, _ownAddress);
        var best = new Dictionary<Ipv6Address, Parent>();
        foreach (var neighbor in _neighbors.Values)
        {
            if (Candidate(now, neighbor) is { } candidate
                && (!best.TryGetValue(candidate.Dodag.Id, out var other) || IsBetter(candidate, other)))
                best[candidate.Dodag.Id] = candidate;
        }
        Parent? choice = null;
        foreach (var candidate in best.Values)
        {
            if (candidate.Dodag.IsBetterThan(choice?.Dodag ?? own))
                choice = candidate;
        }

        if (choice is { } chosen)
            Join(now, chosen);
        else
            ActAsRoot(now, own, formerParentWorks: _parent is { } former && Candidate(now, former) is not null);
        ChooseDaoParents(now);
        _nextEligible = NextEligible(now);
    }

    /// <summary>The neighbour as a parent, or null when it must not be one now.</summary>
    private Parent? Candidate(Instant now, RplNeighbor neighbor)
    {
        if (neighbor.Dio is not { } dio || neighbor.Address is null)
            return null;
        var configuration = ConfigurationOf(neighbor);
        if (dio.Rank == Rank.Infinite || dio.ModeOfOperation != StoringMode || dio.DodagId == _ownAddress
            || configuration is { ObjectiveCodePoint: not 0 })
            return null;
        var minHop = MinHop(configuration);
        var rank = Rank.Through(dio.Rank, neighbor.RankFactor, minHop);
        if (rank == Rank.Infinite)
            return null;
        var isMember = _parent is not null && dio.DodagId == _dodag.Id;
        if (isMember && SequenceCounter.IsOlder(dio.Version, _version))
            return null;
        var follows = isMember && neighbor == _parent && dio.Version == _version;
        var allowed = follows
            ? _memory.MayDeepen(now, dio.DodagId, dio.Version, rank, minHop)
            : _memory.IsFeasible(now, dio.DodagId, dio.Version, dio.Rank, Math.Min(minHop, MinHop(_configuration)));
        return allowed && _memory.IsWithin(dio.DodagId, dio.Version, rank, configuration?.MaxRankIncrease ?? 0)
            ? new Parent(neighbor, new Dodag(dio.Grounded, dio.Preference, dio.DodagId), dio.Version, rank, neighbor.PenaltyUntil > now)
            : null;
    }

    /// <summary>Within one DODAG: fresher version, then who answers, then lower rank, then who is parent already (RFC 6552 §4.2.1).</summary>
    private bool IsBetter(Parent candidate, Parent than)
    {
        if (candidate.Version != than.Version)
            return SequenceCounter.IsNewer(candidate.Version, than.Version);
        if (candidate.Penalised != than.Penalised)
            return than.Penalised;
        return candidate.Rank != than.Rank ? candidate.Rank < than.Rank : candidate.Neighbor == _parent;
    }

    private void Join(Instant now, Parent choice)
    {
        var sameDodag = _parent is not null && _dodag.Id == choice.Dodag.Id && _version == choice.Version;
        var sameParent = _parent == choice.Neighbor;
        if (!sameDodag)
        {
            Leave(now);
            Facts.Add(new DodagJoined(choice.Dodag.Id, choice.Version, choice.Rank, choice.Neighbor.Channel));
        }
        else if (!sameParent || _rank != choice.Rank)
        {
            Facts.Add(new ParentChanged(choice.Neighbor.Channel, choice.Rank));
        }
        if (!sameParent)
        {
            BeginHandover(now, choice.Neighbor, sameDodag);
            OwnPathChanged(now);
        }
        // Repeated unchanged (RFC 6550 §6.7.6).
        _configuration = ConfigurationOf(choice.Neighbor) ?? _unsaidConfiguration;
        _parent = choice.Neighbor;
        _dodag = choice.Dodag;
        _version = choice.Version;
        _rank = choice.Rank;
        _memory.Advertise(now, _dodag.Id, _version, _rank);
        if (!sameDodag)
            LookBesideAll();
    }

    /// <param name="formerParentWorks">It still has a way to somewhere that is not through us; it is only that we are better.</param>
    private void ActAsRoot(Instant now, Dodag own, bool formerParentWorks)
    {
        if (_parent is not null)
        {
            if (formerParentWorks)
                BeginHandover(now, null, false);
            else
                _handover = null;
            Leave(now);
            // Our children must hear it even if a message is lost (RFC 8994 §6.12.1.1.2).
            foreach (var neighbor in _neighbors.Values)
                neighbor.DioRepeats = _options.DetachDioCount - 1;
            TouchEveryNeighbor();
            Facts.Add(new BecameRoot(own.Id, _ownVersion, own.Preference, own.Grounded));
        }
        else if (_dodag != own)
        {
            Facts.Add(new BecameRoot(own.Id, _ownVersion, own.Preference, own.Grounded));
        }
        _parent = null;
        _dodag = own;
        _version = _ownVersion;
        _rank = RootRank;
        _configuration = _ownConfiguration;
        LookBesideAll();
    }

    private void Leave(Instant now)
    {
        if (_parent is null)
            return;
        var (lowest, hold) = _memory.Leave(now, _dodag.Id, _version);
        Facts.Add(new DodagLeft(_dodag.Id, _version, lowest, hold));
    }

    /// <summary>The preferred parent, and the next best ones of lower DAGRank in the same DODAG version.</summary>
    private void ChooseDaoParents(Instant now)
    {
        var chosen = new List<Parent>();
        if (_parent is not null)
        {
            var minHop = MinHop(_configuration);
            foreach (var neighbor in _neighbors.Values)
            {
                if (neighbor == _parent || neighbor.Dio is not { } dio || dio.DodagId != _dodag.Id || dio.Version != _version
                    || Rank.Dag(dio.Rank, minHop) >= Rank.Dag(_rank, minHop)
                    || Candidate(now, neighbor) is not { Penalised: false } candidate)
                    continue;
                chosen.Add(candidate);
            }
            // A stable sort: by channel where ranks are equal.
            chosen = [.. chosen.OrderBy(c => c.Rank).ThenByDescending(c => _daoParents.Contains(c.Neighbor)).Take(_options.MaxDaoParents - 1)];
        }
        List<RplNeighbor> parents = _parent is null ? [] : [_parent, .. chosen.Select(c => c.Neighbor)];
        if (parents.SequenceEqual(_daoParents))
            return;
        _daoParents.Clear();
        _daoParents.AddRange(parents);
        DaoParentsChanged(now);
    }

    private Instant? NextEligible(Instant now)
    {
        var next = _memory.NextChange(now);
        foreach (var neighbor in _neighbors.Values)
        {
            if (neighbor.PenaltyUntil > now)
                next = Instant.Earlier(next, neighbor.PenaltyUntil);
        }
        return next;
    }
}
