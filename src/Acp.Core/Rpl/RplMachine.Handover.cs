using Acp.Core.Time;
using Acp.Wire.Rpl;

namespace Acp.Core.Rpl;

// Make before break. When a DODAG ends, or a better one is heard, parts of the old one are turned round: a child becomes the parent of its
// parent. What lies above the child is known to its former parent alone, so that packets have to go there until it has joined the child
// and told it. It tells when it has been told itself, so that the news begins with the highest node that is left of the old DODAG, comes
// down in one wave, and finds everybody who turns with a default route that still leads up.
public sealed partial class RplMachine
{
    /// <summary>A target of 128 bits, its transit and that of the one before, in octets: who leaves less room than this in a DAO may have more to tell.</summary>
    private const int LongestTarget = 4 + 16 + 6 + 6;

    private Handover? _handover;

    private int Hops => Math.Max(0, _rank - MinHop(_configuration)) / (Rank.Step * MinHop(_configuration));

    private TimeSpan NoPathDelay => Shorter(_options.NoPathDelay + Hops * _options.DelayDao, _options.LongestHandover);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>Before <see cref="_parent"/> changes.</summary>
    /// <param name="next">Null when we make ourselves root.</param>
    private void BeginHandover(Instant now, RplNeighbor? next, bool sameDodag)
    {
        if (next is not null && _handover?.Former == next)
        {
            // Packets go there already.
            EndHandover(now);
            return;
        }
        if ((_handover?.Former ?? _parent) is not { } former || former == next || !IsThere(former))
            return;
        if (_handover is not null)
            return;
        var longest = sameDodag ? _options.HandoverInside : _options.Handover + Hops * _options.HandoverPerHop;
        _handover = new Handover(former, now + Shorter(longest, _options.LongestHandover), IsBeside: sameDodag && former.Dio!.DodagId == _dodag.Id);
    }

    /// <summary>Up, and a member of something.</summary>
    private bool IsThere(RplNeighbor neighbor) =>
        _neighbors.TryGetValue(neighbor.Channel, out var present) && present == neighbor && neighbor.Dio is { Rank: not Rank.Infinite };

    /// <summary>
    /// Who has its place in our DODAG and is not below us may still have left us targets from before: they are no part of our sub-DODAG, so
    /// that they are for ourselves, and for nobody above.
    /// </summary>
    private void LookBeside(RplNeighbor neighbor) =>
        SetBeside(neighbor, neighbor.Dio is { } dio && dio.DodagId == _dodag.Id && dio.Rank <= _rank);

    private void LookBesideAll()
    {
        foreach (var neighbor in _neighbors.Values)
            LookBeside(neighbor);
    }

    private void SetBeside(RplNeighbor neighbor, bool isBeside)
    {
        if (neighbor.IsBeside == isBeside)
            return;
        neighbor.IsBeside = isBeside;
        _targets.Touch(neighbor.Channel);
    }

    private bool IsSilent(DaoSession session) => _handover is { IsBeside: false } && !session.HasTold;

    /// <summary>The former parent has told us all it knows.</summary>
    private void HandoverTold(Instant now, RplNeighbor neighbor)
    {
        if (_handover?.Former == neighbor)
            EndHandover(now);
    }

    private void SettleHandover(Instant now)
    {
        if (_handover is not { } handover)
            return;
        if (handover.Until <= now || !IsThere(handover.Former))
        {
            EndHandover(now);
        }
        else if (!handover.IsBeside && _parent is not null && handover.Former.Dio is { } dio && dio.DodagId == _dodag.Id && dio.Rank <= _rank)
        {
            _handover = handover with { IsBeside = true, Until = Instant.Earlier(handover.Until, now + _options.HandoverBeside)!.Value };
            Speak(now);
        }
    }

    private void EndHandover(Instant now)
    {
        var isBeside = _handover is { IsBeside: true };
        _handover = null;
        if (isBeside)
            return;
        Speak(now);
        foreach (var neighbor in _neighbors.Values)
        {
            if (neighbor.Session is { WithdrawAt: { } at } session && at < now + NoPathDelay)
                session.WithdrawAt = now + NoPathDelay;
        }
    }

    /// <summary>What was kept from new DAO parents.</summary>
    private void Speak(Instant now)
    {
        foreach (var parent in _daoParents)
        {
            if (parent.Session is not { IsSilent: true } session)
                continue;
            session.IsSilent = false;
            session.Hurry(now);
        }
    }
}
