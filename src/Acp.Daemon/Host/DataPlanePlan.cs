using Acp.Core;
using Acp.Linux.DataPlane;

namespace Acp.Daemon.Host;

/// <summary>Who will encrypt, why, in words, and with what it can.</summary>
/// <param name="MaySplit">Links that the kernel's ESP cannot use have user space's, since nobody insists on the kernel.</param>
internal sealed record DataPlanePlan(DataPlaneKind Kind, string Why, IReadOnlyList<EspAlgorithm> Algorithms, bool MaySplit = false);
