namespace Acp.Wire.Grasp;

/// <summary><c>[M_END, session-id, accept-option / decline-option]</c> (RFC 8990 §2.8.8).</summary>
/// <param name="Accepted">O_ACCEPT rather than O_DECLINE.</param>
/// <param name="Reason">Of a decline, for people; null when there is none. Left out when empty: graspy minds an empty one.</param>
public sealed record EndMessage(uint SessionId, bool Accepted, string? Reason = null) : GraspMessage
{
    public override byte MessageType => GraspConstants.M_END;
}
