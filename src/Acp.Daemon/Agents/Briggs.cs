using Acp.Asa;

namespace Acp.Daemon.Agents;

/// <summary>
/// A bank. Lends no more than half of what it has, begins with a third, and comes up by ten at a time. It serves all who
/// come, at once.
/// </summary>
/// <param name="say">A line for people.</param>
internal sealed class Briggs(GraspAsa asa, int reserves, Action<string> say)
{
    private const int Step = 10;

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await asa.RegisterObjectiveAsync(Loan.Objective, cancel: cancel).ConfigureAwait(false);
        say($"Briggs has {reserves} and listens");
        await foreach (var request in asa.ListenNegotiateAsync(Loan.Objective.Name, cancel).ConfigureAwait(false))
            _ = ServeAsync(request, cancel);
    }

    private async Task ServeAsync(NegotiationRequest request, CancellationToken cancel)
    {
        await using var session = request.Session;
        try
        {
            var asked = Loan.Of(request.Objective);
            say($"{request.Peer} asks for {asked}");
            for (var offer = reserves / 3; ; offer = Math.Min(offer + Step, reserves / 2))
            {
                if (asked.Currency != "NZD" || asked.Amount <= 0)
                {
                    await session.DeclineAsync("NZD only", cancel).ConfigureAwait(false);
                    return;
                }
                if (asked.Amount <= offer)
                {
                    await session.AcceptAsync(cancel).ConfigureAwait(false);
                    say($"lent {asked} to {request.Peer}");
                    return;
                }
                say($"offering NZD {offer}");
                switch (await session.NegotiateStepAsync(new Loan("NZD", offer).AsOffer(), cancel: cancel).ConfigureAwait(false))
                {
                    case NegotiationResult.CounterOffer counter:
                        asked = Loan.Of(counter.Objective);
                        break;
                    case NegotiationResult.Accepted:
                        say($"lent NZD {offer} to {request.Peer}");
                        return;
                    case NegotiationResult.Declined declined:
                        say($"{request.Peer} declined: {declined.Reason}");
                        return;
                }
            }
        }
        catch (Exception e) when (e is GraspException or FormatException or OperationCanceledException)
        {
            say($"{request.Peer}: {e.Message}");
        }
    }
}
