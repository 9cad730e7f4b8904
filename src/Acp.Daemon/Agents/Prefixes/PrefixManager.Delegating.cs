using Acp.Asa;
using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>The delegating side (RFC 8992 §4.2): what is answered to whoever asks for a prefix.</summary>
internal sealed partial class PrefixManager
{
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
}
