using Acp.Wire.Grasp;

namespace Acp.Asa;

/// <summary>A tagged_objective (RFC 8991 §2.3.2.6): a flooded objective, and the locator that came with it.</summary>
/// <param name="Locator">
/// Null for none. One to be flooded may have the unspecified address: each interface puts its own link-local one there.
/// </param>
/// <param name="Ttl">How long it is still good for; null for ever.</param>
public sealed record TaggedObjective(Objective Objective, Locator? Locator = null, TimeSpan? Ttl = null)
{
    /// <summary>What is known of the signature that the flood came with; not checked, unless there is a policy for this objective.</summary>
    public FloodSignatureStatus Signature { get; init; }
}
