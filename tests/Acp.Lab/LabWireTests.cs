using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;

namespace Acp.Lab;

/// <summary>What a bystander on a cable sees while an ACP forms and is used.</summary>
[Collection(nameof(LabCollection))]
public sealed class LabWireTests
{
    [Fact]
    public async Task Only_neighbour_discovery_DULL_GRASP_IKE_and_ESP_are_ever_on_the_wire()
    {
        using var lab = AcpdProcess.Start("lab", "run", "--nodes", "3", "--dataplane", "userspace", "--keep");
        await lab.WaitForErrorsAsync(" boxes, ");
        var id = lab.Errors.Split('\n').First(l => l.StartsWith("lab ", StringComparison.Ordinal)).Split(' ', ':')[1];
        try
        {
            // The middle box's two cables, from the moment they exist.
            var path = $"{NetworkNamespace.Directory}/{LabPlan.NamespacePrefixOf(id)}n2";
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            WireTap? left = null, right = null;
            while (right is null)
            {
                try
                {
                    using var ns = NetworkNamespace.Open(path);
                    left ??= new WireTap(ns, "eth0");
                    right = new WireTap(ns, "eth1");
                }
                catch (Exception e) when (e is Acp.Linux.Interop.SystemCallException or Acp.Linux.Netlink.NetlinkException)
                {
                    await Task.Delay(2, patience.Token);
                }
            }

            using (left)
            using (right)
            {
                Assert.True(await lab.WaitAsync(TimeSpan.FromSeconds(90)) == 0, lab.Errors);
                foreach (var tap in new[] { left!, right })
                {
                    var kinds = tap.Frames().Select(f => FrameKind.Of(f)).CountBy(k => k).ToDictionary();
                    Assert.Subset(
                        new HashSet<string> { FrameKind.NeighborDiscovery, FrameKind.ListenerDiscovery, FrameKind.Dull, FrameKind.Ike, FrameKind.Esp },
                        kinds.Keys.ToHashSet());

                    // Seen at all: both floods, the four messages of one negotiation, the pings.
                    Assert.True(kinds[FrameKind.Dull] >= 2);
                    Assert.True(kinds[FrameKind.Ike] >= 4);
                    Assert.True(kinds[FrameKind.Esp] >= 16);
                }
            }
        }
        finally
        {
            await AcpdProcess.RunAsync("lab", "clean", id);
        }
    }
}
