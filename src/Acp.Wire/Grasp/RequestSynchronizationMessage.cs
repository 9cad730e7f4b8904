namespace Acp.Wire.Grasp;

/// <summary><c>[M_REQ_SYN, session-id, objective]</c> (RFC 8990 §2.8.6).</summary>
public sealed record RequestSynchronizationMessage(uint SessionId, Objective Objective) : GraspMessage
{
    public override byte MessageType => GraspConstants.M_REQ_SYN;
}
