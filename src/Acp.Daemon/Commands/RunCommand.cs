using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Acp.Daemon.Logging;
using Acp.Linux.Interop;
using Microsoft.Extensions.Logging;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd run</c>: everything around the daemon proper: options, rights, logs, signals, one per instance.</summary>
internal static class RunCommand
{
    public static Command Create(DaemonMain daemon)
    {
        var command = new Command("run", "Run the daemon in the foreground, until SIGTERM or Ctrl-C. SIGHUP reads the log level again.");
        var config = new Option<string?>("--config")
        {
            Description = "Read settings from this file: 'name = value' lines with the names of these options. "
                + "What the command line says comes first. [default: /etc/acpd/INSTANCE.conf when it exists]",
            HelpName = "PATH",
        };
        command.Options.Add(config);
        var options = new List<(RunOption Setting, Func<ParseResult, string?> Given)>();
        foreach (var setting in RunOptionsTable.All)
        {
            var (option, given) = setting.Repeatable ? Repeatable(setting) : Single(setting);
            option.Description = setting.Description;
            option.HelpName = setting.Value;
            option.Hidden = setting.Hidden;
            option.Validators.Add(result => Check(setting, result));
            options.Add((setting, given));
            command.Options.Add(option);
        }

        Examples.Add(command,
            ("acpd run", "on a box whose certificate lies in /var/lib/acpd/default"),
            ("acpd run --interface '!wlan*'", "leave the wireless links alone"),
            ("acpd run --interface '!*' --interface eth1", "use eth1 and nothing else"),
            ("acpd run --neighbor 192.0.2.7", "a neighbour across an IP network, perhaps through a NAT"),
            ("acpd run --state-dir /etc/acpd/site-a --log-level debug", "another identity, more to read"));
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(config),
            options.Select(o => (o.Setting, Value: o.Given(parsed))).Where(o => o.Value is not null)
                .Select(o => (o.Setting, o.Value!)).ToList(),
            daemon));
        return command;
    }

    /// <summary>Defaults, then the file, then the command line.</summary>
    internal static RunOptions Collect(string? configPath, IReadOnlyList<(RunOption Setting, string Value)> given)
    {
        var options = new RunOptions();
        // The instance's name leads to the file, so it must be known before.
        foreach (var (setting, value) in given.Where(g => g.Setting.Name == "instance"))
            Apply(setting, value);
        var path = configPath ?? ConfigurationFile.DefaultPath(options.Instance);
        if ((configPath is not null || File.Exists(path)) && !ConfigurationFile.TryApply(path, options, out var error))
            throw new StartupException(ExitCode.Configuration, error);
        if (options.ConfigurationFile is not null && options.Validate() is [var broken, ..])
            throw new StartupException(ExitCode.Configuration, $"{path}: {broken}");
        foreach (var (setting, value) in given)
            Apply(setting, value);
        return options.Validate() is [var wrong, ..] ? throw new StartupException(ExitCode.Usage, $"--{wrong}") : options;

        void Apply(RunOption setting, string value)
        {
            if (setting.Apply(options, value) is { } reason)
                throw new StartupException(ExitCode.Usage, $"--{setting.Name}: {reason}");
        }
    }

    private static (Option Option, Func<ParseResult, string?> Given) Single(RunOption setting)
    {
        var option = new Option<string?>("--" + setting.Name);
        return (option, parsed => parsed.GetValue(option));
    }

    private static (Option Option, Func<ParseResult, string?> Given) Repeatable(RunOption setting)
    {
        var option = new Option<string[]>("--" + setting.Name) { Arity = ArgumentArity.OneOrMore };
        return (option, parsed => parsed.GetValue(option) is { Length: > 0 } values ? string.Join(',', values) : null);
    }

    private static void Check(RunOption setting, OptionResult result)
    {
        var values = result.Tokens.Select(t => t.Value).ToArray();
        if (values.Length > 0 && setting.Apply(new RunOptions(), string.Join(',', values)) is { } reason)
            result.AddError($"--{setting.Name}: {reason}");
    }

    private static async Task<int> RunAsync(
        string? configPath, IReadOnlyList<(RunOption Setting, string Value)> given, DaemonMain daemon)
    {
        RunOptions options;
        try
        {
            options = Collect(configPath, given);
            if (LibC.geteuid() != 0)
                throw new StartupException(
                    ExitCode.NoPermission,
                    "acpd run needs root rights: it makes network namespaces, links and raw sockets. Try 'sudo acpd run'.");
            if (options.ParentProcess is { } parent)
                FollowParent(parent);
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync($"acpd: {e.Message}");
            return e.Code;
        }

        using var logs = new LogSetup(options);
        var log = logs.Factory.CreateLogger("acpd");
        using var stop = new StopSignals(signal =>
        {
            RunLog.Stopping(log, signal.ToString());
            ServiceNotifier.Stopping();
        });
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            ReloadLevel(options, given, logs, log);
        });
        try
        {
            using var single = InstanceLock.Take(options);
            RunLog.Starting(log, ProgramVersion.Text, options.Instance, Environment.ProcessId);
            var code = await daemon(options, logs.Factory, stop.Token);
            RunLog.Stopped(log);
            return code;
        }
        catch (StartupException e)
        {
            RunLog.CannotStart(log, e.Message);
            return e.Code;
        }
        catch (SystemCallException e) when (e.Errno is Errno.EPERM or Errno.EACCES)
        {
            RunLog.CannotStart(log, $"{e.Message}. We are root, but without some of its rights (CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN): a container?");
            return ExitCode.NoPermission;
        }
        catch (Exception e)
        {
            // Ends visibly, with the reason, rather than going on with state that nobody understands.
            RunLog.Failed(log, e);
            return ExitCode.Failure;
        }
    }

    private static void ReloadLevel(
        RunOptions running, IReadOnlyList<(RunOption Setting, string Value)> given, LogSetup logs, ILogger log)
    {
        if (running.ConfigurationFile is not { } path)
        {
            RunLog.LevelUnchanged(log, "there is no configuration file");
            return;
        }

        var fresh = new RunOptions { Instance = running.Instance };
        if (!ConfigurationFile.TryApply(path, fresh, out var error))
            RunLog.LevelUnchanged(log, error);
        else if (given.Any(g => g.Setting.Name == "log-level"))
            RunLog.LevelUnchanged(log, "the command line sets the log level");
        else
        {
            logs.SetLevel(fresh.LogLevel);
            RunLog.LevelChanged(log, fresh.LogLevel, path);
        }
    }

    /// <summary>The kernel sends SIGTERM when the thread that started us ends (prctl(2), PR_SET_PDEATHSIG).</summary>
    private static void FollowParent(int parent)
    {
        SystemCallException.Check(
            LibC.prctl(Processes.PR_SET_PDEATHSIG, Processes.SIGTERM, 0, 0, 0), "ask to end with the parent process");
        if (LibC.getppid() != parent)
            throw new StartupException(ExitCode.Unavailable, $"the parent process {parent} has already ended");
    }
}
