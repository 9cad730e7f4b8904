using System.Text.Json;
using Acp.Core.Time;
using Acp.Daemon;
using Acp.Daemon.Commands;
using Acp.Daemon.Control;
using Acp.Daemon.Lab;

namespace Acp.Tests.Daemon;

public sealed class LabPlanTests
{
    [Theory]
    [InlineData(LabTopology.Line, 5, "0-1 1-2 2-3 3-4")]
    [InlineData(LabTopology.Ring, 4, "0-1 1-2 2-3 3-0")]
    [InlineData(LabTopology.Star, 4, "0-1 0-2 0-3")]
    [InlineData(LabTopology.Tree, 7, "0-1 0-2 1-3 1-4 2-5 2-6")]
    [InlineData(LabTopology.Mesh, 4, "0-1 0-2 0-3 1-2 1-3 2-3")]
    public void A_topology_is_its_cables(LabTopology topology, int nodes, string expected)
    {
        var plan = LabPlan.Make("abcde", new LabOptions { Topology = topology, Nodes = nodes });
        Assert.Equal(expected, string.Join(' ', plan.Cables.Select(c => $"{c.A}-{c.B}")));

        // Each end is an interface of its own.
        var ends = plan.Cables.SelectMany(c => new[] { (c.A, c.AInterface), (c.B, c.BInterface) }).ToList();
        Assert.Equal(ends.Count, ends.Distinct().Count());
        Assert.All(plan.Boxes, b => Assert.Equal(
            plan.CablesOf(b.Index).Count(), plan.Cables.Count(c => c.A == b.Index || c.B == b.Index)));
    }

    [Fact]
    public void Names_carry_the_labs_id_and_pass_the_daemons_own_rules()
    {
        var plan = LabPlan.Make("abcde", new LabOptions { Nodes = 64 });
        Assert.Equal("acplab-abcde-n64", plan.Boxes[63].HostNamespace);
        Assert.Equal("abutment-lababcde-n64", plan.Boxes[63].Daemon.AbutmentNamespace);

        // All but the namespace, which does not exist yet.
        Assert.All(plan.Boxes, b => Assert.StartsWith("netns: ", Assert.Single(b.Daemon.Validate()), StringComparison.Ordinal));
    }

    [Fact]
    public void Mixed_means_odd_boxes_in_the_kernel_and_even_ones_in_user_space()
    {
        var plan = LabPlan.Make("abcde", new LabOptions { Nodes = 3, DataPlane = LabDataPlane.Mixed });
        Assert.Equal(
            [DataPlaneChoice.Kernel, DataPlaneChoice.Userspace, DataPlaneChoice.Kernel], plan.Boxes.Select(b => b.Daemon.DataPlane));
    }

    [Fact]
    public void Impossible_labs_are_refused()
    {
        Assert.Single(new LabOptions { Nodes = 1 }.Validate());
        Assert.Single(new LabOptions { Nodes = 2, Topology = LabTopology.Ring }.Validate());
        Assert.Single(new LabOptions { Nodes = 17, Topology = LabTopology.Mesh }.Validate());
        Assert.Empty(new LabOptions { Nodes = 15 }.Validate());
    }

    [Theory]
    [InlineData("lab", "run", "--topology", "circle")]
    [InlineData("lab", "run", "--topology", "ring", "--nodes", "2")]
    [InlineData("lab", "run", "--nodes", "many")]
    [InlineData("lab", "run", "--timeout", "soon")]
    [InlineData("lab", "run", "--timers", "tea=3m")]
    [InlineData("lab")]
    public async Task A_wrong_lab_command_line_is_64(params string[] args) =>
        Assert.Equal(ExitCode.Usage, await CommandTree.InvokeAsync(CommandTree.Create((_, _, _) => Task.FromResult(0)), args));

