using Acp.Core;
using Acp.Linux.DataPlane;

namespace Acp.Linux.Xfrm;

/// <summary>Which data plane this machine can have, and why, in words for a log line.</summary>
public sealed record DataPlaneProbeResult(DataPlaneKind Kind, string Reason)
{
    /// <summary>What the kernel's data plane can encrypt with; empty without one.</summary>
    public IReadOnlyList<EspAlgorithm> Algorithms { get; init; } = [];

    public override string ToString() => Reason;
}
