using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>
/// Decides when to initiate a secure channel with whom (RFC 8994 §6.3 to §6.7). It hears of neighbours from DULL and of
/// attempts and channels from IKEv2, and asks for nothing but initiations: answering is IKEv2's own business, always
/// (C-02). All is per link (C-12): what fails or is closed on one link says nothing about another (C-13).
/// <code>
///  heard ──► Waiting ──due──► Initiating ──failed──► Backoff ──due──► Initiating
///               │ peer's request first   │ up                   (10 … 640 s)
///               ▼                        ▼
///           Responding ──patience──► … Up ──Decider's delete, we follow──► Passive ──changed announcement──► Waiting
///                                       └──dead peer, our delete, …──► Waiting
/// </code>
/// </summary>
public sealed class AdjacencyMachine(AdjacencyOptions options, RandomSource random) : IMachine
{
    private readonly Dictionary<LinkId, Instant> _budgetSpentUntil = [];
    private int _unannounced;

    public AdjacencyTable Table { get; } = new();

    public Outbox<AdjacencyAction> Actions { get; } = new();

    public Outbox<AdjacencyFact> Facts { get; } = new();

    public Instant? NextDeadline => Table.Deadlines.Earliest;

    /// <summary>DULL heard an announcement.</summary>
    /// <param name="announcementChanged">New, or with an offer that was not known before (C-15).</param>
    public void HandleNeighborHeard(Instant now, LinkId link, Ipv6Address peer, ValueList<ChannelMethod> methods, bool announcementChanged)
    {
        if (!Table.TryGet(link, peer, out var record))
        {
            record = Table.Add(link, peer);
            record.Methods = methods;
            record.IsAnnounced = true;
            record.State = record.Port is null ? AdjacencyState.NoCommonMethod : AdjacencyState.Waiting;
            record.Due = record.Port is null ? null : now + InitiationDelay(peer);
            Facts.Add(new AdjacencyFact.Added(link, peer, record.State));
            return;
        }

        if (!record.IsAnnounced)
            _unannounced--;
        record.IsAnnounced = true;
        record.Methods = methods;
        switch (record.State)
        {
            case AdjacencyState.NoCommonMethod when record.Port is not null:
                Wait(now, record, "announces IKEv2 now");
                break;
            case AdjacencyState.Passive when announcementChanged:
                Wait(now, record, "new announcement");
                break;
            // In Backoff a changed announcement does not help: else whoever forges announcements sets our pace.
            case AdjacencyState.Waiting or AdjacencyState.Backoff when record.Port is null:
                record.Due = null;
                Enter(record, AdjacencyState.NoCommonMethod, "announces IKEv2 no longer");
                break;
        }
    }

    /// <summary>
    /// An operator named this neighbour, which is from now on as good as announced for ever; what it announces itself, if
    /// anything, comes first.
    /// </summary>
    public void HandleConfigured(Instant now, LinkId link, Ipv6Address peer, ValueList<ChannelMethod> methods)
    {
        if (!Table.TryGet(link, peer, out var record) || !record.IsAnnounced)
            HandleNeighborHeard(now, link, peer, methods, true);
        if (Table.TryGet(link, peer, out record))
            record.IsConfigured = true;
    }

    /// <summary>The announcement expired. A channel, or an attempt that is under way, does not depend on it.</summary>
    public void HandleNeighborExpired(Instant now, LinkId link, Ipv6Address peer)
    {
        if (!Table.TryGet(link, peer, out var record) || !record.IsAnnounced || record.IsConfigured)
            return;
        record.IsAnnounced = false;
        _unannounced++;
        if (record.State is not (AdjacencyState.Up or AdjacencyState.Initiating or AdjacencyState.Responding))
            Remove(record, "announcement expired");
    }

    /// <summary>The link is gone, with all its neighbours; their channels end by the same event elsewhere.</summary>
    public void HandleLinkDown(Instant now, LinkId link)
    {
        foreach (var record in Table.Records.Where(r => r.Link == link).ToList())
            Remove(record, "link down");
        _budgetSpentUntil.Remove(link);
    }

