using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>Discovery (RFC 8990 §2.5.4): our own, answering that of others, and relaying it.</summary>
internal sealed class DiscoveryMachine(GraspState state)
{
    private static readonly ByteString Null = new byte[] { 0xf6 };

    private readonly Dictionary<uint, Discovery> _own = [];
    private readonly HashSet<Discovery> _running = [];
    private readonly Dictionary<(uint, Initiator), RelayedDiscovery> _relayed = [];
    private readonly SeenTable _seen = new(state.Options.SeenDiscoveryLifetime, state.Options.MaxSeen, state.Counters);
    private readonly RelayLimiter _limiter = new(state.Options.RelayedDiscoveriesPerSecond, state.Options.RelayBurstSeconds);

    /// <summary>Asks the negotiations to serve a discovery as a request (rapid mode); false when they do not.</summary>
    public Func<Instant, RegisteredObjective, ReplyPath.Link, DiscoveryMessage, bool> ServeRapidNegotiation { get; set; } =
        (_, _, _, _) => false;

    public int RelayedCount => _relayed.Count;

    public int SeenCount => _seen.Count;

    public int RunningCount => _running.Count;

    /// <summary>
    /// Locators that need no message: the responders in the cache, and those of other ASAs of this node (J-13). What
    /// <paramref name="asking"/> itself registered is not among them: nobody looks for oneself.
    /// </summary>
    public List<AsaLocator> Known(Instant now, string objective, AsaHandle asking)
    {
        var known = state.Registry.Find(objective)
            .Where(o => o.IsDiscoverable && o.Asa.Handle != asking)
            .SelectMany(o => o.Locators.Count > 0 ? o.Locators : [new Ipv6Locator(state.OwnAddress, TransportProtocol.Tcp, state.Port)])
            .Distinct()
            .Select(l => new AsaLocator(l))
            .ToList();
        foreach (var cached in state.DiscoveryCache.Find(now, objective))
        {
            if (!known.Exists(l => l.Locator == cached.Locator))
                known.Add(cached);
        }
        return known;
    }

    /// <summary>
    /// Starts a discovery, which may be over before this returns; null when there are too many. <paramref name="make"/> is
    /// given the deadline.
    /// </summary>
    public Discovery? Start(Instant now, TimeSpan timeout, Func<Instant, Discovery> make, IEnumerable<AsaLocator> known)
    {
        if (_running.Count >= state.Options.MaxDiscoveries)
        {
            state.Counters.Count(GraspDropReason.Overload);
            return null;
        }
        var discovery = make(now + timeout);
        foreach (var locator in known)
            discovery.Add(locator);
        _running.Add(discovery);
        if (discovery.HasEnough)
        {
            Finish(now, discovery);
            return discovery;
        }
        // H-24: 100 ms for each hop, and twice as long each time after.
        discovery.Interval = state.Options.DiscoveryTimePerHop * Math.Max(1, (int)LoopCountOf(discovery.Objective));
        Attempt(now, discovery);
        return discovery;
    }

    public void Cancel(Discovery discovery)
    {
        if (!_running.Remove(discovery))
            return;
        state.Timers.Cancel(discovery);
        foreach (var id in discovery.SessionIds)
        {
            _own.Remove(id);
            state.Sessions.Release(id);
        }
    }

    /// <summary>For <see cref="Discovery"/>: the next attempt, or the end.</summary>
    public void HandleDeadline(Instant now, Discovery discovery)
    {
        if (now >= discovery.Deadline)
            Finish(now, discovery);
        else if (discovery.NeedsRepeat)
            Attempt(now, discovery);
        else
            state.Timers.Set(discovery, discovery.Deadline);
    }

    /// <summary>For <see cref="RelayedDiscovery"/>: no more results are passed back.</summary>
    public void Forget(RelayedDiscovery relayed)
    {
        _relayed.Remove((relayed.SessionId, relayed.Initiator));
        state.Timers.Cancel(relayed);
    }

    /// <summary>The discovery of ours with this session id.</summary>
    public Discovery? FindOwn(uint sessionId) => _own.GetValueOrDefault(sessionId);

    public void HandleInterfaceUp(Instant now, GraspInterface up)
    {
        // Whoever is being looked for may be there.
        foreach (var discovery in _running.ToList())
        {
            if (discovery.NeedsRepeat && discovery.SessionIds.Count > 0)
                Send(discovery, discovery.SessionIds[^1], up.Id);
        }
    }

    public void HandleInterfaceDown(GraspInterfaceId down)
    {
        _limiter.Forget(down);
        foreach (var relayed in _relayed.Values.Where(r => r.Back is ReplyPath.Link l && l.Interface.Id == down).ToList())
            Forget(relayed);
    }

