using System.CommandLine;
using System.Text.Json;
using System.Xml.Linq;
using Acp.Daemon;
using Acp.Daemon.Commands;
using Acp.Simulation.Topologies;
using Acp.Tests.Daemon;

namespace Acp.Tests.Simulator;

/// <summary><c>acpd sim</c> as people and programs meet it.</summary>
public class SimCommandTests
{
    [Fact]
    public async Task It_converges_and_says_so_in_JSON_and_the_same_twice()
    {
        var (code, output, error) = await RunAsync("--nodes", "12", "--topology", "random", "--seed", "3", "--json");
        Assert.True(code == ExitCode.Ok, error);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.True(result.GetProperty("passed").GetBoolean());
        Assert.True(result.GetProperty("converged").GetBoolean());
        Assert.Equal((12, 132L, 0L), (result.GetProperty("nodes").GetInt32(), result.GetProperty("pairs").GetInt64(), result.GetProperty("pairs_failed").GetInt64()));
        Assert.InRange(result.GetProperty("converged_ms").GetDouble(), 1, 60_000);
        Assert.Equal("acpd sim --nodes 12 --topology random --seed 3", result.GetProperty("command").GetString());
        Assert.True(result.GetProperty("peak_mib").GetDouble() > 1);
        Assert.True(result.GetProperty("messages_per_node_to_converge").GetDouble() > 5);

        var again = JsonDocument.Parse((await RunAsync("--nodes", "12", "--topology", "random", "--seed", "3", "--json")).Output).RootElement;
        Assert.Equal(result.GetProperty("trace_hash").GetString(), again.GetProperty("trace_hash").GetString());
        var other = JsonDocument.Parse((await RunAsync("--nodes", "12", "--topology", "random", "--seed", "4", "--json")).Output).RootElement;
        Assert.NotEqual(result.GetProperty("trace_hash").GetString(), other.GetProperty("trace_hash").GetString());
    }

    [Fact]
    public void The_help_names_every_kind_of_topology() => Assert.Equal(SimCommand.Kinds, string.Join(", ", TopologyCatalog.All.Select(k => k.Name)));

