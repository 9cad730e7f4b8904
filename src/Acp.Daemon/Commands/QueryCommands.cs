using System.CommandLine;
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
        var control = new ControlOptions(command);
        Examples.Add(command,
            ($"acpd {name}", "as a table"),
            ($"acpd {name} --json | jq .", "for scripts; the names in it are stable"),
            ($"acpd {name} --instance NAME", "of another daemon on this machine, a lab's node for instance"));
        command.SetAction((parsed, cancellation) => control.AskAsync(parsed, async client =>
        {
            var report = await ask(client, cancellation);
            if (control.Json(parsed))
                await ControlOptions.WriteJsonAsync(report, type);
            else
                print(Terminal.Output(), report);
            return ExitCode.Ok;
        }));
        return command;
    }
}
