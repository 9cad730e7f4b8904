using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;

namespace Acp.Daemon.Lab;

/// <summary>The boxes' host namespaces and the veth pairs between them. Held open; removing the names is <see cref="LabLeftovers"/>' work.</summary>
public sealed class LabWorld : IDisposable
{
    private readonly List<NetworkNamespace> _hosts = [];

    /// <summary>By index of the box.</summary>
    public IReadOnlyList<NetworkNamespace> Hosts => _hosts;

    /// <summary>Makes all namespaces and cables. What a failure leaves behind is found by its names.</summary>
    public static LabWorld Build(LabPlan plan)
    {
        var world = new LabWorld();
        var sockets = new List<RouteSocket>();
        try
        {
            foreach (var box in plan.Boxes)
            {
                var host = NetworkNamespace.CreateOrAdopt(box.HostNamespace);
                world._hosts.Add(host);
                var socket = new RouteSocket(host);
                sockets.Add(socket);
                socket.SetUp(socket.IndexOf("lo"));
            }

            foreach (var cable in plan.Cables)
            {
                sockets[cable.A].CreateVeth(cable.AInterface, cable.BInterface, world._hosts[cable.B]);
                sockets[cable.A].SetUp(sockets[cable.A].IndexOf(cable.AInterface));
                sockets[cable.B].SetUp(sockets[cable.B].IndexOf(cable.BInterface));
            }

            return world;
        }
        catch
        {
            world.Dispose();
            throw;
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    public void Dispose() => _hosts.ForEach(h => h.Dispose());
}
