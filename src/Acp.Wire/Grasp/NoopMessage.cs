namespace Acp.Wire.Grasp;

/// <summary><c>[M_NOOP]</c>, silently ignored (RFC 8990 §2.8.13).</summary>
public sealed record NoopMessage : GraspMessage
{
    public override byte MessageType => GraspConstants.M_NOOP;
}
