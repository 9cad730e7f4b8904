using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>A cached tagged_objective (RFC 8991 §2.3.2.6): one copy of a flooded objective.</summary>
/// <param name="Locator">Its tag; null for the null locator.</param>
/// <param name="Initiator">Whose flood it was.</param>
/// <param name="Interface">Where it arrived; null for our own.</param>
/// <param name="Expires">Null for never (H-37).</param>
public sealed record FloodedObjective(Objective Objective, Locator? Locator, Initiator Initiator, GraspInterfaceId? Interface, Instant? Expires)
{
    /// <summary>What is known of the signature that it came with.</summary>
    public FloodSignatureStatus Signature { get; init; }

    /// <summary>When it was signed, in seconds since 1970, if the signature says so.</summary>
    public long? IssuedAt { get; init; }
}
