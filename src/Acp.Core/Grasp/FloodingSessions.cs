using System.Diagnostics.CodeAnalysis;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Grasp;

/// <summary>
/// What stands in for link-local multicast inside the ACP (RFC 8994 §6.9.2): one TCP connection to the neighbour of each
/// channel. Either end may open it as soon as it knows the other's address: the higher address does at once, the lower
/// one a little later if nothing came. When both did, the one that the higher address opened stays, and the other ends
/// when all that was sent on it has arrived (J-11). One that is lost is opened again, with growing pauses, as long as
/// there is the channel (J-12).
/// </summary>
internal sealed class FloodingSessions(FloodingOptions options, Outbox<GraspAction> actions, Outbox<GraspFact> facts) : IMachine
{
    private readonly OrderedTable<GraspInterfaceId, FloodingLink> _links = new();
    private readonly Dictionary<FloodingSessionId, FloodingSession> _sessions = [];
    private readonly DeadlineHeap<FloodingLink> _connects = new();
    private readonly DeadlineHeap<FloodingSession> _deadlines = new();
    private long _ids;

    /// <summary>Told when there is a session to a neighbour and there was none (J-12).</summary>
    public required Action<Instant, GraspInterfaceId, GraspNeighbor> NeighborUp { get; init; }

    /// <summary>Messages for a channel without a session, which nobody gets.</summary>
    public long Unsent { get; private set; }

    public IEnumerable<FloodingStatus> Status => _links.Values.Select(l => new FloodingStatus(
        l.Interface.Id, l.Neighbor, l.Active?.OpenSince, l.Active?.WeOpened == true, l.ConnectAt));

    public int Count => _sessions.Count;

    public Instant? NextDeadline => Instant.Earlier(_connects.Earliest, _deadlines.Earliest);

    public void HandleTime(Instant now)
    {
        while (_deadlines.TryTakeDue(now, out var session))
        {
            actions.Add(new GraspAction.AbortSession(session.Id));
            HandleClosed(now, session.Id);
        }
        while (_connects.TryTakeDue(now, out var link))
            Connect(now, link);
    }

    public void HandleInterfaceUp(Instant now, GraspInterface up)
    {
        HandleInterfaceDown(up.Id);
        _links.Add(up.Id, new FloodingLink(up, options.FirstBackoff, _connects));
    }

    public void HandleInterfaceDown(GraspInterfaceId down)
    {
        if (!_links.Remove(down, out var link))
            return;
        _connects.Cancel(link);
        foreach (var session in link.Sessions.ToList())
            Abort(session);
        if (link.Active is { } active)
            facts.Add(new GraspFact.NeighborDown(down, active.Neighbor));
    }

    /// <summary>Something else that runs in the channel has heard the neighbour, from this address.</summary>
    public void HandleNeighborHeard(Instant now, GraspInterfaceId at, Ipv6Address neighbor)
    {
        if (!_links.TryGetValue(at, out var link) || link.Neighbor == neighbor || !neighbor.IsLinkLocal || neighbor == link.Interface.LinkLocal)
            return;
        // Another address at the other end of the same channel: what we open goes there from now on.
        if (link.Outgoing is { } outgoing)
        {
            Abort(outgoing);
            Choose(now, link);
        }
        link.Neighbor = neighbor;
        link.Backoff = options.FirstBackoff;
        link.ConnectAt = link.Active is null ? now + Patience(link) : null;
        if (link.ConnectAt <= now)
            Connect(now, link);
    }

    /// <summary>Somebody in this channel opened a connection to us. Null refuses it.</summary>
    public FloodingSessionId? HandleAccepted(Instant now, GraspInterfaceId at, GraspNeighbor from)
    {
        if (!_links.TryGetValue(at, out var link) || !from.Address.IsLinkLocal || from.Address == link.Interface.LinkLocal)
            return null;
        // It opens one at a time: an older one is a leftover that it has forgotten.
        if (link.Incoming is { } old)
            Abort(old);
        if (link.Neighbor != from.Address)
        {
            if (link.Outgoing is { } elsewhere)
                Abort(elsewhere);
            link.Neighbor = from.Address;
        }
        var session = Add(link, from, weOpened: false);
        session.OpenSince = now;
        link.Incoming = session;
        Choose(now, link);
        return session.Id;
    }

    public void HandleConnected(Instant now, FloodingSessionId id)
    {
        if (!_sessions.TryGetValue(id, out var session) || session.OpenSince is not null)
            return;
        session.OpenSince = now;
        session.Deadline = null;
        Choose(now, session.Link);
    }

