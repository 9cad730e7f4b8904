using System.CommandLine;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary><c>acpd grasp floods</c>.</summary>
internal static class FloodsCommand
{
    public static Command Create()
    {
        var tool = new GraspTool("floods", "The flooded objectives that this node knows, the newest first.");
        var objective = tool.OptionalObjective();
        var timeout = tool.Seconds("--timeout", "With --insecure, where nothing is known in the beginning: how long to listen first.", 5);
        Examples.Add(tool.Command,
            ("acpd grasp floods", "all"),
            ("acpd grasp floods AN_join_registrar --json | jq -r .locator", "where a registrar is"));
        tool.Do(async call =>
        {
            if (call.IsStandalone)
                await Task.Delay(TimeSpan.FromSeconds(call.Parsed.GetValue(timeout)), call.Cancel);
            foreach (var flood in await call.Asa.GetFloodAsync(call.Parsed.GetValue(objective), call.Cancel))
                WatchCommand.Print(call, flood);
            return ExitCode.Ok;
        });
        return tool.Command;
    }
}
