using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// The calls of ASAs (RFC 8991 §2.3): who may make which, on what, and which machine then does it. Every command is
/// answered once.
/// </summary>
internal sealed class GraspCalls(
    GraspState state, DiscoveryMachine discoveries, FloodMachine floods, FloodWatchers watchers, NegotiationMachine negotiations,
    SynchronizationMachine synchronizations)
{
    private readonly HashSet<CommandId> _awaitingNetwork = [];

    public void Execute(Instant now, CommandId id, GraspCommand command)
    {
        switch (command)
        {
            case GraspCommand.RegisterAsa c:
                var added = state.Registry.AddAsa(c.Name, out var created);
                state.Complete(id, created is null ? new GraspResult.Done(added) : new GraspResult.AsaRegistered(created.Handle));
                if (created is not null)
                    state.Facts.Add(new GraspFact.AsaRegistered(created.Handle, c.Name));
                break;
            case GraspCommand.DeregisterAsa c:
                state.Complete(id, Deregister(now, c));
                break;
            case GraspCommand.RegisterObjective c:
                state.Complete(id, Register(c));
                break;
            case GraspCommand.DeregisterObjective c:
                var found = Own(c.Asa, c.Objective, out var going);
                if (going is not null)
                    Remove(now, going);
                state.Complete(id, found);
                break;
            case GraspCommand.Discover c:
                Discover(now, id, c);
                break;
            case GraspCommand.RequestNegotiate c:
                if (Networked(id, Own(c.Asa, c.Objective.Name, out var asked)))
                {
                    if (!asked!.Flags.HasFlag(ObjectiveFlags.F_NEG) || !c.Objective.Flags.HasFlag(ObjectiveFlags.F_NEG))
                        state.Complete(id, GraspError.notNeg);
                    else
                        negotiations.Request(now, id, c, asked);
                }
                break;
            case GraspCommand.ListenNegotiate c:
                if (Networked(id, Own(c.Asa, c.Objective, out var heard)))
                {
                    if (!heard!.Flags.HasFlag(ObjectiveFlags.F_NEG))
                        state.Complete(id, GraspError.notNeg);
                    else
                        negotiations.Listen(now, id, heard);
                }
                break;
            case GraspCommand.StopListenNegotiate c:
                var stopped = Own(c.Asa, c.Objective, out var stopping);
                if (stopping is not null)
                    negotiations.StopListening(now, stopping, GraspError.unspec, "stop_listen_negotiate");
                state.Complete(id, stopped);
                break;
            case GraspCommand.NegotiateStep c:
                InSession(id, c.Asa, c.Session)?.Step(now, id, c.Objective, GraspState.Timeout(c.Timeout));
                break;
            case GraspCommand.NegotiateWait c:
                InSession(id, c.Asa, c.Session)?.Wait(now, id, GraspState.Timeout(c.Timeout));
                break;
            case GraspCommand.EndNegotiate c:
                if (InSession(id, c.Asa, c.Session) is { } ending)
                    ending.Finish(now, id, new EndMessage(ending.SessionId, c.Accept, c.Reason).Encode(), isEnd: true);
                break;
            case GraspCommand.SendInvalid c:
                if (InSession(id, c.Asa, c.Session) is { } invalid)
                    invalid.Finish(now, id, new InvalidMessage(invalid.SessionId, CborValue.BytesOf(c.Info)).Encode(), isEnd: false);
                break;
            case GraspCommand.Send c:
                InSession(id, c.Asa, c.Session)?.SendItem(now, id, c.Item);
                break;
            case GraspCommand.Receive c:
                InSession(id, c.Asa, c.Session)?.ReceiveItem(now, id, GraspState.Timeout(c.Timeout));
                break;
            case GraspCommand.Synchronize c:
                if (Networked(id, Registered(c.Asa)))
                {
                    if (!c.Objective.Flags.HasFlag(ObjectiveFlags.F_SYNCH))
                        state.Complete(id, GraspError.notSynch);
                    else
                        synchronizations.Request(now, id, WithRegisteredSize(c));
                }
                break;
            case GraspCommand.ListenSynchronize c:
                if (Networked(id, Own(c.Asa, c.Objective.Name, out var offered)))
                    state.Complete(id, ListenSynchronize(offered!, c.Objective));
                break;
            case GraspCommand.StopListenSynchronize c:
                var ended = Own(c.Asa, c.Objective, out var silent);
                if (silent is not null)
                    silent.SynchronizationValue = null;
                state.Complete(id, ended);
                break;
            case GraspCommand.Flood c:
                state.Complete(id, Flood(now, c));
                break;
            case GraspCommand.GetFlood c:
                if (Networked(id, Registered(c.Asa), floods: true))
                    state.Complete(id, new GraspResult.Floods(state.FloodCache.Find(now, c.Objective).ToValueList()));
                break;
            case GraspCommand.WatchFloods c:
                if (Networked(id, Registered(c.Asa), floods: true))
                    watchers.Watch(now, id, c);
                break;
            case GraspCommand.AwaitOperational:
                if (state.IsActive)
                    state.Complete(id, GraspError.ok);
                else if (_awaitingNetwork.Add(id))
                    state.Pending[id] = _ => _awaitingNetwork.Remove(id);
                break;
            case GraspCommand.DumpAll:
                state.Complete(id, new GraspResult.Dumped(GraspDump.Of(now, state)));
                break;
            case GraspCommand.ExpireFlood c:
                if (Networked(id, Registered(c.Asa), floods: true))
                    state.Complete(id, state.FloodCache.Expire(c.Objective, c.Locator) ? GraspError.ok : GraspError.notObj);
                break;
        }
    }

    /// <summary>I-02: there is a network now, and those who waited for it may begin.</summary>
    public void HandleOperational()
    {
        foreach (var id in _awaitingNetwork.OrderBy(id => id.Value).ToList())
            state.Complete(id, GraspError.ok);
        _awaitingNetwork.Clear();
    }

    private GraspError Deregister(Instant now, GraspCommand.DeregisterAsa command)
    {
        var error = state.Registry.FindForRemoval(command.Asa, command.Name, out var asa);
        if (error != GraspError.ok)
            return error;
        foreach (var objective in asa!.Objectives.ToList())
            Remove(now, objective);
        negotiations.EndAllOf(now, asa.Handle, null, GraspError.noASA);
        synchronizations.EndAllOf(now, asa.Handle, GraspError.noASA);
        watchers.EndAllOf(asa.Handle);
        state.Registry.Remove(asa);
        state.Facts.Add(new GraspFact.AsaGone(asa.Handle, asa.Name));
        return GraspError.ok;
    }

    private GraspError Register(GraspCommand.RegisterObjective command)
    {
        if (state.Registry.Find(command.Asa) is not { } asa)
            return GraspError.noASA;
        var error = state.Registry.AddObjective(asa, command);
        if (error == GraspError.ok)
            state.Facts.Add(new GraspFact.ObjectiveRegistered(asa.Handle, command.Objective.Name));
        return error;
    }

    private void Remove(Instant now, RegisteredObjective objective)
    {
        negotiations.StopListening(now, objective, GraspError.notObj, "deregistered");
        negotiations.EndAllOf(now, objective.Asa.Handle, objective.Name, GraspError.notObj);
        floods.Forget(objective.Asa.Handle, objective.Name);
        state.Registry.Remove(objective);
        state.Facts.Add(new GraspFact.ObjectiveGone(objective.Asa.Handle, objective.Name));
    }

    private void Discover(Instant now, CommandId id, GraspCommand.Discover command)
    {
        if (!Networked(id, Registered(command.Asa)))
            return;
        var name = command.Objective.Name;
        state.DiscoveryCache.Flush(now, name, command.MinimumTtl);
        var known = discoveries.Known(now, name, command.Asa);
        if (command.Timeout <= TimeSpan.Zero)
        {
            state.Complete(id, Result(known));
            return;
        }
        Discovery? discovery = null;
        state.Pending[id] = _ =>
        {
            if (discovery is not null)
                discoveries.Cancel(discovery);
        };
        discovery = discoveries.Start(now, command.Timeout, deadline => new Discovery(discoveries, command.Objective, deadline, command.Enough)
        {
            Finished = (_, finished) => state.Complete(id, Result(finished.Found)),
        }, known);
        if (discovery is null)
            state.Complete(id, GraspError.sessionsFull);

        static GraspResult Result(IReadOnlyList<AsaLocator> found)
        {
            var chosen = PeerChoice.InOrder(found).ToList();
            return new GraspResult.Discovered([.. chosen, .. found.Where(l => !chosen.Contains(l))]);
        }
    }

    private GraspError ListenSynchronize(RegisteredObjective registered, Objective objective)
    {
        if (!registered.Flags.HasFlag(ObjectiveFlags.F_SYNCH))
            return GraspError.notSynch;
        if (objective.Value is not { } value || !CborValue.IsWellFormed(value))
            return GraspError.badValue;
        var given = objective with
        {
            Flags = registered.Flags | ObjectiveFlags.F_DISC,
            LoopCount = objective.LoopCount == 0 ? GraspConstants.GRASP_DEF_LOOPCT : objective.LoopCount,
        };
        if (new SynchMessage(uint.MaxValue, given).Encode().Length > registered.MaxMessageSize)
            return GraspError.messageTooLong;
        registered.SynchronizationValue = given;
        return GraspError.ok;
    }

    private GraspError Flood(Instant now, GraspCommand.Flood command)
    {
        if (state.Registry.Find(command.Asa) is not { } asa)
            return GraspError.noASA;
        if (!state.IsActive)
            return GraspError.noSecurity;
        foreach (var entry in command.Objectives)
        {
            var error = state.Registry.FindOwn(asa, entry.Objective.Name, out var registered);
            if (error != GraspError.ok)
                return error;
            if (!registered!.Flags.HasFlag(ObjectiveFlags.F_SYNCH) || !entry.Objective.Flags.HasFlag(ObjectiveFlags.F_SYNCH))
                return GraspError.notSynch;
        }
        return floods.Flood(now, asa.Handle, command.Ttl, command.Objectives);
    }

    // H-23: what the ASA registered for the objective holds for what it asks for, too.
    private GraspCommand.Synchronize WithRegisteredSize(GraspCommand.Synchronize command)
    {
        _ = Own(command.Asa, command.Objective.Name, out var registered);
        return registered?.MaxMessageSize > command.MaxMessageSize ? command with { MaxMessageSize = registered.MaxMessageSize } : command;
    }

    private GraspError Registered(AsaHandle asa) => state.Registry.Find(asa) is null ? GraspError.noASA : GraspError.ok;

    private GraspError Own(AsaHandle asa, string name, out RegisteredObjective? objective)
    {
        objective = null;
        return state.Registry.Find(asa) is { } found ? state.Registry.FindOwn(found, name, out objective) : GraspError.noASA;
    }

    // I-02: who is allowed to call, and on what, comes first; then whether there is a network to do it in. DULL has floods
    // and nothing else (RFC 8990 §2.5.2).
    private bool Networked(CommandId id, GraspError checkedSoFar, bool floods = false)
    {
        if (checkedSoFar != GraspError.ok)
            state.Complete(id, checkedSoFar);
        else if ((state.IsDull && !floods) || !state.IsActive)
            state.Complete(id, GraspError.noSecurity);
        else
            return true;
        return false;
    }

    private NegotiationSession? InSession(CommandId id, AsaHandle asa, SessionHandle handle)
    {
        if (state.Registry.Find(asa) is null)
            state.Complete(id, GraspError.noASA);
        else if (negotiations.Find(asa, handle) is { } session)
            return session;
        else
            state.Complete(id, GraspError.noSession);
        return null;
    }
}
