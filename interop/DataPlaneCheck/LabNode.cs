using Acp.Core;
using Acp.Linux.DataPlane;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Xfrm;
using Acp.Wire;

namespace Acp.Interop.DataPlaneCheck;

/// <summary>One node: its two namespaces and its data plane.</summary>
internal sealed class LabNode : IDisposable
{
    public LabNode(string name, DataPlaneKind kind)
    {
        Name = name;
        Kind = kind;
        Abutment = NetworkNamespace.CreateOrAdopt(AbutmentName);
        Acp = NetworkNamespace.CreateOrAdopt(AcpName);
        Routes = new RouteSocket(Abutment);
        AcpRoutes = new RouteSocket(Acp);
        foreach (var routes in new[] { Routes, AcpRoutes })
            routes.SetUp(routes.IndexOf("lo"));
        Sysctl.Write(Acp, "net/ipv6/conf/all/forwarding", "1");
        Plane = MakePlane();
    }

    public string Name { get; }

    public DataPlaneKind Kind { get; }

    public string AbutmentName => Name + "-abut";

    public string AcpName => Name + "-acp";

    public NetworkNamespace Abutment { get; }

    public NetworkNamespace Acp { get; }

    public RouteSocket Routes { get; }

    public RouteSocket AcpRoutes { get; }

    public IDataPlane Plane { get; set; }

    public NoNews News { get; } = new();

    public IDataPlane MakePlane() =>
        Kind == DataPlaneKind.Kernel ? new KernelDataPlane(Abutment, Acp, News) : new UserspaceDataPlane(Abutment, Acp, News);

    /// <summary>Gives the link its one address and brings it up.</summary>
    public LinkId BringUp(string link, Ipv6Address address)
    {
        var index = Routes.IndexOf(link);
        Routes.SetAddrGenMode(index, 1);
        Routes.PutAddress(index, address, 64);
        Routes.SetUp(index);
        return new LinkId(index);
    }

    public void Dispose()
    {
        Plane.Dispose();
        Routes.Dispose();
        AcpRoutes.Dispose();
        Abutment.Dispose();
        Acp.Dispose();
        NetworkNamespace.Delete(AbutmentName);
        NetworkNamespace.Delete(AcpName);
    }
}