    /// <summary>
    /// Its own IKE_SA_INIT arrived and IKEv2 answers it. Ours, if it was pending, waits a while for the outcome. Only once:
    /// whoever goes on sending requests (or forging them) cannot keep us from initiating, nor change a backoff (C-17).
    /// </summary>
    public void HandlePeerInitiated(Instant now, LinkId link, Ipv6Address peer)
    {
        if (!Table.TryGet(link, peer, out var record))
        {
            if (_unannounced >= options.MaxUnannounced)
                return;
            record = AddUnannounced(link, peer, AdjacencyState.Responding);
            record.Due = now + options.ResponderPatience;
            return;
        }
        if (record.State is AdjacencyState.Waiting or AdjacencyState.NoCommonMethod)
        {
            record.Due = now + options.ResponderPatience;
            Enter(record, AdjacencyState.Responding, "peer initiated");
        }
    }

    /// <summary>A channel is up, whoever initiated it.</summary>
    /// <param name="weAreDecider"><see cref="DeciderRule"/>'s outcome. The first one for this identity stands (C-03).</param>
    public void HandleChannelUp(Instant now, LinkId link, Ipv6Address peer, PeerIdentity identity, bool weAreDecider, ChannelId channel)
    {
        if (!Table.TryGet(link, peer, out var record))
            record = AddUnannounced(link, peer, AdjacencyState.Responding);
        if (record.Identity is null || record.WeAreDecider is null || record.Identity.AcpAddress != identity.AcpAddress
            || !record.Identity.Certificate.Span.SequenceEqual(identity.Certificate.Span))
            record.WeAreDecider = weAreDecider;
        record.Identity = identity;
        record.Channels.Remove(channel);
        record.Channels.Add(channel);
        record.Due = null;
        record.Failures = 0;
        record.LastError = null;
        if (record.State == AdjacencyState.Up)
            return;
        record.UpSince = now;
        Enter(record, AdjacencyState.Up, $"{channel} to {identity.NodeName}");
    }

    /// <summary>
    /// A channel ended. After the Decider's own delete the Follower keeps quiet on this link until it hears something new
    /// (C-08, C-15); after anything else (dead peer, restart, expiry) either may initiate again, after the usual delay.
    /// </summary>
    /// <param name="byPeerDelete">The peer closed it in so many words, with a Delete of the IKE or child SA.</param>
    public void HandleChannelDown(Instant now, LinkId link, Ipv6Address peer, ChannelId channel, string reason, bool byPeerDelete)
    {
        if (!Table.TryGet(link, peer, out var record) || !record.Channels.Remove(channel))
            return;
        record.LastError = reason;
        if (record.Channels.Count > 0)
            return; // the loser of a collision (C-26)

        if (now - record.UpSince >= options.StableAfter)
        {
            record.Flaps = 0;
            record.Attempts = 0;
        }
        else
        {
            record.Flaps++;
        }

        if (!record.IsAnnounced)
        {
            Remove(record, reason);
        }
        else if (byPeerDelete && record.WeAreDecider == false && record.IsConfigured)
        {
            // No announcement could ever call us back, and the Decider may be unable to reach us (a NAT).
            record.Due = now + Backoff(++record.Failures);
            Enter(record, AdjacencyState.Backoff, reason);
        }
        else if (byPeerDelete && record.WeAreDecider == false)
        {
            record.Due = null;
            Enter(record, AdjacencyState.Passive, reason);
        }
        else if (record.Flaps > options.ForgivenFlaps && record.Port is not null)
        {
            record.Due = now + Backoff(record.Flaps - options.ForgivenFlaps);
            Enter(record, AdjacencyState.Backoff, reason);
        }
        else
        {
            Wait(now, record, reason);
        }
    }

    /// <summary>The attempt that we initiated failed: no answer, refused, not authenticated, not of our domain.</summary>
    public void HandleAttemptFailed(Instant now, LinkId link, Ipv6Address peer, string reason)
    {
        if (!Table.TryGet(link, peer, out var record))
            return;
        // The loser of a collision may fail when the winner is up already.
        if (record.State != AdjacencyState.Initiating)
            return;
        record.LastError = reason;
        record.Failures++;
        if (!record.IsAnnounced)
        {
            Remove(record, reason);
            return;
        }
        record.Due = now + Backoff(record.Failures);
        Enter(record, AdjacencyState.Backoff, reason);
    }