    [Fact]
    public void Phases_of_a_box_add_up_to_its_whole_time()
    {
        const long ms = 1_000_000;
        var start = new Instant(77_000 * ms);
        MilestonesReport At(long ready, long neighbor, long channel, long route, double wait) => new(
            start.Nanoseconds, start.Nanoseconds + ready * ms, null, start.Nanoseconds + neighbor * ms, null,
            start.Nanoseconds + channel * ms, null, start.Nanoseconds + route * ms, wait);

        var phases = LabPhases.Of(start,
        [
            (At(100, 200, 400, 500, 30), start + TimeSpan.FromMilliseconds(700)),
            // Its last neighbour came only after its first channels were up: the phase after it is shorter, never negative.
            (At(200, 600, 500, 650, 90), start + TimeSpan.FromMilliseconds(700)),
            // It is not there yet.
            (new MilestonesReport(null, null, null, null, null, null, null, null, 0), null),
        ]);

        Assert.Equal(new LabPhase(150, 200), phases.BootMs);
        Assert.Equal(new LabPhase(250, 400), phases.DiscoveryMs);
        Assert.Equal(new LabPhase(100, 200), phases.IkeMs);
        Assert.Equal(new LabPhase(75, 100), phases.RoutingMs);
        Assert.Equal(new LabPhase(125, 200), phases.VerifiedMs);
        Assert.Equal(new LabPhase(30, 90), phases.TieBreakWaitMs);
    }

    [Fact]
    public void A_cable_with_two_SAs_or_none_is_found_and_named()
    {
        var plan = LabPlan.Make("abcde", new LabOptions { Nodes = 2 });
        var good = (Status(1, 1), (IReadOnlyList<ChannelReport>)[Channel("eth0", 1, 1)]);
        Assert.Empty(LabJudge.FindDoubledOrMissing(plan, [good, good]));

        var doubled = (Status(2, 1), (IReadOnlyList<ChannelReport>)[Channel("eth0", 2, 1)]);
        Assert.Equal(
            [
                "n1 has 2 IKE SAs and 1 child SAs with n2 on eth0, not one of each",
                "n1 has 2 IKE SAs and 1 child SAs in all for 1 cables",
                "n2 does not answer on its control socket",
            ],
            LabJudge.FindDoubledOrMissing(plan, [doubled, null]));

        var missing = (Status(0, 0), (IReadOnlyList<ChannelReport>)[]);
        Assert.Equal(2, LabJudge.FindDoubledOrMissing(plan, [good, missing]).Count);
    }

    [Fact]
    public void The_result_is_the_JSON_that_scripts_rely_on()
    {
        var result = new LabResult(
            2, "line", "userspace", 2, 2, 1234.5,
            new LabPhases(new LabPhase(1, 2), null, null, null, null, new LabPhase(3, 4)),
            [new LabNodeResult("n1", "fd89::1", 1, 1, 4, 40960, "userspace")], []);
        Assert.Equal(
            """
            {"nodes":2,"topology":"line","dataplane":"userspace","pairs":2,"reachable":2,"converged_ms":1234.5,
            "phases":{"boot_ms":{"median":1,"max":2},"discovery_ms":null,"ike_ms":null,"routing_ms":null,"verified_ms":null,
            "tie_break_wait_ms":{"median":3,"max":4}},
            "per_node":[{"name":"n1","address":"fd89::1","ike_sas":1,"child_sas":1,"routes":4,"rss_kib":40960,"dataplane":"userspace"}],
            "failures":[]}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(result, LabJson.Default.LabResult));
        Assert.True(result.Passed);
    }

    [Fact]
    public async Task Progress_in_a_pipe_is_a_line_per_change()
    {
        var writer = new StringWriter();
        var plan = LabPlan.Make("abcde", new LabOptions { Nodes = 2 });
        var snapshot = new LabSnapshot(
            plan, TimeSpan.FromSeconds(1.26), [SampleReports.Status, null],
            [(0, 1, LabView.Acp, true), (0, 1, LabView.Host, true), (1, 0, LabView.Acp, true), (1, 0, LabView.Host, false)]);
        await new PlainLabProgress(writer).ShowAsync(() => snapshot, Task.CompletedTask);
        Assert.Equal(
            "   1.3s  1/2 daemons answer, 1 links, 1 neighbours, 1 of 2 channel ends, 3 routes, 1 of 2 pairs", writer.ToString().TrimEnd());
    }

    private static StatusReport Status(int ikeSas, int childSas) => SampleReports.Status with { IkeSas = ikeSas, ChildSas = childSas };

    private static ChannelReport Channel(string link, int ikeSas, int childSas) => SampleReports.Channels[0] with
    {
        Link = link,
        IkeSas = Enumerable.Repeat(SampleReports.Channels[0].IkeSas[0], ikeSas).ToList(),
        ChildSas = Enumerable.Repeat(SampleReports.Channels[0].ChildSas[0], childSas).ToList(),
    };
}
