using System.CommandLine;
using Acp.Asa;
using Acp.Daemon.Agents;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd grasp discover | synchronize | flood | listen</c>: GRASP by hand, for trying things out.</summary>
internal static class GraspCommands
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var command = new Command("grasp", "GRASP by hand (RFC 8990): find, ask, flood and offer objectives. Values are JSON, and printed in CBOR's diagnostic notation.");
        command.Subcommands.Add(Make("discover", "Find who has an objective, for five seconds", value: false, async (asa, say, objective, cancel) =>
        {
            var found = await asa.DiscoverAsync(objective, Patience, cancel: cancel);
            foreach (var locator in found)
                say($"{locator.Locator}{(locator.Interface == 0 ? "" : $" interface {locator.Interface}")}{(locator.IsDiverted ? " diverted" : "")}");
            return found.Count > 0 ? ExitCode.Ok : ExitCode.UnknownPeer;
        }));
        command.Subcommands.Add(Make("synchronize", "Ask for the value of an objective", value: false, async (asa, say, objective, cancel) =>
        {
            say((await asa.SynchronizeAsync(objective, timeout: Patience, cancel: cancel)).Value.ToString());
            return ExitCode.Ok;
        }));
        command.Subcommands.Add(Make("flood", "Flood a value, once a minute, until SIGTERM or Ctrl-C", value: true, async (asa, say, objective, cancel) =>
        {
            await asa.RegisterObjectiveAsync(objective, cancel: cancel);
            using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1));
            do
                await asa.FloodAsync(TimeSpan.FromMinutes(3.5), objective, cancel);
            while (await minute.WaitForNextTickAsync(cancel));
            return ExitCode.Ok;
        }));
        command.Subcommands.Add(Make("listen", "Give a value to whoever asks, until SIGTERM or Ctrl-C", value: true, async (asa, say, objective, cancel) =>
        {
            await asa.RegisterObjectiveAsync(objective, cancel: cancel);
            await asa.ListenSynchronizeAsync(objective, cancel);
            await Task.Delay(Timeout.Infinite, cancel);
            return ExitCode.Ok;
        }));
        Examples.Add(command,
            ("acpd grasp listen --insecure 411:weather '\"rain\"'", "on one box"),
            ("acpd grasp synchronize --insecure 411:weather", "on another, prints \"rain\""));
        return command;
    }

    private static Command Make(
        string name, string description, bool value, Func<GraspAsa, Action<string>, Objective, CancellationToken, Task<int>> work)
    {
        var command = new Command(name, description);
        var grasp = new StandaloneGrasp();
        grasp.AddTo(command);
        var objective = new Argument<string>("objective") { Description = "Its name; a private one holds a colon." };
        command.Arguments.Add(objective);
        var json = new Argument<string>("value") { Description = "Any JSON." };
        if (value)
            command.Arguments.Add(json);
        command.SetAction((parsed, _) => grasp.RunAsync(parsed, $"acpd grasp {name}", (asa, say, cancel) =>
        {
            var given = value ? JsonValue.Parse(parsed.GetValue(json)!) : default;
            return work(asa, say, Objective.Synchronizable(parsed.GetValue(objective)!, given), cancel);
        }));
        return command;
    }
}
