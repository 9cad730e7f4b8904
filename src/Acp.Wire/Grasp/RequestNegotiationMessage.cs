namespace Acp.Wire.Grasp;

/// <summary><c>[M_REQ_NEG, session-id, objective]</c>; the objective has a value (RFC 8990 §2.8.6).</summary>
public sealed record RequestNegotiationMessage(uint SessionId, Objective Objective) : GraspMessage
{
    public override byte MessageType => GraspConstants.M_REQ_NEG;
}
