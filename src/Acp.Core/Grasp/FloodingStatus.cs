using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Grasp;

/// <summary>A snapshot of one channel's flooding session.</summary>
/// <param name="Neighbor">Null until something was heard from it.</param>
/// <param name="Since">When the session that is in use opened; null without one.</param>
/// <param name="WeOpened">We opened the session that is in use.</param>
/// <param name="NextAttempt">When we try (again) to open one.</param>
public sealed record FloodingStatus(
    GraspInterfaceId Interface, Ipv6Address? Neighbor, Instant? Since, bool WeOpened, Instant? NextAttempt);