    /// <param name="arrival">Null when it came by a stream from elsewhere.</param>
    public void HandleDiscovery(Instant now, GraspInterfaceId? arrival, ReplyPath back, DiscoveryMessage message)
    {
        if (state.IsDull)
        {
            state.Counters.Count(GraspDropReason.WrongTransport);
            return;
        }
        // One answer is enough, whichever way the question came round (H-29); our own questions are in there too.
        if (!_seen.TryAdd(now, message.SessionId, message.Initiator))
        {
            state.Counters.Count(GraspDropReason.Duplicate);
            return;
        }
        var discoverable = state.Registry.Find(message.Objective.Name).Where(o => o.IsDiscoverable).ToList();
        if (discoverable.Count > 0 && Answer(now, back, message, discoverable))
            return;
        if (AnswerFromCache(now, arrival, back, message) || Relay(now, arrival, back, message))
            return;
        state.Counters.Count(GraspDropReason.NothingKnown);
    }

    public void HandleResponse(Instant now, GraspInterfaceId? arrival, ResponseMessage message)
    {
        if (message.Initiator == state.Initiator && _own.TryGetValue(message.SessionId, out var discovery))
        {
            foreach (var locator in Remember(now, arrival, discovery.Objective.Name, message))
                discovery.Add(locator);
            if (message.Objective is { } rapid)
                discovery.AddRapid(rapid);
            if (discovery.HasEnough)
                Finish(now, discovery);
        }
        else if (_relayed.TryGetValue((message.SessionId, message.Initiator), out var relayed))
        {
            Remember(now, arrival, relayed.Objective, message);
            PassBack(now, relayed, message);
        }
        else
        {
            state.Counters.Count(GraspDropReason.Unsolicited);
        }
    }

    /// <summary>An M_SYNCH in answer to a discovery (RFC 8990 §2.5.6.3).</summary>
    public void HandleRapidSynch(Instant now, SynchMessage message)
    {
        if (!_own.TryGetValue(message.SessionId, out var discovery))
        {
            state.Counters.Count(GraspDropReason.Unsolicited);
            return;
        }
        discovery.AddRapid(message.Objective);
        if (discovery.HasEnough)
            Finish(now, discovery);
    }

    private static byte LoopCountOf(Objective objective) =>
        objective.LoopCount == 0 ? GraspConstants.GRASP_DEF_LOOPCT : objective.LoopCount;

    private void Attempt(Instant now, Discovery discovery)
    {
        var id = state.Sessions.New();
        while (!_seen.TryAdd(now, id, state.Initiator)) // others remember it, too, and would not answer (H-29)
        {
            state.Sessions.Release(id);
            id = state.Sessions.New();
        }
        discovery.SessionIds.Add(id);
        _own.Add(id, discovery);
        foreach (var link in state.Interfaces.Keys)
            Send(discovery, id, link);
        var next = now + discovery.Interval;
        state.Timers.Set(discovery, next < discovery.Deadline ? next : discovery.Deadline);
        discovery.Interval = discovery.Interval * 2 < state.Options.MaxDiscoveryInterval
            ? discovery.Interval * 2
            : state.Options.MaxDiscoveryInterval;
    }

    private void Send(Discovery discovery, uint id, GraspInterfaceId link)
    {
        if (!state.Operational)
            return;
        // In rapid mode the objective is a request and goes with its value; else it goes with null, which graspy expects.
        var objective = discovery.Objective with
        {
            LoopCount = LoopCountOf(discovery.Objective),
            Value = discovery.RapidNegotiation is not null ? discovery.Objective.Value ?? Null : Null,
        };
        state.Counters.DiscoveriesSent++;
        state.Actions.Add(new GraspAction.SendMulticast(link, new DiscoveryMessage(id, state.Initiator, objective).Encode()));
    }

    private void Finish(Instant now, Discovery discovery)
    {
        Cancel(discovery);
        discovery.Finished(now, discovery);
    }

    private List<AsaLocator> Remember(Instant now, GraspInterfaceId? arrival, string objective, ResponseMessage message)
    {
        var ttl = message.Ttl == TimeSpan.Zero ? DiscoveryCache.TtlOfZero : message.Ttl;
        var known = new List<AsaLocator>();
        foreach (var locator in message.Locators)
        {
            var entry = new AsaLocator(locator, arrival, now + ttl, message.IsDivert);
            known.Add(entry);
            if (state.DiscoveryCache.Add(now, objective, entry))
                state.Facts.Add(new GraspFact.PeerDiscovered(objective, entry));
        }
        return known;
    }

    private bool Answer(Instant now, ReplyPath back, DiscoveryMessage message, List<RegisteredObjective> discoverable)
    {
        var link = back as ReplyPath.Link;
        if (state.Options.RapidNegotiation && link is { Interface.Kind: GraspInterfaceKind.Multicast }
            && message.Objective.Flags.HasFlag(ObjectiveFlags.F_NEG)
            && message.Objective.Value is { } value && value != Null
            && discoverable.Find(o => o.Registration.Rapid && o.ListensForNegotiation) is { } rapid
            && ServeRapidNegotiation(now, rapid, link, message))
            return true;

        var locators = discoverable.SelectMany(o => LocatorsOf(o, link)).Distinct().ToValueList();
        if (locators.Count == 0)
            return false;
        Objective? given = null;
        if (state.Options.RapidSynchronization && message.Objective.Flags.HasFlag(ObjectiveFlags.F_SYNCH))
            given = discoverable.Find(o => o.Registration.Rapid && o.SynchronizationValue is not null)?.SynchronizationValue;
        Reply(now, back, new ResponseMessage(message.SessionId, message.Initiator,
            discoverable.Min(o => o.Registration.Ttl), locators)
        { Objective = given });
        state.Facts.Add(new GraspFact.DiscoveryAnswered(message.Objective.Name, message.Initiator, false));
        return true;
    }

