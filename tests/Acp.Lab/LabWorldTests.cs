using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Sockets;
using Acp.Wire;

namespace Acp.Lab;

/// <summary>The lab's namespaces and cables, without daemons.</summary>
[Collection(nameof(LabCollection))]
public sealed class LabWorldTests
{
    [Fact]
    public void Boxes_are_joined_as_planned_and_a_ping_crosses_a_cable()
    {
        using var lab = new OwnLab(new LabOptions { Nodes = 3 });
        using var world = LabWorld.Build(lab.Plan);

        using var first = new RouteSocket(world.Hosts[0]);
        using var second = new RouteSocket(world.Hosts[1]);
        Assert.Equal(["eth0", "lo"], first.Links().Select(l => l.Name).Order());
        Assert.Equal(["eth0", "eth1", "lo"], second.Links().Select(l => l.Name).Order());

        var here = Ipv6Address.Parse("fd00:aaaa::1");
        var there = Ipv6Address.Parse("fd00:aaaa::2");
        using var pinger = new Pinger(world.Hosts[0]);
        Assert.False(pinger.TrySend(Ipv6Address.Unspecified, there));

        first.PutAddress(first.IndexOf("eth0"), here, 64);
        second.PutAddress(second.IndexOf("eth0"), there, 64);
        Assert.True(pinger.Ping(here, there, TimeSpan.FromSeconds(10)));
        Assert.False(pinger.Ping(here, Ipv6Address.Parse("fd00:aaaa::3"), TimeSpan.FromMilliseconds(150)));
    }

    [Fact]
    public void A_lab_whose_run_is_dead_is_found_and_removed_and_a_living_or_kept_one_is_not()
    {
        using var lab = new OwnLab(new LabOptions { Nodes = 2 });
        using (LabWorld.Build(lab.Plan))
        {
        }

        Assert.True(NetworkNamespace.Exists(lab.Plan.Boxes[1].HostNamespace));
        Assert.Contains(lab.Plan.Id, LabLeftovers.Find());

        // Alive: the lock is held.
        Assert.DoesNotContain(lab.Plan.Id, LabLeftovers.CleanDead(alsoKept: true));
        LabLeftovers.MarkKept(lab.Plan.Id);
        lab.Unlock();
        Assert.DoesNotContain(lab.Plan.Id, LabLeftovers.CleanDead(alsoKept: false));
        File.Delete($"{lab.Plan.Directory}/kept");

        Assert.Contains(lab.Plan.Id, LabLeftovers.CleanDead(alsoKept: false));
        Assert.DoesNotContain(lab.Plan.Id, LabLeftovers.Find());
        Assert.False(NetworkNamespace.Exists(lab.Plan.Boxes[1].HostNamespace));
        Assert.False(Directory.Exists(lab.Plan.Directory));
    }
}
