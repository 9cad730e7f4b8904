namespace Acp.Wire.Grasp;

/// <summary><c>[M_DISCOVERY, session-id, initiator, objective]</c> (RFC 8990 §2.8.4).</summary>
public sealed record DiscoveryMessage(uint SessionId, Initiator Initiator, Objective Objective) : GraspMessage
{
    public override byte MessageType => GraspConstants.M_DISCOVERY;
}