    // I-07, H-14: a link-local address only for an objective registered so (or for want of another), and only where it holds.
    private IEnumerable<Locator> LocatorsOf(RegisteredObjective objective, ReplyPath.Link? link)
    {
        if (objective.Locators.Count > 0)
            return objective.Locators;
        var address = objective.Registration.Local ? link?.Interface.LinkLocal : state.Address ?? link?.Interface.LinkLocal;
        return address is { } known ? [new Ipv6Locator(known, TransportProtocol.Tcp, state.Port)] : [];
    }

    private bool AnswerFromCache(Instant now, GraspInterfaceId? arrival, ReplyPath back, DiscoveryMessage message)
    {
        // H-26: not to where it came from, whoever is there answers; H-14: never a link-local address in a divert.
        var shareable = state.DiscoveryCache.Find(now, message.Objective.Name)
            .Where(l => !l.IsLinkLocal && (arrival is null || l.Interface != arrival))
            .ToList();
        if (shareable.Count == 0)
            return false;
        var ttl = shareable.Min(l => l.Expires!.Value) - now;
        Reply(now, back, new ResponseMessage(message.SessionId, message.Initiator, AtLeastOneMillisecond(ttl),
            shareable.Select(l => l.Locator).ToValueList())
        { IsDivert = true });
        state.Facts.Add(new GraspFact.DiscoveryAnswered(message.Objective.Name, message.Initiator, true));
        return true;
    }

    private bool Relay(Instant now, GraspInterfaceId? arrival, ReplyPath back, DiscoveryMessage message)
    {
        var others = state.Interfaces.Keys.Where(i => i != arrival).ToList();
        if (others.Count == 0)
            return false;
        if (message.Objective.LoopCount <= 1)
        {
            state.Counters.Count(GraspDropReason.LoopCountExhausted);
            return true;
        }
        if (_relayed.Count >= state.Options.MaxRelayedDiscoveries || !_limiter.TryTake(now, arrival))
        {
            state.Counters.Count(GraspDropReason.DiscoveryRateLimited);
            return true;
        }
        var remaining = (byte)(message.Objective.LoopCount - 1);
        var relayed = new RelayedDiscovery(this, message.SessionId, message.Initiator, message.Objective.Name, back);
        _relayed.Add((message.SessionId, message.Initiator), relayed);
        state.Timers.Set(relayed, now + state.Options.DiscoveryTimePerHop * remaining);
        // A negotiation cannot come back through a relay, so beyond this link the request is a plain discovery: no value.
        var objective = message.Objective with { LoopCount = remaining };
        if (objective.Flags.HasFlag(ObjectiveFlags.F_NEG))
            objective = objective with { Value = Null };
        ByteString bytes = new DiscoveryMessage(message.SessionId, message.Initiator, objective).Encode();
        foreach (var link in others)
            state.Actions.Add(new GraspAction.SendMulticast(link, bytes));
        state.Counters.DiscoveriesRelayed++;
        state.Facts.Add(new GraspFact.DiscoveryRelayed(objective.Name, message.Initiator, remaining));
        return true;
    }

    private void PassBack(Instant now, RelayedDiscovery relayed, ResponseMessage message)
    {
        var locators = message.Locators
            .Where(l => l is not Ipv6Locator { Address.IsLinkLocal: true }
                && relayed.Passed.Count < state.Options.MaxResponsesPerRelay && relayed.Passed.Add(l))
            .ToValueList();
        if (locators.Count == 0)
            return;
        Reply(now, relayed.Back, message with { Locators = locators, IsDivert = true, Unknown = [] });
    }

    private void Reply(Instant now, ReplyPath back, ResponseMessage response)
    {
        var bytes = response.Encode();
        switch (back)
        {
            case ReplyPath.Link { Interface.Kind: GraspInterfaceKind.Channel } link:
                state.Actions.Add(new GraspAction.SendToNeighbor(link.Interface.Id, link.Neighbor, bytes));
                break;
            case ReplyPath.Link link:
                if (state.Connections.Count >= 2 * state.Options.MaxSessions)
                {
                    state.Counters.Count(GraspDropReason.Overload);
                    return;
                }
                new DiscoveryAnswer(state, AsaLocator.Tcp(link.Neighbor.Address, link.Neighbor.Port, link.Interface.Id), bytes).Begin();
                break;
            case ReplyPath.Stream stream:
                stream.Connection.Send(now, bytes);
                stream.Connection.Close(now);
                break;
        }
        state.Counters.ResponsesSent++;
    }

    private static TimeSpan AtLeastOneMillisecond(TimeSpan ttl) =>
        ttl < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : ttl;
}
