using System.CommandLine;
using Acp.Asa;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary><c>acpd grasp flood</c>.</summary>
internal static class FloodCommand
{
    public static Command Create()
    {
        var tool = new GraspTool("flood", "Flood a value to all nodes, again and again until SIGTERM or Ctrl-C.");
        var objective = tool.Objective();
        var values = tool.Values("What to flood.", required: true);
        var ttl = tool.Seconds("--ttl", "How long the copies are good for; 0 for ever.", 210);
        var every = tool.Seconds("--every", "How long until the next time.", 60);
        var once = new Option<bool>("--once") { Description = "Flood it once, and end." };
        var locator = new Option<string?>("--locator")
        {
            Description = "What to tag it with: [ADDRESS]:PORT, with /udp if that is meant. The address '::' stands for our own on each link, "
                + "and then the flood goes no further than the next node.",
            HelpName = "LOCATOR",
        };
        locator.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && LocatorText.Parse(text) is null)
                result.AddError($"--locator: '{text}' is not [address]:port");
        });
        tool.Command.Options.Add(once);
        tool.Command.Options.Add(locator);
        tool.Command.Validators.Add(result =>
        {
            if (result.GetValue(values) is { Length: > 1 })
                result.AddError("--value: one is enough");
        });
        Examples.Add(tool.Command,
            ("acpd grasp flood 411:motd --value '\"maintenance at noon\"' --ttl 3600 --once", "known everywhere for an hour"),
            ("acpd grasp flood 411:server --value null --locator '[fd89::1]:80'", "where something is to be found"));
        tool.Do(async call =>
        {
            var flooded = Objective.Synchronizable(call.Parsed.GetValue(objective)!, call.Values.Read(call.Parsed.GetValue(values)![0]));
            var tag = call.Parsed.GetValue(locator) is { } text ? LocatorText.Parse(text)!.Locator : null;
            var good = TimeSpan.FromSeconds(call.Parsed.GetValue(ttl));
            await call.Asa.RegisterObjectiveAsync(flooded, new ObjectiveRegistration { Overlap = true }, call.Cancel);
            do
            {
                await call.Asa.FloodAsync(good, [new TaggedObjective(flooded, tag)], call.Cancel);
                if (!call.Parsed.GetValue(once))
                    await Task.Delay(TimeSpan.FromSeconds(Math.Max(1, call.Parsed.GetValue(every))), call.Cancel);
            }
            while (!call.Parsed.GetValue(once));
            return ExitCode.Ok;
        });
        return tool.Command;
    }
}
