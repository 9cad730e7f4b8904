using System.Text.Json;
using Acp.Daemon;
using Acp.Daemon.Control;
using Acp.Daemon.Lab;
using Acp.Lab.Refusals;
using Acp.Lab.WireProof;

namespace Acp.Lab.Rpl;

/// <summary>A root that an operator chose: packets for addresses that nobody has, and global repair.</summary>
[Collection(nameof(LabCollection))]
public sealed class RootTests
{
    /// <summary>n1 – n2, each with a daemon; n2 is told to be the root.</summary>
    [Fact]
    public void G28_repair_is_begun_at_the_root_which_the_other_box_names()
    {
        using var lab = new DaemonLab(new LabOptions { Nodes = 2 }, LabCertificates.Issue);
        lab.Start(0);
        lab.Start(1, "--rpl-root", "yes");
        lab.UntilAllPairsReachEachOther(TimeSpan.FromSeconds(30));
        var root = lab.Status(1)!.Identity!.AcpAddress!;
        lab.Until("n1 has joined n2", TimeSpan.FromSeconds(10), () => lab.Status(0)?.Rpl is { Role: "router" } rpl && rpl.DodagId == root);
        var former = lab.Status(0)!.Rpl.Version!.Value;

        // Who is not the root changes nothing, and says whom to ask.
        var there = Repair(0);
        Assert.Equal(ExitCode.Failure, there.ExitCode);
        Assert.Matches($@"^acpd: global repair begins at the root, which is {root} \(.*CN=.+\), over acp_\w+ from here: ask its acpd\n$", there.Error);
        Assert.Equal("", there.Output);
        there = Repair(0, "--json");
        Assert.Equal((ExitCode.Failure, ""), (there.ExitCode, there.Error));
        var report = JsonSerializer.Deserialize(there.Output, ControlJson.Default.RepairReport)!;
        Assert.Equal((false, root, former, former), (report.Begun, report.DodagId, report.FormerVersion, report.Version));
        Assert.Equal(former, lab.Status(1)!.Rpl.Version);

        report = JsonSerializer.Deserialize(Repair(1, "--json").Check().Output, ControlJson.Default.RepairReport)!;
        Assert.Equal((true, root, former, null), (report.Begun, report.DodagId, report.FormerVersion, report.ParentInterface));
        Assert.Equal(former + 1, report.Version);
        lab.Until("n1 has the new version", TimeSpan.FromSeconds(10), () => lab.Status(0)?.Rpl is { Role: "router" } rpl && rpl.Version == report.Version);
        Assert.StartsWith($"global repair of DODAG {root}: version {former + 2}", Repair(1).Check().Output, StringComparison.Ordinal);
        lab.Until("n1 has the next", TimeSpan.FromSeconds(10), () => lab.Status(0)?.Rpl is { Role: "router" } rpl && rpl.Version == former + 2);
        lab.UntilAllPairsReachEachOther(TimeSpan.FromSeconds(10));
        Assert.Equal(2, lab.LogLines(1, "global repair, begun").Count());

        ToolResult Repair(int box, params string[] more)
        {
            var daemon = lab.Plan.Boxes[box].Daemon;
            return Tools.Run(DaemonLab.Program, ["repair", "--instance", daemon.Instance, "--run-dir", daemon.RunDirectory, .. more]);
        }
    }

    /// <summary>n1 – n2 – n3; n3 is told to be the root, so that the lowest address, n1's, is not.</summary>
    [Fact]
    public void G22_G23_G48_G49_the_configured_root_answers_counts_and_logs_what_is_sent_to_nobody()
    {
        Tools.Need("tshark", "tshark");
        Tools.Need("ping", "iputils-ping");
        using var domain = new TestDomain();
        using var lab = new DaemonLab(new LabOptions { Nodes = 3 }, plan => plan.Boxes.ToList().ForEach(b => domain.Enrol(b)));
        lab.Start(0);
        lab.Start(1);
        lab.Start(2, "--rpl-root", "yes");
        lab.UntilAllPairsReachEachOther(TimeSpan.FromSeconds(30));
        var root = lab.Status(2)!.Identity!.AcpAddress!;
        lab.Until("n3 is everybody's root", TimeSpan.FromSeconds(10), () => lab.Plan.Boxes.All(b => lab.Status(b.Index)?.Rpl.DodagId == root));
        Assert.Equal("root", lab.Status(2)!.Rpl.Role);
        Assert.Equal("router", lab.Status(0)!.Rpl.Role);

        // Each was root for itself in its first moments, and had no way to anybody.
        long Unknown(int box) => lab.Status(box)!.Counters.GetValueOrDefault("rpl.unknown-destinations");
        var (before, elsewhere) = (Unknown(2), Unknown(0) + Unknown(1));
        using var capture = new CableCapture(lab.Plan.Boxes[1].Daemon.AcpNamespace, $"{lab.Plan.Directory}/n2/acp.pcapng", ["any"]);
        var nobody = domain.Address(4000).ToString();
        var ping = Tools.Run("ip", "netns", "exec", lab.Plan.Boxes[0].Daemon.AcpNamespace, "ping", "-6", "-n", "-c", "4", "-i", "1.1", "-W", "1", nobody);
        Assert.Contains($"From {root}", ping.Output, StringComparison.Ordinal);
        Assert.Contains("No route", ping.Output, StringComparison.OrdinalIgnoreCase);

        // From the host of the root itself, too: through its window.
        ping = Tools.Run("ip", "netns", "exec", lab.Plan.Boxes[2].HostNamespace, "ping", "-6", "-n", "-c", "1", "-W", "1", nobody);
        Assert.Contains("No route", ping.Output, StringComparison.OrdinalIgnoreCase);
        lab.Until("the root's log has it", TimeSpan.FromSeconds(15), () => lab.LogLines(2, "that nobody in the ACP has").Any());
        Assert.True(Unknown(2) >= before + 5);

        // Nobody else was the root: nothing was counted there, and the packets came by once, on their way up.
        Assert.Equal(elsewhere, Unknown(0) + Unknown(1));
        Assert.Empty(lab.LogLines(0, "that nobody in the ACP has"));
        CableCapture.Stop([capture]);
        var tshark = new Tshark(Directory.CreateDirectory($"{lab.Plan.Directory}/nothing").FullName);
        var requests = tshark.Fields(capture.File, $"icmpv6.type == 128 && !(icmpv6.type == 1) && ipv6.dst == {nobody}", "ipv6.hlim");
        Assert.Equal(8, requests.Count);
        // In with 255, which every packet of the ACP starts with, and out with 254.
        Assert.Equal(["254", "255"], requests.Select(r => r[0]).Distinct().Order());
        Assert.Equal(4, requests.Count(r => r[0] == "255"));
        // The answers too, and GRASP's connections, which begin at a neighbour.
        Assert.All(tshark.Fields(capture.File, "icmpv6.type == 1 || tcp.port == 7017", "ipv6.hlim"), p => Assert.StartsWith("25", p[0], StringComparison.Ordinal));
    }
}
