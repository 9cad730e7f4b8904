using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Acp.Daemon.Lab;
using Acp.Linux.Interop;
using Spectre.Console;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd lab run</c> and <c>acpd lab clean</c>: a whole ACP on one machine, in network namespaces.</summary>
internal static class LabCommand
{
    /// <param name="issueCertificates">Fills the state directory of every box of a plan.</param>
    public static Command Create(Action<LabPlan> issueCertificates)
    {
        var lab = new Command("lab", "A whole ACP on this machine: boxes are network namespaces, cables are veth pairs, daemons are real.");
        lab.Subcommands.Add(Run(issueCertificates));
        lab.Subcommands.Add(Clean());
        Examples.Add(lab,
            ("acpd lab run --nodes 5 --topology line", "build it, watch it form, check every pair, take it away again"),
            ("acpd lab run --nodes 4 --topology mesh --keep", "leave it running for a look inside"),
            ("acpd lab clean", "take away what --keep, or a killed lab, left behind"));
        return lab;
    }

    private static Command Run(Action<LabPlan> issueCertificates)
    {
        var nodes = new Option<int>("--nodes") { Description = "How many boxes, 2 to 64.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var topology = Choice("--topology", "How they are joined.", LabTopology.Line);
        var dataPlane = Choice("--dataplane", "Who encrypts; mixed: kernel on boxes 1, 3, 5, user space on 2, 4, 6.", LabDataPlane.Auto);
        var timeout = new Option<string>("--timeout")
        {
            Description = "Until all pairs must have reached each other.",
            HelpName = "DURATION",
            DefaultValueFactory = _ => "60s",
        };
        var logLevel = Choice("--log-level", "For the daemons.", LogLevelChoice.Info);
        var json = new Option<bool>("--json") { Description = "End with the result as one JSON object on standard output; everything else goes to standard error." };
        var keep = new Option<bool>("--keep") { Description = "Leave the boxes running, and say how to look inside." };
        var sameLinkLocal = new Option<bool>("--same-link-local") { Description = "Every box has one link-local address on all its links.", Hidden = true };
        var timers = new Option<string?>("--timers") { Description = "As for 'acpd run'.", Hidden = true };
        var keyLog = new Option<string?>("--key-log") { Description = "As for 'acpd run', a directory for each box.", Hidden = true };
        var run = new Command(
            "run",
            "Make N boxes, issue their certificates, start a daemon in each at the same moment, show how the ACP forms, ping every pair "
            + "both inside the ACP and from the hosts, and clean up, whatever happens. Exit code 1 when a pair fails.")
        {
            nodes, topology, dataPlane, timeout, logLevel, json, keep, sameLinkLocal, timers, keyLog,
        };
        Examples.Add(run,
            ("acpd lab run --nodes 7 --topology tree", "a binary tree"),
            ("acpd lab run --nodes 5 --json | jq .converged_ms", "one figure of it"),
            ("acpd lab run --dataplane userspace --keep", "do not use the kernel's ESP; leave it running"));
        run.SetAction((parsed, _) =>
        {
            var options = new LabOptions
            {
                Nodes = parsed.GetValue(nodes),
                Topology = parsed.GetValue(topology),
                DataPlane = parsed.GetValue(dataPlane),
                LogLevel = parsed.GetValue(logLevel),
                Json = parsed.GetValue(json),
                Keep = parsed.GetValue(keep),
                SameLinkLocal = parsed.GetValue(sameLinkLocal),
                Timers = parsed.GetValue(timers),
                KeyLog = parsed.GetValue(keyLog),
            };
            if (!TimerOverrides.TryParseDuration(parsed.GetValue(timeout)!, out var patience))
                return Refuse($"--timeout: '{parsed.GetValue(timeout)}' is not a duration such as 60s or 2m");
            options.Timeout = patience;
            if (options.Timers is { } given && !TimerOverrides.TryParse(given, out var _, out var reason))
                return Refuse($"--timers: {reason}");
            return options.Validate() is [var wrong, ..] ? Refuse(wrong) : RunAsync(options, issueCertificates);
        });
        return run;
    }

    private static Command Clean()
    {
        var clean = new Command("clean", "End and remove every lab of this machine whose 'lab run' is no longer there, the kept ones too.");
        var only = new Argument<string?>("ID") { Description = "Only this one.", Arity = ArgumentArity.ZeroOrOne };
        clean.Arguments.Add(only);
        clean.SetAction(parsed =>
        {
            if (!IsRoot())
                return ExitCode.NoPermission;
            var cleaned = LabLeftovers.CleanDead(alsoKept: true, parsed.GetValue(only));
            Console.Error.WriteLine(cleaned.Count == 0 ? "no lab was left" : $"removed lab {string.Join(", ", cleaned)}");
            return ExitCode.Ok;
        });
        return clean;
    }

    private static async Task<int> RunAsync(LabOptions options, Action<LabPlan> issueCertificates)
    {
        if (!IsRoot())
            return ExitCode.NoPermission;
        ILabProgress progress = Console.IsErrorRedirected
            ? new PlainLabProgress(Console.Error)
            : new LiveLabProgress(Terminal.Error());
        using var stop = new StopSignals();
        try
        {
            var result = await new LabRunner(options, progress, issueCertificates).RunAsync(stop.Token);
            foreach (var failure in result.Failures)
                await Console.Error.WriteLineAsync($"failed: {failure}");
            if (options.Json)
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(result, LabJson.Default.LabResult));
            else
                Print(Terminal.Output(), result);
            return result.Passed ? ExitCode.Ok : ExitCode.Failure;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("interrupted; the lab is gone");
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is LabException or FileNotFoundException or SystemCallException or Acp.Linux.Netlink.NetlinkException)
        {
            await Console.Error.WriteLineAsync($"acpd: {e.Message}");
            return ExitCode.Failure;
        }
    }

