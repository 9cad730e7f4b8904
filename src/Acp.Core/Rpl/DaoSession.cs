using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Rpl;

namespace Acp.Core.Rpl;

/// <summary>
/// What one DAO parent has been told, and what it still has to hear. One DAO is in flight at a time, because a receiver
/// drops DAOs older than the last (RFC 6550 §9.3), so a lost one could not be repeated behind its successor. A No-Path
/// does not wait: it supersedes the DAO in flight and takes its content along.
/// </summary>
internal sealed class DaoSession(RplNeighbor neighbor, RplOptions options)
{
    private readonly Dictionary<Ipv6Prefix, Told> _told = [];
    private readonly HashSet<Ipv6Prefix> _dirty = [];

    /// <summary>Targets of which it shall hear no more although we have them, and until when it keeps them.</summary>
    private readonly Dictionary<Ipv6Prefix, Instant> _kept = [];
    private List<(Ipv6Prefix Prefix, TargetAdvert? Advert)> _inFlight = [];
    private byte[]? _message;
    private int _transmissions;
    private Instant _resendAt;
    private Instant? _sendAt;
    private TimeSpan _backoff;

    /// <summary>Place among the DAO parents, 0 for the preferred one; null when it is one no more, and all is withdrawn.</summary>
    public int? Place { get; set; } = 0;

    /// <summary>
    /// It is no DAO parent any more, but what it was told still leads to us: nothing more is sent until then, so that others have time to
    /// learn the new way before the old one is withdrawn.
    /// </summary>
    public Instant? WithdrawAt { get; set; }

    /// <summary>It hears nothing for the time being: what it would hear is not complete yet.</summary>
    public bool IsSilent { get; set; }

    public bool HasTold => _told.Count > 0;

    /// <summary>Nothing told, nothing to tell: a withdrawn session can go.</summary>
    public bool IsEmpty => _told.Count == 0 && _message is null;

    /// <summary>Rounds of silence or refusal since the last acknowledgement.</summary>
    public int Failures { get; private set; }

    public Instant? NextDeadline =>
        WithdrawAt is not null ? Instant.Earlier(WithdrawAt, UrgentAt)
        : IsSilent ? null
        : _message is not null ? Instant.Earlier(_resendAt, UrgentAt) : Instant.Earlier(_sendAt, _keptUntil);

    private Instant? UrgentAt { get; set; }

    private Instant? _keptUntil;

    /// <summary>The target's advertisement may have changed. <paramref name="urgent"/>: do not gather.</summary>
    public void Touch(Instant now, Ipv6Prefix prefix, bool urgent)
    {
        _dirty.Add(prefix);
        if (urgent && (_told.ContainsKey(prefix) || Place is null))
        {
            UrgentAt = now;
            _sendAt = now;
        }
        else
        {
            _sendAt ??= now + (options.DelayDao > _backoff ? options.DelayDao : _backoff);
        }
    }

    /// <summary>The parent may have forgotten: tell everything again, after DelayDAO and <paramref name="jitter"/>.</summary>
    public void Resync(Instant now, TimeSpan jitter, IEnumerable<Ipv6Prefix> all)
    {
        foreach (var (prefix, told) in _told)
        {
            told.Acknowledged = false;
            _dirty.Add(prefix);
        }
        foreach (var prefix in all)
            _dirty.Add(prefix);
        _sendAt ??= now + options.DelayDao + jitter;
    }

    /// <summary>Says what there is to say without gathering more.</summary>
    public void Hurry(Instant now)
    {
        if (_sendAt is not null)
            _sendAt = now;
    }

    /// <summary>Withdraws everything (RFC 6550 §9.8): it is no DAO parent any more.</summary>
    public void Withdraw(Instant now)
    {
        if (Place is null)
            return;
        Place = null;
        WithdrawAt = null;
        _dirty.Clear();
        _dirty.UnionWith(_told.Keys);
        if (_dirty.Count == 0)
            return;
        UrgentAt = now;
        _sendAt = now;
    }

