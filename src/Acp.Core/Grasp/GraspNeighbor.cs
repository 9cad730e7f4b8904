using System.Globalization;
using Acp.Wire;

namespace Acp.Core.Grasp;

/// <summary>
/// Where a link-local message came from: the source of a datagram, or the far end of a flooding session. It is only used
/// to answer there.
/// </summary>
public readonly record struct GraspNeighbor(Ipv6Address Address, ushort Port)
{
    public override string ToString() => $"[{Address}]:{Port.ToString(CultureInfo.InvariantCulture)}";
}
