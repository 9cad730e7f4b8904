namespace Acp.Wire.Grasp;

/// <summary><c>[M_NEGOTIATE, session-id, objective]</c>; the objective has a value (RFC 8990 §2.8.7).</summary>
public sealed record NegotiationMessage(uint SessionId, Objective Objective) : GraspMessage
{
    public override byte MessageType => GraspConstants.M_NEGOTIATE;
}
