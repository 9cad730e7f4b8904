using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Acp.Daemon.Control;
using Spectre.Console;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd status | neighbors | channels | routes</c>: ask a running daemon, print a table or the report itself.</summary>
internal static class QueryCommands
{
    public static IEnumerable<Command> Create()
    {
        yield return Query("status", "What the daemon is, what it uses and why, and what needs a person's attention.",
            (client, cancellation) => client.GetStatusAsync(cancellation), ControlJson.Default.StatusReport, ReportTables.Status);
        yield return Query("neighbors", "Who announces itself on our links, and how far we are with it.",
            (client, cancellation) => client.GetNeighborsAsync(cancellation), ControlJson.Default.IReadOnlyListNeighborReport, ReportTables.Neighbors);
        yield return Query("channels", "The encrypted channels to neighbours: peers, SAs, traffic.",
            (client, cancellation) => client.GetChannelsAsync(cancellation), ControlJson.Default.IReadOnlyListChannelReport, ReportTables.Channels);
        yield return Query("routes", "The routes of the ACP on this box.",
            (client, cancellation) => client.GetRoutesAsync(cancellation), ControlJson.Default.IReadOnlyListRouteReport, ReportTables.Routes);
    }

    private static Command Query<T>(
        string name,
        string description,
        Func<ControlClient, CancellationToken, Task<T>> ask,
        JsonTypeInfo<T> type,
        Action<IAnsiConsole, T> print)
    {
        var command = new Command(name, description);
        var instance = new Option<string>("--instance")
        {
            Description = "Which daemon of this machine.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "default",
        };
        var runDirectory = new Option<string>("--run-dir")
        {
            Description = "Where its control socket is.",
            HelpName = "PATH",
            DefaultValueFactory = _ => RunOptions.DefaultRunDirectory,
        };
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON value." };
        command.Options.Add(instance);
        command.Options.Add(runDirectory);
        command.Options.Add(json);
        Examples.Add(command,
            ($"acpd {name}", "as a table"),
            ($"acpd {name} --json | jq .", "for scripts; the names in it are stable"),
            ($"acpd {name} --instance NAME", "of another daemon on this machine, a lab's node for instance"));
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new RunOptions { Instance = parsed.GetValue(instance)!, RunDirectory = parsed.GetValue(runDirectory)! };
            if (options.Validate() is [var wrong, ..])
            {
                await Console.Error.WriteLineAsync($"acpd: --{wrong}");
                return ExitCode.Usage;
            }

            try
            {
                using var client = new ControlClient(options.ControlSocket);
                var report = await ask(client, cancellation);
                if (parsed.GetValue(json))
                    await Console.Out.WriteLineAsync(Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(report, type)));
                else
                    print(Terminal.Output(), report);
                return ExitCode.Ok;
            }
            catch (ControlException e)
            {
                await Console.Error.WriteLineAsync($"acpd: {e.Message}");
                return e.Code;
            }
        });
        return command;
    }
}
