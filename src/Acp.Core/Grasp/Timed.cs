using Acp.Core.Time;

namespace Acp.Core.Grasp;

/// <summary>Something in an engine that has at most one deadline.</summary>
internal abstract class Timed : DeadlineItem
{
    public abstract void HandleDeadline(Instant now);
}
