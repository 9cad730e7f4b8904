using Acp.Asa;

namespace Acp.Daemon.Agents;

/// <summary>A borrower. Asks for nine tenths of what it asked for before, and leaves when that is less than half of what it wants.</summary>
/// <param name="say">A line for people.</param>
internal sealed class Gray(GraspAsa asa, Action<string> say)
{
    /// <summary>Whom it asks, it finds by itself. Returns what it was lent, or null.</summary>
    /// <exception cref="GraspException">No bank, or none that answers.</exception>
    public async Task<Loan?> BorrowAsync(int wanted, CancellationToken cancel)
    {
        await asa.RegisterObjectiveAsync(Loan.Objective, cancel: cancel).ConfigureAwait(false);
        var asked = new Loan("NZD", wanted);
        say($"Gray asks for {asked}");
        var result = await asa.RequestNegotiateAsync(asked.AsOffer(), cancel: cancel).ConfigureAwait(false);
        while (result is NegotiationResult.CounterOffer counter)
        {
            var session = counter.Session;
            var offered = Loan.Of(counter.Objective);
            say($"offered {offered}, with {counter.Objective.LoopCount} steps left");
            asked = asked with { Amount = asked.Amount * 9 / 10 };
            if (offered.Amount >= asked.Amount)
            {
                await session.AcceptAsync(cancel).ConfigureAwait(false);
                say($"took {offered}");
                return offered;
            }
            if (asked.Amount < wanted / 2)
            {
                await session.DeclineAsync("You are mean!", cancel).ConfigureAwait(false);
                say("left");
                return null;
            }
            say($"asks for {asked}");
            result = await session.NegotiateStepAsync(asked.AsOffer(), cancel: cancel).ConfigureAwait(false);
        }
        if (result is NegotiationResult.Declined declined)
        {
            say($"declined: {declined.Reason}");
            return null;
        }
        say($"was lent {asked}");
        return asked;
    }
}
