using System.CommandLine;
using Acp.Asa;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary><c>acpd grasp watch</c>.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var tool = new GraspTool("watch", "The flooded objectives that are known, and then every one that is new or changes, until SIGTERM or Ctrl-C.");
        var objective = tool.OptionalObjective();
        Examples.Add(tool.Command,
            ("acpd grasp watch", "all"),
            ("acpd grasp watch 411:weather --json | jq .value", "one, for scripts"));
        tool.Do(async call =>
        {
            await foreach (var flood in call.Asa.WatchFloodsAsync(call.Parsed.GetValue(objective), call.Cancel))
                Print(call, flood);
            return ExitCode.Ok;
        });
        return tool.Command;
    }

    public static void Print(GraspCall call, TaggedObjective flood) => call.Output.Write(
        FloodReport.Of(flood, call.Values),
        GraspJson.Default.FloodReport,
        r => $"{r.Objective}  {call.Values.Print(flood.Objective.Value)}{(r.Locator is null ? "" : $"  at {r.Locator}")}"
            + (r.TtlMs is { } ttl ? $"  for {ttl / 1000} s" : "  for ever")
            + (r.Signature is null ? "" : $"  signature {r.Signature}"));
}
