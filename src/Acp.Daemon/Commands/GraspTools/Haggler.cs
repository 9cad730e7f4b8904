using Acp.Asa;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>
/// Negotiates by a list: to each offer of the peer the next value on it is the answer, and when it is used up the peer's
/// offer is accepted, or declined.
/// </summary>
/// <param name="decline">Why it is declined in the end; null accepts.</param>
internal sealed class Haggler(GraspCall call, IReadOnlyList<CborValue> offers, string? decline)
{
    /// <summary>From the peer's first word on; true when both agree.</summary>
    /// <param name="used">How many of the offers were made already.</param>
    public async Task<bool> RunAsync(NegotiationResult result, int used, string? peer = null)
    {
        while (result is NegotiationResult.CounterOffer offer)
        {
            await using var session = offer.Session;
            Tell(peer is null ? "offered" : "asked", offer.Objective, null, peer);
            peer = null;
            if (used < offers.Count)
            {
                result = await session.NegotiateStepAsync(offer.Objective with { Value = offers[used++] }, cancel: call.Cancel);
                if (result is NegotiationResult.CounterOffer)
                    continue;
                break;
            }
            if (decline is not null)
            {
                await session.DeclineAsync(decline, call.Cancel);
                Tell("left", offer.Objective, decline);
                return false;
            }
            await session.AcceptAsync(call.Cancel);
            Tell("took", offer.Objective);
            return true;
        }
        switch (result)
        {
            case NegotiationResult.Accepted accepted:
                Tell("accepted", accepted.Objective);
                return true;
            case NegotiationResult.Declined declined:
                call.Output.Write(
                    new NegotiationReport("declined", "", null, null, declined.Reason, null),
                    GraspJson.Default.NegotiationReport,
                    r => $"declined{(r.Reason is null ? "" : $": {r.Reason}")}");
                return false;
            default:
                return false;
        }
    }

    private void Tell(string what, Objective objective, string? reason = null, string? peer = null) => call.Output.Write(
        new NegotiationReport(what, objective.Name, call.Values.ToJson(objective.Value), objective.LoopCount, reason, peer),
        GraspJson.Default.NegotiationReport,
        _ => $"{(peer is null ? "" : peer + " ")}{what} {call.Values.Print(objective.Value)}{(what is "offered" or "asked" ? $", with {objective.LoopCount} steps left" : "")}"
            + (reason is null ? "" : $": {reason}"));
}
