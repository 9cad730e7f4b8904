using Acp.Core.Time;

namespace Acp.Core.Grasp;

/// <summary>Something with at most one deadline in a <see cref="TimerTable"/>.</summary>
internal interface ITimed
{
    void HandleDeadline(Instant now);
}
