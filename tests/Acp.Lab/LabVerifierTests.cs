using Acp.Daemon.Control;
using Acp.Daemon.Lab;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Lab;

/// <summary>The pings of a lab, over plain addresses on its cables instead of an ACP.</summary>
[Collection(nameof(LabCollection))]
public sealed class LabVerifierTests
{
    [Fact]
    public async Task Every_pair_is_reached_in_both_views_once_the_boxes_are_known_and_reachable()
    {
        using var lab = new OwnLab(new LabOptions { Nodes = 3, Topology = LabTopology.Ring });
        using var world = LabWorld.Build(lab.Plan);
        for (var i = 0; i < 3; i++)
        {
            // A ring of three: each box's address on its loopback, and a route over the cable to each other box.
            using var socket = new RouteSocket(world.Hosts[i]);
            socket.PutAddress(socket.IndexOf("lo"), Address(i), 128);
            foreach (var (cable, other) in lab.Plan.CablesOf(i))
            {
                var index = socket.IndexOf(cable);
                var subnet = $"fd00:{Math.Min(i, other)}{Math.Max(i, other)}::";
                socket.PutAddress(index, Ipv6Address.Parse($"{subnet}{i + 1}"), 64);
                socket.PutRoute(new RouteMessage(Ipv6Prefix.Host(Address(other)), index, Ipv6Address.Parse($"{subnet}{other + 1}")));
            }
        }

        using var verifier = new LabVerifier(lab.Plan, world);
        verifier.Learn(0, Status(lab.Plan.Boxes[0]));
        verifier.Learn(1, Status(lab.Plan.Boxes[1]));

        // Two of three are known: their pairs are reached, and nothing is complete.
        await UntilAsync(() => verifier.Pairs().Count(p => p.ReachedAt is not null) == 4);
        Assert.All(
            verifier.Pairs().Where(p => p.ReachedAt is not null), p => Assert.True(p.From < 2 && p.To < 2));
        Assert.False(verifier.Completion.IsCompleted);

        verifier.Learn(2, Status(lab.Plan.Boxes[2]));
        await Task.WhenAny(verifier.Completion, Task.Delay(TimeSpan.FromSeconds(20)));
        Assert.DoesNotContain(verifier.Pairs(), p => p.ReachedAt is null);
        await verifier.Completion;
    }

    private static Ipv6Address Address(int box) => Ipv6Address.Parse($"fd89::{box + 1}");

    /// <summary>The box's host namespace plays both parts.</summary>
    private static StatusReport Status(LabBox box) => new(
        "", box.Daemon.Instance, 0, 0, 0, "connected",
        new IdentityReport("", "", Address(box.Index).ToString(), Address(box.Index).ToString(), "", "", default, ""),
        new NamespacesReport(null, "", box.HostNamespace),
        new DataPlaneReport("userspace", ""),
        new RplReport("detached", null, null, 0xffff, null, null),
        0, 0, 0, 0, 0, [], new MilestonesReport(null, null, null, null, null, null, null, null, 0),
        new Dictionary<string, long>(), []);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(20, patience.Token);
    }
}
