using Acp.Asa;
using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>The requesting side (RFC 8992 §4.1): space from another such ASA, and its word now and then that it is still ours.</summary>
internal sealed partial class PrefixManager
{
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
}
