using System.CommandLine;
using System.Text.Json;
using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Daemon;
using Acp.Daemon.Attach;
using Acp.Daemon.Commands;
using Acp.Daemon.Commands.GraspTools;
using Acp.Linux.Namespaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace Acp.Tests.Daemon;

/// <summary><c>acpd grasp</c> and <c>acpd asa</c>, attached to an engine as to a running daemon's.</summary>
public sealed class GraspToolsTests : IAsyncDisposable
{
    private static readonly Objective Weather = Objective.Synchronizable("411:weather", CborValue.Parse("{\"sky\": \"grey\", 1: h'0102'}"));

    private readonly TemporaryDirectory _directory = new();
    private readonly NetworkNamespace _namespace = NetworkNamespace.CreateUnnamed();
    private readonly GraspNode _node;
    private readonly AttachServer _server;

    public GraspToolsTests()
    {
        _node = GraspNode.Start(new GraspNodeOptions { Namespace = _namespace });
        _server = AttachServer.Start(Path.Combine(_directory.Path, "test.grasp.sock"), _node.Engine, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _node.DisposeAsync();
        _namespace.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Discover_and_synchronize_print_lines_for_people_and_json_for_scripts()
    {
        await using var source = await _node.RegisterAsaAsync("source");
        await source.RegisterObjectiveAsync(Weather);
        await source.ListenSynchronizeAsync(Weather);

        Assert.Equal((0, $"[::1]:{_node.Port}/tcp\n", ""), await RunAsync("grasp", "discover", "411:weather", "--first"));
        var (code, json, _) = await RunAsync("grasp", "discover", "411:weather", "--timeout", "0.2", "--json");
        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(_node.Port, JsonDocument.Parse(json).RootElement.GetProperty("port").GetInt32());

        Assert.Equal((0, "{\"sky\": \"grey\", 1: h'0102'}\n", ""), await RunAsync("grasp", "synchronize", "411:weather"));
        Assert.Equal(
            (0, "{\"objective\":\"411:weather\",\"value\":{\"sky\":\"grey\",\"1\":\"AQI\"}}\n", ""),
            await RunAsync("grasp", "synchronize", "411:weather", "--json"));
        (_, json, _) = await RunAsync("grasp", "synchronize", "411:weather", "--json", "--diag");
        Assert.Equal("{\"sky\": \"grey\", 1: h'0102'}", JsonDocument.Parse(json).RootElement.GetProperty("value").GetString());
    }

    [Fact]
    public async Task Negotiate_offers_one_value_after_the_other_and_then_takes_or_leaves_it()
    {
        await using var bank = await _node.RegisterAsaAsync("bank");
        await bank.RegisterObjectiveAsync(Objective.Negotiable("EX3"), new ObjectiveRegistration { Overlap = true });
        _ = LendAsync(bank);

        Assert.Equal((0, "accepted 50\n", ""), await RunAsync("grasp", "negotiate", "EX3", "--value", "50"));
        Assert.Equal(
            (0, "offered 60, with 5 steps left\ntook 60\n", ""), await RunAsync("grasp", "negotiate", "EX3", "--value", "100"));
        Assert.Equal(
            (0, "offered 60, with 5 steps left\naccepted 55\n", ""), await RunAsync("grasp", "negotiate", "EX3", "--value", "100", "--value", "55"));
        Assert.Equal(
            (1, "offered 60, with 5 steps left\nleft 60: too little\n", ""),
            await RunAsync("grasp", "negotiate", "EX3", "--value", "100", "--decline", "too little"));
        Assert.Equal((1, "declined: not that much\n", ""), await RunAsync("grasp", "negotiate", "EX3", "--value", "1000"));
        var (code, json, _) = await RunAsync("grasp", "negotiate", "EX3", "--value", "100", "--json");
        Assert.Equal(0, code);
        Assert.Equal(["offered", "took"], json.Trim().Split('\n').Select(l => JsonDocument.Parse(l).RootElement.GetProperty("event").GetString()));
    }

    [Fact]
    public async Task Flood_floods_and_caches_show_what_the_node_knows()
    {
        await using var api = await GraspApi.AttachAsync(Path.Combine(_directory.Path, "test.grasp.sock"));
        await using var reader = await api.RegisterAsaAsync("reader");
        Assert.Equal((0, "", ""), await RunAsync("grasp", "floods"));
        Assert.Equal(
            (0, "", ""), await RunAsync("grasp", "flood", "411:motd", "--diag", "--value", "h'01'", "--once", "--ttl", "0", "--locator", "[fd89::1]:80"));
        Assert.Equal((0, "411:motd  h'01'  at [fd89::1]:80/tcp  for ever\n", ""), await RunAsync("grasp", "floods"));
        Assert.Equal((0, "", ""), await RunAsync("grasp", "floods", "411:other"));
        Assert.Equal(
            (0, "{\"objective\":\"411:motd\",\"value\":\"AQ\",\"locator\":\"[fd89::1]:80/tcp\"}\n", ""),
            await RunAsync("grasp", "floods", "411:motd", "--json"));

        var (code, json, _) = await RunAsync("grasp", "caches", "--json");
        Assert.Equal(0, code);
        var dump = JsonDocument.Parse(json).RootElement;
        Assert.Equal("reader", dump.GetProperty("asas").EnumerateArray().Single().GetProperty("name").GetString());
        Assert.Equal("AQ", dump.GetProperty("floods").EnumerateArray().Single().GetProperty("value").GetString());
        (_, var text, _) = await RunAsync("grasp", "caches");
        Assert.Contains("\n  objective \"411:motd\"  value h'01'  locator \"[fd89::1]:80/tcp\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(68, "nobody has answered for 411:none", "discover", "411:none", "--timeout", "0.1")]
    [InlineData(68, "nobody was found who has it (notFloodDisc (33))", "synchronize", "411:none", "--timeout", "0.1")]
    [InlineData(68, "nobody was found who has it (noDiscReply (17))", "negotiate", "411:none", "--value", "1", "--timeout", "0.1")]
    [InlineData(68, "the peer cannot be reached (sockErrSynRq (34))", "synchronize", "411:none", "--peer", "[::1]:9")]
    [InlineData(64, "a text needs quotes of its own: '\"rain\"'", "flood", "411:none", "--value", "rain")]
    [InlineData(64, "--value is not in diagnostic notation: a text needs quotes, at character 2", "flood", "411:none", "--diag", "--value", "[rain]")]
    public async Task What_fails_is_said_in_a_line_with_its_exit_code(int expected, string message, params string[] args)
    {
        var (code, output, error) = await RunAsync(["grasp", .. args]);
        Assert.Equal((expected, ""), (code, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Without_a_daemon_it_is_said_what_to_do()
    {
        var (code, _, error) = await RunAsync("grasp", "floods", "--instance", "other");
        Assert.Equal(ExitCode.Unavailable, code);
        Assert.Contains("other.grasp.sock: is it running (acpd run)", error, StringComparison.Ordinal);
        Assert.Contains("--insecure", error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await RunAsync("grasp", "floods", "--instance", "../x")).Code);
    }

    [Theory]
    [InlineData("--peer", "fd89::g")]
    [InlineData("--timeout", "-1")]
    [InlineData("--interface", "eth0")] // a daemon has its own
    public void What_makes_no_sense_is_refused_before_anything_is_done(params string[] wrong) =>
        Assert.NotEmpty(Root().Parse(["grasp", "synchronize", "X", .. wrong]).Errors);

    [Theory]
    [InlineData("grasp", "discover")]
    [InlineData("grasp", "synchronize")]
    [InlineData("grasp", "negotiate")]
    [InlineData("grasp", "flood")]
    [InlineData("grasp", "floods")]
    [InlineData("grasp", "listen")]
    [InlineData("grasp", "watch")]
    [InlineData("grasp", "caches")]
    [InlineData("asa")]
    public async Task Help_teaches_by_example(params string[] command)
    {
        var output = new StringWriter();
        Assert.Equal(0, await Root().Parse([.. command, "--help"]).InvokeAsync(new InvocationConfiguration { Output = output }));
        Assert.Contains("Examples:\n  acpd " + string.Join(' ', command), output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fd89::1", "[fd89::1]:7017/tcp", 0)]
    [InlineData("[fd89::1]:80/udp", "[fd89::1]:80/udp", 0)]
    [InlineData("fe80::1%5", "[fe80::1]:7017/tcp", 5)]
    [InlineData("[fe80::1%5]:1", "[fe80::1]:1/tcp", 5)]
    [InlineData("192.0.2.1", "192.0.2.1:7017/tcp", 0)]
    [InlineData("192.0.2.1:80", "192.0.2.1:80/tcp", 0)]
    [InlineData("[::]:4242/tcp", "[::]:4242/tcp", 0)]
    public void Locators_are_read_as_people_write_them(string text, string expected, int onInterface)
    {
        var locator = LocatorText.Parse(text);
        Assert.Equal((expected, onInterface), (locator?.Locator.Describe(), locator!.Interface));
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData("host:80")]
    [InlineData("[fd89::1]:65536")]
    [InlineData("fe80::1%eth0")]
    [InlineData("192.0.2:x")]
    public void Other_texts_are_no_locators(string text) => Assert.Null(LocatorText.Parse(text));

    [Theory] // RFC 8949 §6.1
    [InlineData("[1, -18446744073709551616, 1.5, true, null, undefined]", "[1,-18446744073709551616,1.5,true,null,null]")]
    [InlineData("[NaN, Infinity, h'ff', 0(\"x\"), simple(99)]", "[null,null,\"_w\",\"x\",null]")]
    [InlineData("{_ \"a\": (_ \"b\", \"c\"), 2: [_ (_ h'01', h'02')]}", "{\"a\":\"bc\",\"2\":[\"AQI\"]}")]
    public void Cbor_becomes_json_as_far_as_json_goes(string diagnostic, string json) =>
        Assert.Equal(json, CborJson.ToJson(CborValue.Parse(diagnostic).Encoded).GetRawText());

    private static RootCommand Root() => CommandTree.Create((_, _, _) => Task.FromResult(0));

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        string[] all = [.. args.Contains("--instance") ? args : [.. args, "--instance", "test"], "--run-dir", _directory.Path];
        var code = await Root().Parse(all).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }).WaitAsync(TimeSpan.FromSeconds(30));
        return (code, output.ToString(), error.ToString());
    }

    // Sixty is what it offers to whoever wants more, and it takes what is less.
    private static async Task LendAsync(GraspAsa bank)
    {
        await foreach (var request in bank.ListenNegotiateAsync("EX3"))
            _ = LendAsync(request);
    }

    private static async Task LendAsync(NegotiationRequest request)
    {
        NegotiationResult result = new NegotiationResult.CounterOffer(request.Session, request.Objective);
        while (result is NegotiationResult.CounterOffer offer)
        {
            if (offer.Objective.Value.ToInt64() <= 60)
            {
                await offer.Session.AcceptAsync();
                return;
            }
            if (offer.Objective.Value.ToInt64() > 500)
            {
                await offer.Session.DeclineAsync("not that much");
                return;
            }
            result = await offer.Session.NegotiateStepAsync(offer.Objective with { Value = 60 });
        }
    }
}
