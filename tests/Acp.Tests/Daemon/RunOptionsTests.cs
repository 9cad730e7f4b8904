using Acp.Core;
using Acp.Core.Node;
using Acp.Daemon;
using Acp.Daemon.Commands;

namespace Acp.Tests.Daemon;

public sealed class RunOptionsTests
{
    [Fact]
    public void Nothing_needs_to_be_said()
    {
        var options = new RunOptions();
        Assert.Empty(options.Validate());
        Assert.Equal("/var/lib/acpd/default", options.EffectiveStateDirectory);
        Assert.Equal("/run/acpd/default.sock", options.ControlSocket);
        Assert.Null(options.Interfaces.Decide("eth0"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("-x")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a23456789012345678901234567890123")]
    public void An_instance_name_that_could_leave_its_directory_or_confuse_a_shell_is_refused(string name) =>
        Assert.StartsWith("instance: ", Assert.Single(new RunOptions { Instance = name }.Validate()), StringComparison.Ordinal);

    [Fact]
    public void Paths_are_absolute_and_the_socket_fits_into_its_address()
    {
        Assert.Contains("absolute", Assert.Single(new RunOptions { StateDirectory = "state" }.Validate()), StringComparison.Ordinal);
        Assert.Contains("107", Assert.Single(new RunOptions { RunDirectory = "/" + new string('x', 100) }.Validate()), StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Single(new RunOptions { HostNamespace = "/run/netns/no-such" }.Validate()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eth0", "eth*", true)]
    [InlineData("wlan0", "!wlan*", false)]
    [InlineData("eth0", "!wlan*", null)]
    [InlineData("eth1", "!*,eth1", true)]
    [InlineData("eth10", "!*,eth1", false)]
    [InlineData("eth1", "eth1,!*", false)]
    [InlineData("eth12", "eth??", true)]
    [InlineData("eth1", "eth??", null)]
    [InlineData("enp3s0f1", "e*s*f1", true)]
    [InlineData("enp3s0f12", "e*s*f1", null)]
    public void The_last_matching_pattern_decides(string name, string patterns, bool? expected)
    {
        Assert.True(InterfacePatterns.TryParse([patterns], out var parsed, out _));
        Assert.Equal(expected, parsed.Decide(name));
        Assert.Equal(expected is null, parsed.DecidingPattern(name) is null);
    }

    [Theory]
    [InlineData("!")]
    [InlineData("a,,b")]
    [InlineData("longer-than-a-name")]
    [InlineData("eth/0")]
    public void A_pattern_that_can_match_no_name_is_refused(string pattern)
    {
        Assert.False(InterfacePatterns.TryParse([pattern], out _, out var reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void Timers_have_names_and_units()
    {
        Assert.True(TimerOverrides.TryParse("dpd=2s, flood=500ms", out var timers, out _));
        Assert.Equal(TimerOverrides.None with { Dpd = TimeSpan.FromSeconds(2), Flood = TimeSpan.FromMilliseconds(500) }, timers);
        Assert.False(TimerOverrides.TryParse("dpd=2", out _, out _));
        Assert.False(TimerOverrides.TryParse("dpd=0s", out _, out _));
        Assert.False(TimerOverrides.TryParse("tea=3m", out _, out var reason));
        Assert.Contains("tea", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void H17_experiments_are_off_by_default_and_O12_policies_for_signatures_are_the_recommended()
    {
        var options = new RunOptions();
        Assert.False(options.ExperimentalObjectives);
        Assert.Equal(Acp.Core.Grasp.FloodPolicies.Recommended, options.FloodSigning);
        Assert.Null(RunOptionsTable.All.Single(o => o.Name == "experimental-objectives").Apply(options, "yes"));
        var signing = RunOptionsTable.All.Single(o => o.Name == "flood-signing");
        Assert.Null(signing.Apply(options, "accept,SRV.est=require"));
        Assert.NotNull(signing.Apply(options, "always"));
        Assert.True(options.ExperimentalObjectives);
        Assert.Equal("accept,SRV.est=require", options.FloodSigning.ToString());
        Assert.Empty(options.Validate());
    }

    [Theory]
    [InlineData("no equals sign", ":1: 'no equals sign' is not 'name = value'")]
    [InlineData("\n# c\nspeed = 9", ":3: speed: there is no such setting")]
    [InlineData("dataplane = fast", ":1: dataplane: 'fast' is none of auto, kernel, userspace")]
    [InlineData("log-level =", ":1: log-level: has no value")]
    [InlineData("log-level = info\nlog-level = debug", ":2: log-level: was already set above")]
    [InlineData("instance = other", ":1: instance: there is no such setting")]
    [InlineData("timers = dpd=1s", ":1: timers: there is no such setting")]
    public void A_bad_configuration_file_is_told_by_file_line_field_and_reason(string text, string expected)
    {
        Assert.False(ConfigurationFile.TryApply("/etc/acpd/x.conf", text.Split('\n'), new RunOptions(), out var error));
        Assert.StartsWith("/etc/acpd/x.conf" + expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_file_sets_what_it_says_and_nothing_else()
    {
        var options = new RunOptions();
        Assert.True(ConfigurationFile.TryApply(
            "f", ["# comment", "", "interface = !*", " interface = eth1 ", "dataplane=kernel", "log-level = warning"], options, out _));
        Assert.Equal(["!*", "eth1"], options.Interfaces.Patterns);
        Assert.Equal(DataPlaneChoice.Kernel, options.DataPlane);
        Assert.Equal(LogLevelChoice.Warning, options.LogLevel);
        Assert.Equal("default", options.Instance);
    }

    [Fact]
    public void The_command_line_comes_before_the_file()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("acpd.conf", "log-level = debug\ndataplane = kernel\n");

        var options = RunCommand.Collect(file, [(Named("instance"), "b"), (Named("log-level"), "error")]);

        Assert.Equal(LogLevelChoice.Error, options.LogLevel);
        Assert.Equal(DataPlaneChoice.Kernel, options.DataPlane);
        Assert.Equal(file, options.ConfigurationFile);
        Assert.Equal("/run/acpd/b.lock", options.LockFile);
    }

    [Fact]
    public void A_wrong_file_and_a_wrong_command_line_have_different_exit_codes()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("acpd.conf", "state-dir = relative\n");

        var inFile = Assert.Throws<StartupException>(() => RunCommand.Collect(file, []));
        Assert.Equal(ExitCode.Configuration, inFile.Code);
        Assert.Equal($"{file}: state-dir: 'relative' is not an absolute path", inFile.Message);

        Assert.Equal(ExitCode.Configuration, Assert.Throws<StartupException>(() => RunCommand.Collect("/no/such/file", [])).Code);

        var given = Assert.Throws<StartupException>(() => RunCommand.Collect(null, [(Named("state-dir"), "relative")]));
        Assert.Equal(ExitCode.Usage, given.Code);
    }

    [Theory]
    [InlineData(0, "run", "--interface", "!wlan*", "--interface", "eth0", "--log-level", "trace")]
    [InlineData(64, "run", "--dataplane", "fast")]
    [InlineData(64, "run", "--instance")]
    [InlineData(64, "run", "--instance", "a", "--instance", "b")]
    [InlineData(64, "dance")]
    [InlineData(64)]
    public async Task The_command_line_is_read_as_a_whole(int expected, params string[] args)
    {
        RunOptions? seen = null;
        var root = CommandTree.Create((options, _, _) =>
        {
            seen = options;
            return Task.FromResult(0);
        });
        using var directory = new TemporaryDirectory();

        // Its own run directory, so that the test takes no lock of a real daemon.
        string[] all = expected == 0 ? [.. args, "--run-dir", directory.Path] : args;
        Assert.Equal(expected, await CommandTree.InvokeAsync(root, all));
        if (expected == 0)
        {
            Assert.Equal(LogLevelChoice.Trace, seen!.LogLevel);
            Assert.True(seen.Interfaces.Decide("eth0"));
            Assert.False(seen.Interfaces.Decide("wlan0"));
        }
    }

    [Fact]
    public async Task Asking_a_daemon_that_does_not_run_is_69()
    {
        using var directory = new TemporaryDirectory();
        var root = CommandTree.Create((_, _, _) => Task.FromResult(0));
        Assert.Equal(69, await CommandTree.InvokeAsync(root, ["status", "--run-dir", directory.Path]));
        Assert.Equal(64, await CommandTree.InvokeAsync(root, ["status", "--instance", "../x"]));
    }

    private static RunOption Named(string name) => RunOptionsTable.All.Single(o => o.Name == name);

    [Theory]
    [InlineData("aes-gcm", EspAlgorithm.AesGcm256)]
    [InlineData("chacha20-poly1305,aes-gcm", EspAlgorithm.ChaCha20Poly1305, EspAlgorithm.AesGcm256)]
    [InlineData("aes-gcm,aes-gcm", EspAlgorithm.AesGcm256)]
    public void E07_the_operator_may_order_the_esp_algorithms(string value, params EspAlgorithm[] expected)
    {
        var options = new RunOptions();
        Assert.Null(options.EspAlgorithms);
        Assert.Null(RunOptionsTable.All.Single(o => o.Name == "esp").Apply(options, value));
        Assert.Equal(expected, options.EspAlgorithms);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("aes-cbc")]
    [InlineData("")]
    public void E08_there_is_no_weaker_esp_to_be_asked_for(string value)
    {
        var options = new RunOptions();
        Assert.Contains("none of", RunOptionsTable.All.Single(o => o.Name == "esp").Apply(options, value), StringComparison.Ordinal);
        Assert.Null(options.EspAlgorithms);
    }

    [Fact]
    public void C22_the_trust_anchor_is_sent_unless_the_operator_says_no()
    {
        var options = new RunOptions();
        Assert.True(options.SendTrustAnchor);
        Assert.Null(Apply(options, "send-trust-anchor", "no"));
        Assert.False(options.SendTrustAnchor);
        Assert.NotNull(Apply(options, "send-trust-anchor", "perhaps"));
    }

    [Theory]
    [InlineData("child-octets", "1000000", 1_000_000ul)]
    [InlineData("child-octets", "50G", 50_000_000_000ul)]
    [InlineData("child-octets", "2T", 2_000_000_000_000ul)]
    [InlineData("child-octets", "999999", null)]
    [InlineData("child-octets", "-5M", null)]
    [InlineData("child-octets", "M", null)]
    [InlineData("child-octets", "", null)]
    [InlineData("child-octets", "99999999999T", null)]
    [InlineData("child-packets", "1K", 1000ul)]
    [InlineData("child-packets", "999", null)]
    public void D40_lifetimes_by_traffic_are_numbers_with_units(string name, string value, ulong? expected)
    {
        var options = new RunOptions();
        Assert.Equal(expected is null, Apply(options, name, value) is not null);
        Assert.Equal(expected, name == "child-octets" ? options.ChildOctets : options.ChildPackets);
    }

    [Theory]
    [InlineData("child-lifetime", "30m", 30.0)]
    [InlineData("ike-lifetime", "8h", 480.0)]
    [InlineData("ike-lifetime", "59s", null)]
    [InlineData("child-lifetime", "soon", null)]
    public void D40_lifetimes_by_time_are_durations(string name, string value, double? minutes)
    {
        var options = new RunOptions();
        Assert.Equal(minutes is null, Apply(options, name, value) is not null);
        Assert.Equal(minutes, (name == "ike-lifetime" ? options.IkeLifetime : options.ChildLifetime)?.TotalMinutes);
    }

    private static string? Apply(RunOptions options, string name, string value) =>
        RunOptionsTable.All.Single(o => o.Name == name).Apply(options, value);
}
