using Acp.Wire.Grasp;

namespace Acp.Wire.Attach;

/// <summary><c>flood-entry = [objective, locator / null, ttl / null]</c></summary>
/// <param name="Ttl">From now on; null for ever.</param>
public sealed record AttachFlood(Objective Objective, Locator? Locator, TimeSpan? Ttl);