    /// <summary>The summary for people.</summary>
    internal static void Print(IAnsiConsole console, LabResult result)
    {
        var table = ReportTables.Plain("BOX", "ACP ADDRESS", "IKE SAS", "CHILD SAS", "ROUTES", "DATA PLANE", "RESIDENT");
        foreach (var node in result.PerNode)
        {
            ReportTables.Row(
                table, node.Name, node.Address ?? "-", Number(node.IkeSas), Number(node.ChildSas), Number(node.Routes), node.Dataplane,
                (node.RssKib / 1024.0).ToString("0.0", CultureInfo.InvariantCulture) + " MiB");
        }

        console.Write(table);
        console.WriteLine();
        var phases = ReportTables.Plain("PHASE", "MEDIAN MS", "MAX MS");
        Phase("boot", result.Phases.BootMs);
        Phase("discovery", result.Phases.DiscoveryMs);
        Phase("ike", result.Phases.IkeMs);
        Phase("routing", result.Phases.RoutingMs);
        Phase("verified", result.Phases.VerifiedMs);
        Phase("tie-break wait, in ike", result.Phases.TieBreakWaitMs);
        console.Write(phases);
        console.WriteLine();
        var time = result.ConvergedMs is { } ms ? $", {ms.ToString("0", CultureInfo.InvariantCulture)} ms after the start" : "";
        console.WriteLine($"{(result.Passed ? "passed" : "FAILED")}: {result.Reachable} of {result.Pairs} pairs reach each other{time}");

        void Phase(string name, LabPhase? phase)
        {
            if (phase is not null)
                ReportTables.Row(phases, name, phase.Median.ToString("0", CultureInfo.InvariantCulture), phase.Max.ToString("0", CultureInfo.InvariantCulture));
        }

        static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
    }

    private static bool IsRoot()
    {
        if (LibC.geteuid() == 0)
            return true;
        Console.Error.WriteLine("acpd: a lab needs root rights: it makes network namespaces. Try 'sudo acpd lab …'.");
        return false;
    }

    private static Task<int> Refuse(string reason)
    {
        Console.Error.WriteLine($"acpd: {reason}");
        return Task.FromResult(ExitCode.Usage);
    }

    /// <summary>An option whose values are an enumeration's names in lower case.</summary>
    private static Option<T> Choice<T>(string name, string description, T preset)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(n => n.ToLowerInvariant()).ToArray();
        var option = new Option<T>(name)
        {
            Description = $"{description} [default: {preset.ToString().ToLowerInvariant()}]",
            HelpName = string.Join('|', names),
            CustomParser = result =>
            {
                var at = Array.IndexOf(names, result.Tokens[0].Value);
                if (at >= 0)
                    return Enum.GetValues<T>()[at];
                result.AddError($"{name}: '{result.Tokens[0].Value}' is none of {string.Join(", ", names)}");
                return preset;
            },
            DefaultValueFactory = _ => preset,
        };
        return option;
    }
}
