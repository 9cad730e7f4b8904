using System.CommandLine;
using Acp.Asa;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary><c>acpd grasp synchronize</c>.</summary>
internal static class SynchronizeCommand
{
    public static Command Create()
    {
        var tool = new GraspTool("synchronize", "Ask for the value of an objective: a flooded copy if there is one, or whoever is discovered.");
        var objective = tool.Objective();
        var peer = tool.Peer();
        var timeout = tool.Seconds("--timeout", "How long to look for somebody, and then to wait for the answer.", 5);
        Examples.Add(tool.Command,
            ("acpd grasp synchronize 411:weather", "prints the value"),
            ("acpd grasp synchronize 411:weather --peer fd89:b714:f3db::2", "of that box"));
        tool.Do(async call =>
        {
            var got = await call.Asa.SynchronizeAsync(
                Objective.Synchronizable(call.Parsed.GetValue(objective)!),
                call.Parsed.GetValue(peer) is { } text ? LocatorText.Parse(text) : null,
                TimeSpan.FromSeconds(call.Parsed.GetValue(timeout)),
                cancel: call.Cancel);
            call.Output.Write(
                new ObjectiveReport(got.Name, call.Values.ToJson(got.Value)), GraspJson.Default.ObjectiveReport, _ => call.Values.Print(got.Value));
            return ExitCode.Ok;
        });
        return tool.Command;
    }
}
