namespace Acp.Wire.Grasp;

/// <summary><c>[M_SYNCH, session-id, objective]</c>; the objective has a value (RFC 8990 §2.8.10).</summary>
public sealed record SynchMessage(uint SessionId, Objective Objective) : GraspMessage
{
    public override byte MessageType => GraspConstants.M_SYNCH;
}
