using Acp.Wire;

namespace Acp.Core.Grasp;

/// <summary>A link that GRASP runs on.</summary>
/// <param name="LinkLocal">Our link-local address there.</param>
public sealed record GraspInterface(GraspInterfaceId Id, GraspInterfaceKind Kind, Ipv6Address LinkLocal);
