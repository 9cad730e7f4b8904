using Acp.Wire.Grasp;

namespace Acp.Wire.Attach;

/// <summary><c>flood-entry = [objective, locator / null, ttl / null, signature: uint]</c></summary>
/// <param name="Ttl">From now on; null for ever.</param>
/// <param name="Signature">What is known of the signature that it came with.</param>
public sealed record AttachFlood(Objective Objective, Locator? Locator, TimeSpan? Ttl, FloodSignatureStatus Signature = default);
