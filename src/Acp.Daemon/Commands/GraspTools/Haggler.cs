using Acp.Asa;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>
/// Negotiates by a list: to each offer of the peer the next value on it is the answer, and when it is used up the peer's
/// offer is accepted, or declined.
/// </summary>
/// <param name="decline">Why it is declined in the end; null accepts.</param>
internal sealed class Haggler(GraspCall call, string objective, IReadOnlyList<CborValue> offers, string? decline)
{
    /// <summary>From the peer's first word on; true when both agree.</summary>
    /// <param name="used">How many of the offers were made already.</param>
    /// <param name="peer">Who asked us; null when we asked.</param>
    public async Task<bool> RunAsync(NegotiationResult result, int used, string? peer = null)
    {
        if (result is not NegotiationResult.CounterOffer { Session: var session })
            return Ended(result);
        await using (session)
        {
            for (var what = peer is null ? "offered" : "asked"; result is NegotiationResult.CounterOffer offer; what = "offered")
            {
                Tell(what, offer.Objective.Value, offer.Objective.LoopCount, null, what == "asked" ? peer : null);
                if (used < offers.Count)
                {
                    result = await session.NegotiateStepAsync(offer.Objective with { Value = offers[used++] }, cancel: call.Cancel);
                }
                else if (decline is not null)
                {
                    await session.DeclineAsync(decline, call.Cancel);
                    Tell("left", offer.Objective.Value, null, decline);
                    return false;
                }
                else
                {
                    await session.AcceptAsync(call.Cancel);
                    Tell("took", offer.Objective.Value);
                    return true;
                }
            }
        }
        return Ended(result);
    }

    private bool Ended(NegotiationResult result)
    {
        if (result is NegotiationResult.Accepted accepted)
            Tell("accepted", accepted.Objective.Value);
        else
            Tell("declined", null, null, (result as NegotiationResult.Declined)?.Reason);
        return result is NegotiationResult.Accepted;
    }

    private void Tell(string what, CborValue? value, int? steps = null, string? reason = null, string? peer = null) => call.Output.Write(
        new NegotiationReport(what, objective, value is { } given ? call.Values.ToJson(given) : null, steps, reason, peer),
        GraspJson.Default.NegotiationReport,
        r => string.Concat(
            peer is null ? "" : peer + " ",
            what,
            value is { } shown ? " " + call.Values.Print(shown) : "",
            steps is null ? "" : $", with {steps} steps left",
            reason is null ? "" : ": " + reason));
}
