namespace Acp.Asa;

/// <summary>What came of a request or a step: one of three.</summary>
public abstract record NegotiationResult
{
    private NegotiationResult()
    {
    }

    /// <summary>The peer accepted, and the negotiation is over.</summary>
    /// <param name="Objective">What was agreed: our own last offer.</param>
    public sealed record Accepted(Objective Objective) : NegotiationResult;

    /// <summary>The peer declined, and the negotiation is over.</summary>
    public sealed record Declined(string? Reason) : NegotiationResult;

    /// <summary>It is our turn: step, or end it.</summary>
    /// <param name="Objective">What the peer offers.</param>
    public sealed record CounterOffer(NegotiationSession Session, Objective Objective) : NegotiationResult;
}