    /// <summary>
    /// It is no DAO parent any more, but keeps what it was told until then, see <see cref="WithdrawAt"/>; only <see cref="Retract"/> is said.
    /// </summary>
    public void Keep(Instant until)
    {
        WithdrawAt = until;
        UrgentAt = _sendAt = null;
        _dirty.Clear();
    }

    /// <summary>It is a DAO parent once more. What it was told may be true no longer.</summary>
    public void Resume()
    {
        if (WithdrawAt is null)
            return;
        WithdrawAt = null;
        _dirty.UnionWith(_told.Keys);
    }

    /// <summary>Withdraws one target from a former DAO parent that keeps the others.</summary>
    public void Retract(Instant now, Ipv6Prefix prefix)
    {
        if (!_told.ContainsKey(prefix))
            return;
        _dirty.Add(prefix);
        UrgentAt = _sendAt = now;
    }

    /// <summary>Gives what is due now: a DAO to send, or the news that the parent has failed.</summary>
    /// <param name="isOver">Of a target that the parent shall not hear of: there is no other way to it, or one through the parent.</param>
    /// <param name="keep">How long it keeps one that it shall hear no more of, but which is not over.</param>
    public DaoSessionEvent Poll(
        Instant now, Func<RplNeighbor, Ipv6Prefix, int, TargetAdvert?> want, Func<RplNeighbor, Ipv6Prefix, bool> isOver, TimeSpan keep, out byte[]? dao)
    {
        dao = null;
        if (WithdrawAt is not null ? UrgentAt is not { } urgent || urgent > now : IsSilent)
            return DaoSessionEvent.None;
        if (_message is not null && UrgentAt <= now)
            PutBack();
        if (_message is not null)
        {
            if (now < _resendAt)
                return DaoSessionEvent.None;
            if (_transmissions > options.DaoRetries)
                return Fail(now);
            dao = Transmit(now);
            return DaoSessionEvent.Send;
        }
        if (_keptUntil <= now)
        {
            _dirty.UnionWith(_kept.Keys);
            _sendAt = now;
        }
        if (_sendAt is not { } at || at > now)
            return DaoSessionEvent.None;
        _sendAt = UrgentAt = null;
        if (!Compose(now, want, isOver, keep))
            return DaoSessionEvent.None;
        _transmissions = 0;
        dao = Transmit(now);
        return DaoSessionEvent.Send;
    }

    /// <summary>A DAO-ACK; <see cref="DaoSessionEvent.None"/> when it answers nothing in flight.</summary>
    public DaoSessionEvent HandleAck(Instant now, byte sequence, byte status)
    {
        if (_message is null || sequence != neighbor.DaoSequence)
            return DaoSessionEvent.None;
        if (status >= 128)
            return Fail(now);
        foreach (var (prefix, advert) in _inFlight)
        {
            if (advert is null)
                _told.Remove(prefix);
            else if (_told.TryGetValue(prefix, out var told))
                told.Acknowledged = true;
        }
        _message = null;
        _inFlight = [];
        Failures = 0;
        _backoff = TimeSpan.Zero;
        if (_dirty.Count > 0)
            _sendAt ??= now;
        return DaoSessionEvent.Acknowledged;
    }

    private DaoSessionEvent Fail(Instant now)
    {
        PutBack();
        // Who is no parent, and never answers, is asked ever more rarely.
        Failures = Math.Min(Failures + 1, Place is null ? 10 : 6);
        _backoff = options.DaoAckTimeout * (1 << Failures);
        UrgentAt = null;
        _sendAt = now + _backoff;
        return DaoSessionEvent.Failed;
    }

    private void PutBack()
    {
        foreach (var (prefix, advert) in _inFlight)
        {
            // A former DAO parent is told of withdrawals only.
            if (advert is null || WithdrawAt is null)
                _dirty.Add(prefix);
        }
        _inFlight = [];
        _message = null;
    }

    private byte[] Transmit(Instant now)
    {
        _transmissions++;
        _resendAt = now + options.DaoAckTimeout;
        return _message!;
    }

