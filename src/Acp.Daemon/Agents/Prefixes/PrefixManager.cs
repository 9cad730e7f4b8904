using Acp.Asa;
using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>
/// An ASA that hands IP prefixes down a tree (RFC 8992): it gives parts of its pool to whoever asks, gets space for it from another such
/// ASA if it is told to, and puts a /64 on each interface it is given. What it has given and got survives it. Knows only the GRASP API.
/// </summary>
/// <param name="changed">Told after the fact, in order; may be null.</param>
/// <param name="say">A line for people, and for whoever audits.</param>
internal sealed class PrefixManager(
    GraspAsa asa, PrefixLimits limits, IPrefixStore store, PrefixManagerOptions options, IPrefixPlaces places, TimeProvider time,
    Action<PrefixChange>? changed, Action<string> say)
{
    private readonly Lock _gate = new();
    private readonly PrefixLedger _ledger = new(limits);
    private readonly TaskCompletionSource _hasSpace = new();
    private TaskCompletionSource _shortage = new();

    // A responder that would agree to a dry run would have to keep state for nothing (RFC 8992 §5.1): they are let in to be told so.
    private static readonly Objective Listening = Objective.DryRun(PrefixValue.ObjectiveName);

    /// <summary>Until cancelled.</summary>
    /// <exception cref="FormatException">The saved state is damaged, or the pool cannot be what it was told to be.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        Begin();
        try
        {
            await asa.RegisterObjectiveAsync(Listening, cancel: cancel).ConfigureAwait(false);
            await asa.RegisterObjectiveAsync(Parameters(default), new ObjectiveRegistration { Overlap = true }, cancel).ConfigureAwait(false);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAll(
                TogetherAsync(options.HandsOn ? PatientlyAsync(DelegateAsync, stop.Token) : Task.CompletedTask, stop),
                TogetherAsync(options.Asks ? AcquireAsync(stop.Token) : Task.CompletedTask, stop),
                TogetherAsync(
                    options.Parameters is { } parameters ? PatientlyAsync(c => FloodAsync(parameters, c), stop.Token) : Task.CompletedTask, stop)).ConfigureAwait(false);
        }
        finally
        {
            Report(places.Apply([], []));
        }
    }

    /// <summary>What fails takes the others along.</summary>
    private static async Task TogetherAsync(Task part, CancellationTokenSource stop)
    {
        try
        {
            await part.ConfigureAwait(false);
        }
        finally
        {
            if (!part.IsCompletedSuccessfully)
                Cancel(stop);
        }

        static void Cancel(CancellationTokenSource stop) => stop.Cancel();
    }

    /// <summary>An ACP may come later, and go.</summary>
    private async Task PatientlyAsync(Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        for (var said = false; ;)
        {
            try
            {
                await work(cancel).ConfigureAwait(false);
                return;
            }
            catch (GraspUnavailableException e) when (e.Error == Wire.Grasp.GraspError.noSecurity)
            {
                if (!said)
                    say("waiting for a network to talk over");
                said = true;
                await Task.Delay(options.FirstPause, time, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>For status and tests.</summary>
    public PrefixState State()
    {
        lock (_gate)
        {
            _ledger.Expire(time.GetUtcNow());
            return _ledger.State();
        }
    }

    private static Objective Parameters(CborValue value) => Objective.Synchronizable(PrefixParameters.ObjectiveName, value);

    private void Begin()
    {
        lock (_gate)
        {
            var saved = store.Load();
            // Space that was configured and is no longer goes; what was given out of it stays its owners'.
            _ledger.Restore(saved with { Roots = [.. saved.Roots.Where(r => r.From is not null || options.Pool.Contains(r.Prefix))] }, time.GetUtcNow());
            foreach (var prefix in options.Pool.Where(p => _ledger.Roots.All(r => r.Prefix != p)))
            {
                if (_ledger.TryAddRoot(new PrefixRoot(prefix, null, time.GetUtcNow())) is var refusal and not PrefixRootRefusal.None)
                    throw new FormatException($"{PrefixText.Of(prefix)} cannot be handed out: {Decode.RefusalWords.Of(refusal)}");
            }

            store.Save(_ledger.State());
        }

        Settle();
    }

    private void Settle()
    {
        List<Ipv6Prefix> held;
        var local = new List<(string, Ipv6Prefix)>();
        lock (_gate)
        {
            held = [.. _ledger.Roots.Select(r => r.Prefix)];
            foreach (var name in options.Interfaces)
            {
                if (_ledger.TakeLocal($"interface {name}", 64, time.GetUtcNow()) is { } lease)
                    local.Add((name, lease.Prefix));
                else if (held.Count > 0)
                    say($"no /64 is left for {name}");
            }

            store.Save(_ledger.State());
        }

        if (held.Count > 0)
            _hasSpace.TrySetResult();
        Report(places.Apply([.. held.Where(h => !h.IsIpv4())], local));
        foreach (var (name, prefix) in local)
            changed?.Invoke(new PrefixChange(true, "local", prefix, name));
    }

    private void Report(IReadOnlyList<string> failures)
    {
        foreach (var failure in failures)
            say(failure);
    }

    private async Task DelegateAsync(CancellationToken cancel)
    {
        // Without space there is nothing to say; with it, also to those who only want theirs confirmed.
        await _hasSpace.Task.WaitAsync(cancel).ConfigureAwait(false);
        say($"listening, with {string.Join(", ", State().Roots.Select(r => PrefixText.Of(r.Prefix)))}");
        await foreach (var request in asa.ListenNegotiateAsync(PrefixValue.ObjectiveName, cancel).ConfigureAwait(false))
            _ = ServeAsync(request, cancel);
    }

    private async Task ServeAsync(NegotiationRequest request, CancellationToken cancel)
    {
        await using var session = request.Session;
        var owner = request.Peer?.ToEndpointText() ?? "somebody";
        try
        {
            var result = await AnswerAsync(session, request.Objective, owner, cancel).ConfigureAwait(false);
            while (result is NegotiationResult.CounterOffer counter)
                result = await AnswerAsync(session, counter.Objective, owner, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is GraspException or IOException or OperationCanceledException)
        {
            say($"{owner}: {e.Message}");
        }
    }

    /// <summary>One question of the peer's; what it says to our answer, or null when that ended it.</summary>
    private async Task<NegotiationResult?> AnswerAsync(NegotiationSession session, Objective objective, string owner, CancellationToken cancel)
    {
        if (objective.IsDryRun)
            return await DeclineAsync(session, owner, "a dry run means nothing for prefixes (RFC 8992 §5.1)", cancel).ConfigureAwait(false);
        PrefixValue asked;
        try
        {
            asked = PrefixValue.Of(objective);
        }
        catch (FormatException e)
        {
            return await DeclineAsync(session, owner, e.Message, cancel).ConfigureAwait(false);
        }

        switch (Decide(asked, owner))
        {
            case PrefixDecision.Confirm(var prefix):
                await session.AcceptAsync(cancel).ConfigureAwait(false);
                say($"{PrefixText.Of(prefix)} is {owner}'s, confirmed");
                return null;
            case PrefixDecision.Offer(var prefix):
                return await OfferAsync(session, objective with { Value = PrefixValue.Of(prefix, asked.IsBasic).ToCbor() }, prefix, owner, cancel).ConfigureAwait(false);
            case PrefixDecision.Decline(var reason, var isShortage):
                if (isShortage)
                    _shortage.TrySetResult();
                return await DeclineAsync(session, owner, reason, cancel).ConfigureAwait(false);
            default:
                throw new InvalidOperationException("no such decision");
        }
    }

    private async Task<NegotiationResult?> DeclineAsync(NegotiationSession session, string owner, string reason, CancellationToken cancel)
    {
        say($"declined {owner}: {reason}");
        await session.DeclineAsync(reason, cancel).ConfigureAwait(false);
        return null;
    }

    private PrefixDecision Decide(PrefixValue asked, string owner)
    {
        lock (_gate)
        {
            var decision = _ledger.Ask(asked, owner, time.GetUtcNow());
            if (decision is not PrefixDecision.Decline)
                store.Save(_ledger.State());
            return decision;
        }
    }

    private async Task<NegotiationResult?> OfferAsync(NegotiationSession session, Objective offer, Ipv6Prefix prefix, string owner, CancellationToken cancel)
    {
        NegotiationResult? result = null;
        try
        {
            result = await session.NegotiateStepAsync(offer, options.StepTime, cancel).ConfigureAwait(false);
            return result;
        }
        finally
        {
            lock (_gate)
            {
                if (result is NegotiationResult.Accepted)
                    _ledger.Accepted(prefix, time.GetUtcNow());
                else if (result is null)
                    _ledger.BrokeOff(prefix, time.GetUtcNow());
                else
                    _ledger.Declined(prefix);
                store.Save(_ledger.State());
            }

            say(result switch
            {
                NegotiationResult.Accepted => $"delegated {PrefixText.Of(prefix)} to {owner}",
                null => $"{owner} broke off when it was offered {PrefixText.Of(prefix)}",
                _ => $"{owner} does not want {PrefixText.Of(prefix)}",
            });
            if (result is NegotiationResult.Accepted)
                changed?.Invoke(new PrefixChange(true, "delegated", prefix, owner));
        }
    }

    private async Task AcquireAsync(CancellationToken cancel)
    {
        var pause = options.FirstPause;
        var wanted = State().Roots.All(r => r.From is null);
        while (true)
        {
            var got = false;
            try
            {
                await ConfirmAllAsync(cancel).ConfigureAwait(false);
                wanted |= State().Roots.All(r => r.From is null);
                got = wanted && await GetAsync(cancel).ConfigureAwait(false);
            }
            catch (GraspException e)
            {
                say(e.Message);
            }

            wanted &= !got;
            var wait = wanted ? pause : options.ConfirmInterval;
            pause = !wanted ? options.FirstPause : pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
            // More is asked for at once where others ask us in vain, unless that was in vain just now.
            var delay = Task.Delay(wait, time, cancel);
            if (!wanted && await Task.WhenAny(delay, _shortage.Task).ConfigureAwait(false) != delay)
                wanted = true;
            else
                await delay.ConfigureAwait(false);
            _shortage = new TaskCompletionSource();
        }
    }

    private async Task<IReadOnlyList<AsaLocator>> PeersAsync(CancellationToken cancel) => options.From is { } from
        ? [AsaLocator.Tcp(from, Wire.Grasp.GraspConstants.GRASP_LISTEN_PORT)]
        : await asa.DiscoverAsync(Objective.Negotiable(PrefixValue.ObjectiveName), options.DiscoveryTime, TimeSpan.Zero, cancel).ConfigureAwait(false);

    /// <summary>Whether there is more space than before.</summary>
    private async Task<bool> GetAsync(CancellationToken cancel)
    {
        var length = await LengthAsync(cancel).ConfigureAwait(false);
        var peers = await PeersAsync(cancel).ConfigureAwait(false);
        // What is wanted, of anybody, before less than that.
        foreach (var least in new[] { length, limits.LongestIpv6Offer }.Distinct())
        {
            foreach (var peer in peers)
            {
                if (least >= length && await GetAsync(peer, length, least, cancel).ConfigureAwait(false))
                    return true;
            }
        }

        say(peers.Count == 0 ? "nobody delegates prefixes here, yet" : $"no /{length} to be had, yet");
        return false;
    }

    private async Task<int> LengthAsync(CancellationToken cancel)
    {
        if (options.Length is { } given)
            return given;
        if (options.Role is not { } role)
            return options.DefaultLength;
        // RFC 8992 §6: flooded, or asked for.
        var floods = await asa.GetFloodAsync(PrefixParameters.ObjectiveName, cancel).ConfigureAwait(false);
        foreach (var flood in floods)
        {
            if (PrefixParameters.Of(flood.Objective.Value).Lengths.TryGetValue(role, out var length))
                return length;
        }

        try
        {
            var found = await asa.SynchronizeAsync(Parameters(default), timeout: options.StepTime, cancel: cancel).ConfigureAwait(false);
            if (PrefixParameters.Of(found.Value).Lengths.TryGetValue(role, out var length))
                return length;
        }
        catch (GraspPeerException)
        {
            // Nobody has any.
        }

        say($"nobody says how long a prefix a {role} needs; asking for a /{options.DefaultLength}");
        return options.DefaultLength;
    }

    /// <param name="least">The longest prefix, that is the smallest space, to be content with.</param>
    private async Task<bool> GetAsync(AsaLocator peer, int length, int least, CancellationToken cancel)
    {
        var asked = Objective.Negotiable(PrefixValue.ObjectiveName, new PrefixValue(6, length).ToCbor());
        try
        {
            switch (await asa.RequestNegotiateAsync(asked, peer, options.StepTime, cancel: cancel).ConfigureAwait(false))
            {
                case NegotiationResult.CounterOffer(var session, var objective):
                    await using (session.ConfigureAwait(false))
                        return await TakeAsync(peer, session, objective, length, least, cancel).ConfigureAwait(false);
                case NegotiationResult.Declined(var reason):
                    say($"{Name(peer)} declined: {reason}");
                    return false;
                default:
                    return false; // it agreed to a length without a prefix
            }
        }
        catch (GraspException e)
        {
            say($"{Name(peer)}: {e.Message}");
            return false;
        }
    }

    private async Task<bool> TakeAsync(
        AsaLocator peer, NegotiationSession session, Objective objective, int length, int least, CancellationToken cancel)
    {
        string? wrong = null;
        Ipv6Prefix prefix = default;
        try
        {
            var offered = PrefixValue.Of(objective);
            prefix = offered.Prefix ?? default;
            if (offered.Version != 6 || offered.Prefix is null || offered.Length < length)
                wrong = "that is not what was asked for";
            else if (offered.Length > least)
                wrong = $"a /{offered.Length} is not enough";
        }
        catch (FormatException e)
        {
            wrong = e.Message;
        }

        if (wrong is null)
        {
            // Ours before we say so: what we accept we must not forget.
            lock (_gate)
            {
                if (_ledger.TryAddRoot(new PrefixRoot(prefix, Name(peer), time.GetUtcNow())) is var refusal and not PrefixRootRefusal.None)
                    wrong = $"{PrefixText.Of(prefix)} cannot be taken: {Decode.RefusalWords.Of(refusal)}";
                else
                    store.Save(_ledger.State());
            }
        }

        if (wrong is not null)
        {
            say($"{Name(peer)}: {wrong}");
            await session.DeclineAsync(wrong, cancel).ConfigureAwait(false);
            return false;
        }

        try
        {
            await session.AcceptAsync(cancel).ConfigureAwait(false);
        }
        catch (GraspException)
        {
            Drop(prefix);
            throw;
        }

        say($"got {PrefixText.Of(prefix)} of {Name(peer)}");
        changed?.Invoke(new PrefixChange(true, "held", prefix, Name(peer)));
        Settle();
        await ConfirmAsync(peer, prefix, cancel).ConfigureAwait(false);
        return true;
    }

    private async Task ConfirmAllAsync(CancellationToken cancel)
    {
        var held = State().Roots.Where(r => r.From is not null).ToList();
        if (held.Count == 0)
            return;
        var peers = await PeersAsync(cancel).ConfigureAwait(false);
        foreach (var root in held)
        {
            if (peers.FirstOrDefault(p => Name(p) == root.From) is { } peer)
                await ConfirmAsync(peer, root.Prefix, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asks for what we have. The delegator agrees, also when it had not heard that we accepted, or forgot; or it says that somebody else has
    /// it, and then we do not. Other delegators, such as graspy's, make another offer, which we leave.
    /// </summary>
    private async Task ConfirmAsync(AsaLocator peer, Ipv6Prefix prefix, CancellationToken cancel)
    {
        var mine = Objective.Negotiable(PrefixValue.ObjectiveName, PrefixValue.Of(prefix).ToCbor());
        try
        {
            switch (await asa.RequestNegotiateAsync(mine, peer, options.StepTime, cancel: cancel).ConfigureAwait(false))
            {
                case NegotiationResult.CounterOffer(var session, _):
                    await session.DeclineAsync("that was only to confirm what I have", cancel).ConfigureAwait(false);
                    break;
                case NegotiationResult.Declined(PrefixLedger.NotYours):
                    say($"{Name(peer)} says that {PrefixText.Of(prefix)} is somebody else's: given up, with all that was made of it");
                    Drop(prefix);
                    Settle();
                    break;
            }
        }
        catch (GraspException e)
        {
            say($"{Name(peer)} does not confirm {PrefixText.Of(prefix)}: {e.Message}");
        }
    }

    private void Drop(Ipv6Prefix prefix)
    {
        IReadOnlyList<PrefixLease> lost;
        lock (_gate)
        {
            _ledger.TryDropRoot(prefix, out lost);
            store.Save(_ledger.State());
        }

        foreach (var lease in lost)
            changed?.Invoke(new PrefixChange(false, lease.State == LeaseState.Local ? "local" : "delegated", lease.Prefix, lease.Owner));
        changed?.Invoke(new PrefixChange(false, "held", prefix, ""));
    }

    private async Task FloodAsync(PrefixParameters parameters, CancellationToken cancel)
    {
        var objective = Parameters(parameters.ToCbor());
        await asa.ListenSynchronizeAsync(objective, cancel).ConfigureAwait(false);
        while (true)
        {
            await asa.FloodAsync(options.FloodInterval * 3.5, objective, cancel).ConfigureAwait(false);
            await Task.Delay(options.FloodInterval, time, cancel).ConfigureAwait(false);
        }
    }

    private static string Name(AsaLocator peer) => peer.Locator is Wire.Grasp.Ipv6Locator six ? six.Address.ToString() : peer.Locator.ToString();
}