    /// <summary>The attempt that the peer initiated failed. Noted, and our own timing is what it was (C-17).</summary>
    public void HandleResponderFailed(Instant now, LinkId link, Ipv6Address peer, string reason)
    {
        if (Table.TryGet(link, peer, out var record))
            record.LastError = reason;
        Facts.Add(new AdjacencyFact.ResponderFailed(link, peer, reason));
    }

    public void HandleTime(Instant now)
    {
        List<AdjacencyRecord>? due = null;
        while (Table.Deadlines.TryTakeDue(now, out var record))
            (due ??= []).Add(record);
        foreach (var record in due?.OrderBy(r => r.DeferredFrom ?? r.Due).ThenBy(r => r.Link).ThenBy(r => r.Peer).ToList() ?? [])
        {
            switch (record.State)
            {
                case AdjacencyState.Initiating:
                    HandleAttemptFailed(now, record.Link, record.Peer, "no outcome");
                    break;
                case AdjacencyState.Responding when !record.IsAnnounced:
                    Remove(record, "its attempt came to nothing");
                    break;
                default:
                    Initiate(now, record);
                    break;
            }
        }
    }

    // The delay rule: as many milliseconds as the last octet of the peer's address says. The two ends of a pair read
    // different octets, so that mostly one comes first and the other answers.
    private TimeSpan InitiationDelay(Ipv6Address peer) =>
        TimeSpan.FromMilliseconds(peer.LastOctet) + random.NextSpan(options.InitiationJitter);

    private TimeSpan Backoff(int failures)
    {
        var backoff = options.FirstBackoff;
        for (var i = 1; i < failures && backoff < options.MaxBackoff; i++)
            backoff *= 2;
        return backoff < options.MaxBackoff ? backoff : options.MaxBackoff;
    }

    private void Initiate(Instant now, AdjacencyRecord record)
    {
        if (record.Port is not { } port)
        {
            record.Due = null;
            Enter(record, AdjacencyState.NoCommonMethod, "announces IKEv2 no longer");
            return;
        }
        // A bucket as one instant: every initiation costs a refill, and the debt may not exceed the burst.
        _budgetSpentUntil.TryGetValue(record.Link, out var spent);
        if (spent < now)
            spent = now;
        var free = spent - options.InitiationRefill * (options.InitiationBurst - 1);
        if (free > now)
        {
            record.DeferredFrom ??= record.Due;
            record.Due = free;
            return;
        }
        _budgetSpentUntil[record.Link] = spent + options.InitiationRefill;

        record.Attempts++;
        record.Due = now + options.AttemptTimeout;
        Actions.Add(new AdjacencyAction.Initiate(record.Link, record.Peer, port));
        Enter(record, AdjacencyState.Initiating, $"attempt {record.Attempts}");
    }

    private void Wait(Instant now, AdjacencyRecord record, string reason)
    {
        record.Due = record.Port is null ? null : now + InitiationDelay(record.Peer);
        Enter(record, record.Port is null ? AdjacencyState.NoCommonMethod : AdjacencyState.Waiting, reason);
    }

    private AdjacencyRecord AddUnannounced(LinkId link, Ipv6Address peer, AdjacencyState state)
    {
        var record = Table.Add(link, peer);
        record.State = state;
        _unannounced++;
        Facts.Add(new AdjacencyFact.Added(link, peer, state));
        return record;
    }

    private void Remove(AdjacencyRecord record, string reason)
    {
        Table.Remove(record);
        if (!record.IsAnnounced)
            _unannounced--;
        Facts.Add(new AdjacencyFact.Removed(record.Link, record.Peer, reason));
    }

    private void Enter(AdjacencyRecord record, AdjacencyState state, string reason)
    {
        var from = record.State;
        record.State = state;
        record.DeferredFrom = null;
        if (from != state)
            Facts.Add(new AdjacencyFact.Changed(record.Link, record.Peer, from, state, reason));
    }
}
