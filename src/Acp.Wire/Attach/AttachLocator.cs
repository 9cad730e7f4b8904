using Acp.Wire.Grasp;

namespace Acp.Wire.Attach;

/// <summary><c>locator-entry = [locator, interface, ttl / null, diverted]</c></summary>
/// <param name="Interface">0 for none.</param>
/// <param name="Ttl">From now on; null for one that does not age.</param>
public sealed record AttachLocator(Locator Locator, int Interface, TimeSpan? Ttl, bool IsDiverted);
