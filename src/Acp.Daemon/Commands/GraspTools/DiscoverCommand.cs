using System.CommandLine;
using Acp.Asa;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary><c>acpd grasp discover</c>.</summary>
internal static class DiscoverCommand
{
    public static Command Create()
    {
        var tool = new GraspTool("discover", "Find who has an objective. Returns 68 when nobody has.");
        var objective = tool.Objective();
        var timeout = tool.Seconds("--timeout", "How long to ask; 0 looks into the cache and no further.", 5);
        var first = new Option<bool>("--first") { Description = "Be content with one." };
        var flush = new Option<bool>("--flush") { Description = "Forget what is in the cache, and ask anew." };
        tool.Command.Options.Add(first);
        tool.Command.Options.Add(flush);
        Examples.Add(tool.Command,
            ("acpd grasp discover 411:weather", "everybody who answers within five seconds, the best first"),
            ("acpd grasp discover 411:weather --first --json | jq -r .locator", "for scripts"));
        tool.Do(async call =>
        {
            var wanted = Objective.Synchronizable(call.Parsed.GetValue(objective)!);
            var patience = TimeSpan.FromSeconds(call.Parsed.GetValue(timeout));
            TimeSpan? minimum = call.Parsed.GetValue(flush) ? TimeSpan.Zero : null;
            IReadOnlyList<AsaLocator> found = call.Parsed.GetValue(first)
                ? await call.Asa.DiscoverFirstAsync(wanted, patience, minimum, call.Cancel) is { } one ? [one] : []
                : await call.Asa.DiscoverAsync(wanted, patience, minimum, call.Cancel);
            foreach (var locator in found)
                call.Output.Write(LocatorReport.Of(locator), GraspJson.Default.LocatorReport, r => r.ToString());
            return found.Count > 0
                ? ExitCode.Ok
                : throw new GraspToolException(ExitCode.UnknownPeer, $"nobody has answered for {wanted.Name}");
        });
        return tool.Command;
    }
}
