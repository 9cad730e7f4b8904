using Acp.Linux.DataPlane;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;

namespace Acp.Lab;

/// <summary>One box of the lab.</summary>
public sealed record DataPlaneSide(
    NetworkNamespace Abutment,
    RouteSocket AbutmentRoute,
    NetworkNamespace Acp,
    RouteSocket AcpRoute,
    RecordingNews News,
    IDataPlane Plane);