    [Fact]
    public async Task People_get_a_summary()
    {
        var (code, output, error) = await RunAsync("--nodes", "6", "--topology", "ring", "--flaps", "3", "--for", "2m", "--loss", "1%");
        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("ring, 6 boxes, 6 links, seed 1, toy crypto", output, StringComparison.Ordinal);
        Assert.Contains("all held", output, StringComparison.Ordinal);
        Assert.Contains("after events", output, StringComparison.Ordinal);
        Assert.Contains("IKEv2", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_links_events_a_picture_a_series_and_a_trace()
    {
        using var directory = new TemporaryDirectory();
        var links = directory.Write("net.txt", "paris lyon latency=5ms\nlyon nice\nnice paris\n");
        var events = directory.Write("events.txt", "5s down paris-lyon\n20s up paris-lyon\n60s down lyon-nice\n");
        string File(string name) => Path.Combine(directory.Path, name);
        var (code, output, error) = await RunAsync(
            "--topology", links, "--events", events, "--svg", File("net.svg"), "--series", File("run.csv"), "--trace", File("run.trace"), "--json");
        Assert.True(code == ExitCode.Ok, error + output);

        XNamespace svg = "http://www.w3.org/2000/svg";
        var picture = XDocument.Load(File("net.svg")).Root!;
        Assert.Equal(3, picture.Elements(svg + "circle").Count());
        Assert.Contains("paris", picture.Elements(svg + "text").Select(t => t.Value));
        Assert.Single(picture.Elements(svg + "g").Single(g => g.Attribute("class")!.Value == "dead").Elements(svg + "line"));

        var series = await System.IO.File.ReadAllLinesAsync(File("run.csv"));
        Assert.StartsWith("elapsed_s,running,channels,dodags,joined,routes,", series[0], StringComparison.Ordinal);
        Assert.All(series.Skip(1), line => Assert.Equal(series[0].Split(',').Length, line.Split(',').Length));
        Assert.EndsWith(",6", series[^1], StringComparison.Ordinal);
        Assert.Contains(await System.IO.File.ReadAllLinesAsync(File("run.trace")), line => line.Contains(" n", StringComparison.Ordinal) && line.Contains('{', StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_series_can_be_JSON_lines()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "run.jsonl");
        Assert.Equal(ExitCode.Ok, (await RunAsync("--nodes", "3", "--topology", "line", "--series", file)).Code);
        foreach (var line in await File.ReadAllLinesAsync(file))
            Assert.Equal(15, JsonDocument.Parse(line).RootElement.EnumerateObject().Count());
    }

    [Fact]
    public async Task Seeds_in_a_row_are_summed_up_and_a_range_of_boxes_is_drawn_from()
    {
        var (code, output, error) = await RunAsync("--nodes", "5-15", "--topology", "random-tree", "--seed", "10", "--seeds", "4", "--json");
        Assert.True(code == ExitCode.Ok, error);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal((4, 4, 10), (result.GetProperty("seeds").GetInt32(), result.GetProperty("passed_seeds").GetInt32(), result.GetProperty("first_seed").GetInt32()));
        Assert.Equal(4, result.GetProperty("converged").GetProperty("count").GetInt32());
        Assert.True(result.GetProperty("converged").GetProperty("p99_ms").GetDouble() >= result.GetProperty("converged").GetProperty("median_ms").GetDouble());
        Assert.Contains("4 of 4 seeds", (await RunAsync("--nodes", "5-15", "--seed", "10", "--seeds", "4")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ladder_has_a_rung_for_each_number()
    {
        var (code, output, error) = await RunAsync("--ladder", "3,9", "--topology", "binary-tree", "--json");
        Assert.True(code == ExitCode.Ok, error);
        Assert.Equal([3, 9], JsonDocument.Parse(output).RootElement.EnumerateArray().Select(r => r.GetProperty("nodes").GetInt32()));
        Assert.Contains("MESSAGES/BOX", (await RunAsync("--ladder", "3,9")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Real_keys_ciphers_and_certificates_work_as_well()
    {
        using var directory = new TemporaryDirectory();
        var events = directory.Write("events.txt", "1s renew 1\n5s rogue 3\n");
        var (code, output, error) = await RunAsync("--nodes", "4", "--topology", "line", "--crypto", "real", "--events", events, "--json");
        Assert.True(code == ExitCode.Ok, error);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal("real", result.GetProperty("crypto").GetString());
        // The rogue has a certificate of another domain's CA: three are left, who route to each other.
        Assert.Equal((6L, 0L), (result.GetProperty("pairs").GetInt64(), result.GetProperty("pairs_failed").GetInt64()));
    }

    [Fact]
    public async Task A_run_that_fails_says_how_to_see_it_again()
    {
        using var directory = new TemporaryDirectory();
        // A link without any packet: the two parts never meet.
        var links = directory.Write("net.txt", "a b\nb c loss=100%\nc d\n");
        var (code, output, error) = await RunAsync("--topology", links, "--seed", "7", "--json");
        Assert.Equal(ExitCode.Failure, code);
        Assert.False(JsonDocument.Parse(output).RootElement.GetProperty("passed").GetBoolean());
        Assert.Contains($"failed with seed 7: not every pair routes", error, StringComparison.Ordinal);
        Assert.Contains($"Again: acpd sim --topology {links} --seed 7", error, StringComparison.Ordinal);
        Assert.Contains("does not reach", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nodes: '0' is no number from 1 to 1000000", "--nodes", "0")]
    [InlineData("--nodes: '9-5' ends before it begins", "--nodes", "9-5")]
    [InlineData("--nodes: a mesh has 2 to 500 boxes", "--topology", "mesh", "--nodes", "501")]
    [InlineData("--topology: 'circle' is neither a file nor one of line, ring, star, ", "--topology", "circle")]
    [InlineData("--seed: 'x' is no number", "--seed", "x")]
    [InlineData("--loss: 'much' is not a part of all packets such as 0.05 or 5%", "--loss", "much")]
    [InlineData("--for: 'ever' is no duration such as 30s, 10m or 30d", "--for", "ever")]
    [InlineData("--slow-links: '2' is no part of all links such as 0.3 or 30%", "--slow-links", "2")]
    [InlineData("--events: there is no file '/nonexistent'", "--events", "/nonexistent")]
    [InlineData("--ladder or --seeds, one of them", "--ladder", "3", "--seeds", "2")]
    [InlineData("--svg, --series and --trace are for a single run", "--seeds", "2", "--svg", "/tmp/x.svg")]
    public async Task What_cannot_be_done_is_refused_with_the_reason(string reason, params string[] args)
    {
        var (code, output, error) = await RunAsync(args);
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.StartsWith("acpd: " + reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_named_with_the_line()
    {
        using var directory = new TemporaryDirectory();
        var links = directory.Write("net.txt", "a b\na\n");
        var (code, _, error) = await RunAsync("--topology", links);
        Assert.Equal((ExitCode.Usage, $"acpd: {links}, line 2: 'a' stands alone: a line names two boxes, and then attributes such as latency=5ms\n"), (code, error));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_told_before_the_run()
    {
        var (code, _, error) = await RunAsync("--nodes", "3", "--svg", "/nonexistent/x.svg");
        Assert.Equal(ExitCode.System, code);
        Assert.StartsWith("acpd: /nonexistent/x.svg cannot be written", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await SimCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
