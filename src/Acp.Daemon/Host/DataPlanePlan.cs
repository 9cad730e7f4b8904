using Acp.Core;
using Acp.Linux.DataPlane;

namespace Acp.Daemon.Host;

/// <summary>Who will encrypt, why, in words, and with what it can.</summary>
internal sealed record DataPlanePlan(DataPlaneKind Kind, string Why, IReadOnlyList<EspAlgorithm> Algorithms);