    /// <summary>
    /// When shares of path control change, the one parent loses what another one wins. It does so later, when those above the other one have
    /// had time to learn it.
    /// </summary>
    private bool Keeps(Instant now, Ipv6Prefix prefix, Func<RplNeighbor, Ipv6Prefix, bool> isOver, TimeSpan keep)
    {
        if (Place is null || WithdrawAt is not null || isOver(neighbor, prefix))
            return false;
        if (_kept.TryAdd(prefix, now + keep))
            _keptUntil = Instant.Earlier(_keptUntil, now + keep);
        return _kept[prefix] > now;
    }

    private void Unkeep(Ipv6Prefix prefix)
    {
        if (!_kept.Remove(prefix))
            return;
        _keptUntil = null;
        foreach (var until in _kept.Values)
            _keptUntil = Instant.Earlier(_keptUntil, until);
    }

    /// <summary>Puts as much of the difference into one message as fits, withdrawals first. False when there is none.</summary>
    private bool Compose(Instant now, Func<RplNeighbor, Ipv6Prefix, int, TargetAdvert?> want, Func<RplNeighbor, Ipv6Prefix, bool> isOver, TimeSpan keep)
    {
        var content = new List<(Ipv6Prefix Prefix, TargetAdvert? Advert)>();
        foreach (var prefix in _dirty)
        {
            var advert = Place is { } place && WithdrawAt is null ? want(neighbor, prefix, place) : null;
            var told = _told.GetValueOrDefault(prefix);
            if (advert is null && told is not null && Keeps(now, prefix, isOver, keep))
                continue;
            Unkeep(prefix);
            if (advert is null ? told is not null : told is null || !told.Acknowledged || told.Advert != advert)
                content.Add((prefix, advert));
        }
        _dirty.Clear();
        if (content.Count == 0)
            return false;
        // Targets with equal transit stand together and share it; a stable order keeps runs reproducible.
        content = [.. content.OrderBy(c => c.Advert is null ? 0 : 1).ThenBy(c => c.Advert?.PathSequence).ThenBy(c => c.Advert?.PathControl).ThenBy(c => c.Advert?.Lifetime)];

        var message = new List<RplOption>();
        var size = 8;
        var taken = 0;
        for (; taken < content.Count; taken++)
        {
            var (prefix, advert) = content[taken];
            // The target, and the transit that at the latest has to follow it.
            size += 4 + (prefix.Length + 7) / 8;
            if (taken > 0 && advert != content[taken - 1].Advert)
            {
                message.Add(Transit(content[taken - 1].Advert, prefix: content[taken - 1].Prefix));
                size += 6;
            }
            if (size + 6 > options.MaxMessageSize && taken > 0)
                break;
            message.Add(new RplTargetOption(prefix));
            if (advert is { } telling)
                _told[prefix] = new Told { Advert = telling };
            else
                _told[prefix].Acknowledged = false;
        }
        if (message[^1] is not TransitInformationOption)
            message.Add(Transit(content[taken - 1].Advert, content[taken - 1].Prefix));
        for (var i = taken; i < content.Count; i++)
            _dirty.Add(content[i].Prefix);
        _inFlight = content[..taken];
        neighbor.DaoSequence = SequenceCounter.Next(neighbor.DaoSequence);
        _message = RplCodec.Encode(new DaoMessage(0, AckRequested: true, neighbor.DaoSequence, null) { Options = message });
        return true;
    }

    private TransitInformationOption Transit(TargetAdvert? advert, Ipv6Prefix prefix)
    {
        if (advert is { } telling)
            return new TransitInformationOption(false, telling.PathControl, telling.PathSequence, telling.Lifetime);
        var last = _told.TryGetValue(prefix, out var told) ? told.Advert : default;
        return new TransitInformationOption(false, last.PathControl, last.PathSequence, 0);
    }

    private sealed class Told
    {
        public TargetAdvert Advert;
        public bool Acknowledged;
    }
}
