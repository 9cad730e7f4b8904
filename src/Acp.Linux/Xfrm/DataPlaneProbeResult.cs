using Acp.Linux.DataPlane;

namespace Acp.Linux.Xfrm;

/// <summary>Which data plane this machine can have, and why, in words for a log line.</summary>
public sealed record DataPlaneProbeResult(DataPlaneKind Kind, string Reason)
{
    public override string ToString() => Reason;
}
