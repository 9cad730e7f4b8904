using System.Text.Json;
using Acp.Daemon.Lab;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;

namespace Acp.Lab;

/// <summary><c>acpd lab run</c> as its user has it: real daemons, real packets.</summary>
[Collection(nameof(LabCollection))]
public sealed class LabRunTests
{
    [Theory]
    [InlineData("line", 5)]
    [InlineData("ring", 5)]
    [InlineData("star", 5)]
    [InlineData("tree", 7)]
    [InlineData("mesh", 4)]
    [InlineData("diamond", 4)]
    public async Task Every_pair_reaches_each_other_and_every_cable_has_one_IKE_SA_and_one_child_SA(string topology, int nodes)
    {
        var result = await RunAsync(topology, nodes);
        Assert.Equal(topology, result.Topology);
        Assert.Equal(nodes * (nodes - 1), result.Reachable);
        Assert.Equal(result.Pairs, result.Reachable);
        Assert.Empty(result.Failures);
        Assert.NotNull(result.ConvergedMs);

        var degrees = LabPlan.Make("x", new LabOptions { Nodes = nodes, Topology = Enum.Parse<LabTopology>(topology, ignoreCase: true) });
        Assert.All(result.PerNode, (node, i) =>
        {
            var cables = degrees.CablesOf(i).Count();
            Assert.Equal((cables, cables), (node.IkeSas, node.ChildSas));
        });
    }

    [Fact]
    public async Task Ctrl_C_ends_a_lab_and_nothing_is_left()
    {
        // So many that they surely need longer to start than the signal to arrive: a lab that is through ends with 0.
        using var lab = AcpdProcess.Start("lab", "run", "--nodes", "16");
        await lab.WaitForErrorsAsync("daemons answer");
        var id = IdOf(lab);
        lab.Kill(Processes.SIGINT);
        Assert.Equal(1, await lab.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("the lab is gone", lab.Errors, StringComparison.Ordinal);
        AssertNothingLeft(id);
    }

    [Fact]
    public async Task A_killed_labs_daemons_end_by_themselves_and_the_next_lab_removes_the_rest()
    {
        string id;
        using (var lab = AcpdProcess.Start("lab", "run", "--nodes", "2"))
        {
            await lab.WaitForErrorsAsync("daemons answer");
            id = IdOf(lab);
            lab.Kill(Processes.SIGKILL);
            await lab.WaitAsync(TimeSpan.FromSeconds(10));
        }

        Assert.True(Directory.Exists(LabPlan.DirectoryOf(id)));
        var (code, _, errors) = await AcpdProcess.RunAsync("lab", "run", "--nodes", "2");
        Assert.True(code == 0, errors);
        Assert.Contains($"an earlier lab, {id}, had left behind", errors, StringComparison.Ordinal);
        AssertNothingLeft(id);
    }

    [Fact]
    public async Task A_kept_lab_answers_until_it_is_cleaned()
    {
        using var lab = AcpdProcess.Start("lab", "run", "--nodes", "2", "--keep");
        Assert.Equal(0, await lab.WaitAsync(TimeSpan.FromSeconds(90)));
        var id = IdOf(lab);
        try
        {
            Assert.Contains($"acpd status --instance lab{id}-n1", lab.Errors, StringComparison.Ordinal);
            foreach (var query in new[] { "status", "neighbors", "channels", "routes" })
            {
                var (code, output, errors) = await AcpdProcess.RunAsync(query, "--instance", $"lab{id}-n1", "--json");
                Assert.True(code == 0, errors);
                using var json = JsonDocument.Parse(output);
                Assert.Equal(query == "status" ? JsonValueKind.Object : JsonValueKind.Array, json.RootElement.ValueKind);
                Assert.Equal(0, (await AcpdProcess.RunAsync(query, "--instance", $"lab{id}-n1")).Code);
            }

            // Nobody gets a second daemon of the same name.
            var (refused, _, why) = await AcpdProcess.RunAsync("run", "--instance", $"lab{id}-n1");
            Assert.Equal(69, refused);
            Assert.Contains($"'lab{id}-n1' is already running (process ", why, StringComparison.Ordinal);
        }
        finally
        {
            Assert.Contains(id, (await AcpdProcess.RunAsync("lab", "clean", id)).Errors, StringComparison.Ordinal);
        }

        AssertNothingLeft(id);
    }

    private static async Task<LabResult> RunAsync(string topology, int nodes)
    {
        var (code, output, errors) = await AcpdProcess.RunAsync(
            "lab", "run", "--nodes", $"{nodes}", "--topology", topology, "--dataplane", "userspace", "--json");
        Assert.True(code == 0, errors + output);
        return JsonSerializer.Deserialize(output.TrimEnd().Split('\n')[^1], LabJson.Default.LabResult)!;
    }

    /// <summary>From "lab abcde: 3 boxes, …".</summary>
    private static string IdOf(AcpdProcess lab) =>
        lab.Errors.Split('\n').Single(l => l.StartsWith("lab ", StringComparison.Ordinal) && l.Contains(" boxes, ", StringComparison.Ordinal)).Split(' ', ':')[1];

    private static void AssertNothingLeft(string id)
    {
        Assert.False(Directory.Exists(LabPlan.DirectoryOf(id)));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(NetworkNamespace.Directory).Select(Path.GetFileName), name => name!.Contains(id, StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFiles("/run/acpd"), file => file.Contains(id, StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc").Select(Path.GetFileName), pid =>
            int.TryParse(pid, out _) && CommandLine(pid!).Contains($"lab{id}-", StringComparison.Ordinal));
    }

    private static string CommandLine(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
