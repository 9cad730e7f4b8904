using System.Text.Json;
using Acp.Daemon;
using Acp.Daemon.Lab;
using Acp.Lab.Robustness;
using Xunit.Abstractions;

namespace Acp.Lab.Grasp;

/// <summary>Agents in programs of their own, attached by socket to the daemons of two boxes with a channel between them.</summary>
[Collection(nameof(LabCollection))]
public sealed class AttachedAgentsTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task I04_Gray_and_Briggs_meet_across_the_acp_and_leave_nothing_when_they_are_killed()
    {
        using var lab = new RunningLab(new LabOptions { Nodes = 2, Topology = LabTopology.Line }, output);
        lab.StartAll();
        await lab.UntilRightAsync("started");

        using var briggs = Start(lab, 0, "asa", "briggs", "400");
        await lab.UntilAsync("Briggs listens", () => Task.FromResult(briggs.Output.Contains("listens", StringComparison.Ordinal)));
        using (var gray = Start(lab, 1, "asa", "gray", "150"))
        {
            Assert.True(await gray.WaitAsync(Patience) == 0, gray.Output + gray.Errors + lab.Logs(0, 1));
            Assert.Matches("took NZD|was lent NZD", gray.Output);
        }
        lab.Say(briggs.Output);

        using (var flood = Start(lab, 0, "grasp", "flood", "411:motd", "--value", "{\"a\": [1, \"x\"]}"))
        using (var watch = Start(lab, 1, "grasp", "watch", "411:motd", "--json"))
        {
            await lab.UntilAsync("the flood is there", () => Task.FromResult(watch.Output.Contains("411:motd", StringComparison.Ordinal)));
            Assert.Equal("{\"a\":[1,\"x\"]}", JsonDocument.Parse(watch.Output.Split('\n')[0]).RootElement.GetProperty("value").GetRawText());
        }

        // Killed, not told to end: nobody says good-bye but the kernel.
        using var asking = Start(lab, 1, "grasp", "negotiate", "EX3", "--value", "[\"NZD\", 10000]", "--value", "[\"NZD\", 9000]", "--json");
        await lab.UntilAsync("they negotiate", () => Task.FromResult(asking.Output.Contains("offered", StringComparison.Ordinal)));
        briggs.Kill(9);
        await lab.UntilAsync("nothing is left of Briggs", async () =>
        {
            var (code, caches, errors) = await AcpdProcess.RunAsync("grasp", "caches", "--json", "--instance", lab.Plan.Boxes[0].Daemon.Instance);
            Assert.True(code == 0, errors);
            return !caches.Contains("briggs", StringComparison.Ordinal);
        }, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task An_agent_hears_that_its_daemon_is_gone_and_a_new_one_takes_the_next()
    {
        using var lab = new RunningLab(new LabOptions { Nodes = 2, Topology = LabTopology.Line }, output);
        lab.StartAll();
        await lab.UntilRightAsync("started");
        using (var briggs = Start(lab, 0, "asa", "briggs"))
        {
            await lab.UntilAsync("Briggs listens", () => Task.FromResult(briggs.Output.Contains("listens", StringComparison.Ordinal)));
            lab.Kill(0);
            Assert.Equal(ExitCode.Unavailable, await briggs.WaitAsync(Patience));
            Assert.Contains("stopped, or was restarted", briggs.Errors, StringComparison.Ordinal);
        }
        var (code, _, errors) = await AcpdProcess.RunAsync("grasp", "floods", "--instance", lab.Plan.Boxes[0].Daemon.Instance);
        Assert.Equal(ExitCode.Unavailable, code);
        Assert.Contains("is it running (acpd run)", errors, StringComparison.Ordinal);

        lab.Start(0);
        await lab.UntilAsync("the daemon is back", async () => await lab.TryStatusAsync(0) is not null);
        using var again = Start(lab, 0, "asa", "briggs");
        await lab.UntilAsync("Briggs listens again", () => Task.FromResult(again.Output.Contains("listens", StringComparison.Ordinal)));
        Assert.Equal(0, lab.Stop(0)[0]);
        Assert.Equal(ExitCode.Unavailable, await again.WaitAsync(Patience));
        Assert.Contains("it stops", again.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(lab.Plan.Boxes[0].Daemon.GraspSocket));
    }

    private static AcpdProcess Start(RunningLab lab, int box, params string[] arguments) =>
        AcpdProcess.Start([.. arguments, "--instance", lab.Plan.Boxes[box].Daemon.Instance]);
}
