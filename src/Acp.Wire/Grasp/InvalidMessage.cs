namespace Acp.Wire.Grasp;

/// <summary><c>[M_INVALID, session-id, ?any]</c>, never sent in answer to itself (RFC 8990 §2.8.12).</summary>
/// <param name="Content">One encoded CBOR item, or null.</param>
public sealed record InvalidMessage(uint SessionId, ByteString? Content) : GraspMessage
{
    public override byte MessageType => GraspConstants.M_INVALID;
}
