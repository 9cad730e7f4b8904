using Acp.Daemon.Lab;
using Xunit.Abstractions;

namespace Acp.Lab.Robustness;

/// <summary>Boxes that begin at one instant end with one IKE SA and one child SA per cable, the same at both ends (RFC 8994 §6.6).</summary>
[Collection(nameof(LabCollection))]
public sealed class SimultaneousStartTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(LabTopology.Line, 5, 4)]
    [InlineData(LabTopology.Ring, 5, 3)]
    [InlineData(LabTopology.Mesh, 4, 3)]
    public async Task Every_cable_ends_with_one_IKE_SA_and_one_child_SA(LabTopology topology, int nodes, int runs)
    {
        using var lab = new RunningLab(new LabOptions { Nodes = nodes, Topology = topology }, output);
        for (var run = 1; run <= runs; run++)
        {
            lab.StartAll();
            await lab.UntilRightAsync($"run {run} of {runs}");
            Assert.All(lab.StopAll(), code => Assert.Equal(0, code));
        }
    }

    [Fact]
    public async Task So_do_cables_that_are_plugged_in_at_one_instant()
    {
        using var lab = new RunningLab(new LabOptions { Nodes = 4, Topology = LabTopology.Mesh }, output);
        lab.StartAll();
        await lab.UntilRightAsync("before");
        for (var run = 1; run <= 5; run++)
        {
            foreach (var cable in lab.Cables)
                lab.SetLink(cable.A, cable.AInterface, up: false);
            await lab.UntilAsync("no channel is left", async () =>
            {
                var channels = await Task.WhenAll(lab.Alive.Select(lab.TryChannelsAsync));
                return channels.All(c => c is []);
            });
            foreach (var cable in lab.Cables)
                lab.SetLink(cable.A, cable.AInterface, up: true);
            await lab.UntilRightAsync($"round {run}");
        }
    }
}
