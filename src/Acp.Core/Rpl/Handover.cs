using Acp.Core.Time;

namespace Acp.Core.Rpl;

/// <summary>The default route still leads to a former parent.</summary>
/// <param name="Until">At the latest.</param>
/// <param name="IsBeside">The former parent is in our DODAG by now, and not below us: it has nothing to tell us.</param>
internal sealed record Handover(RplNeighbor Former, Instant Until, bool IsBeside = false);