    /// <summary>It could not be opened, or the other end closed it, or it broke.</summary>
    public void HandleClosed(Instant now, FloodingSessionId id)
    {
        if (!_sessions.TryGetValue(id, out var session))
            return;
        Forget(session);
        Choose(now, session.Link);
    }

    /// <summary>Who is at the other end.</summary>
    public bool TryFind(FloodingSessionId id, [NotNullWhen(true)] out GraspInterface? at, out GraspNeighbor neighbor)
    {
        var found = _sessions.TryGetValue(id, out var session);
        at = session?.Link.Interface;
        neighbor = session?.Neighbor ?? default;
        return found;
    }

    /// <summary>To the neighbour of a channel: there is one of it, so this is both multicast and an answer (J-07, J-08).</summary>
    public void Send(GraspInterfaceId to, ByteString message)
    {
        if (_links.TryGetValue(to, out var link) && link.Active is { } session)
            actions.Add(new GraspAction.SendOnSession(session.Id, message));
        else
            Unsent++;
    }

    /// <summary>The neighbour broke the rules of a flooding session (J-06).</summary>
    public void Close(Instant now, GraspInterfaceId at)
    {
        if (!_links.TryGetValue(at, out var link))
            return;
        foreach (var session in link.Sessions.ToList())
            Abort(session);
        Choose(now, link);
    }

    private TimeSpan Patience(FloodingLink link) => link.WeAreKeeper ? TimeSpan.Zero : options.LowerAddressPatience;

    private void Connect(Instant now, FloodingLink link)
    {
        link.ConnectAt = null;
        var session = Add(link, new GraspNeighbor(link.Neighbor!.Value, Acp.Wire.Grasp.GraspConstants.GRASP_LISTEN_PORT), weOpened: true);
        session.Deadline = now + options.ConnectTimeout;
        link.Outgoing = session;
        actions.Add(new GraspAction.OpenSession(session.Id, link.Interface.Id, link.Interface.LinkLocal, session.Neighbor.Address));
    }

    // After every change: which of the connections is in use, and what becomes of the others.
    private void Choose(Instant now, FloodingLink link)
    {
        if (!_links.TryGetValue(link.Interface.Id, out var current) || current != link)
            return;
        if (link is { Outgoing.OpenSince: not null, Incoming: not null })
            Finish(now, link, link.WeAreKeeper ? link.Incoming : link.Outgoing);
        else if (link is { Outgoing: { } attempt, Incoming: not null } && !link.WeAreKeeper)
            Abort(attempt); // the one that stays is there already, and nothing was sent on this one
        var before = link.Active;
        link.Active = link.Outgoing?.OpenSince is not null ? link.Outgoing : link.Incoming;
        if (link.Active is { } active)
        {
            link.ConnectAt = null;
            if (before is not null)
                return;
            facts.Add(new GraspFact.NeighborUp(link.Interface.Id, active.Neighbor, active.WeOpened));
            NeighborUp(now, link.Interface.Id, active.Neighbor);
            return;
        }
        if (before is not null)
        {
            facts.Add(new GraspFact.NeighborDown(link.Interface.Id, before.Neighbor));
            if (now - before.OpenSince!.Value >= options.Stable)
                link.Backoff = options.FirstBackoff;
        }
        if (link.Outgoing is not null || link.ConnectAt is not null || link.Neighbor is null)
            return;
        link.ConnectAt = now + link.Backoff + Patience(link);
        link.Backoff = link.Backoff * 2 < options.LastBackoff ? link.Backoff * 2 : options.LastBackoff;
    }

    private void Finish(Instant now, FloodingLink link, FloodingSession spare)
    {
        if (spare == link.Outgoing)
            link.Outgoing = null;
        else
            link.Incoming = null;
        link.Finishing.Add(spare);
        spare.Deadline = now + options.FinishTimeout;
        actions.Add(new GraspAction.FinishSession(spare.Id));
        facts.Add(new GraspFact.SessionDoubled(link.Interface.Id, link.WeAreKeeper));
    }

    private FloodingSession Add(FloodingLink link, GraspNeighbor neighbor, bool weOpened)
    {
        var session = new FloodingSession(new FloodingSessionId(++_ids), link, neighbor, weOpened, _deadlines);
        _sessions.Add(session.Id, session);
        return session;
    }

    private void Abort(FloodingSession session)
    {
        actions.Add(new GraspAction.AbortSession(session.Id));
        Forget(session);
    }

    private void Forget(FloodingSession session)
    {
        _sessions.Remove(session.Id);
        _deadlines.Cancel(session);
        var link = session.Link;
        link.Finishing.Remove(session);
        if (link.Outgoing == session)
            link.Outgoing = null;
        if (link.Incoming == session)
            link.Incoming = null;
    }
}
