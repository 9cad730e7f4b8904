namespace Acp.Wire.Grasp;

/// <summary><c>[M_WAIT, session-id, waiting-time]</c> (RFC 8990 §2.8.9).</summary>
public sealed record WaitMessage(uint SessionId, TimeSpan WaitingTime) : GraspMessage
{
    public override byte MessageType => GraspConstants.M_WAIT;
}
