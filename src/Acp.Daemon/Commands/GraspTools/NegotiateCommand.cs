using System.CommandLine;
using Acp.Asa;
using Acp.Wire.Grasp;
using Objective = Acp.Asa.Objective;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary><c>acpd grasp negotiate</c>.</summary>
internal static class NegotiateCommand
{
    public static Command Create()
    {
        var tool = new GraspTool("negotiate", "Negotiate an objective with somebody. Returns 0 when both agree and 1 when not.");
        var objective = tool.Objective();
        var values = tool.Values("What to offer; given again, what to answer to the peer's first offer, and so on. Then its offer is accepted.", required: true);
        var decline = new Option<string?>("--decline") { Description = "In the end decline the peer's offer, for this reason.", HelpName = "REASON" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Find out what would be agreed, without agreeing on it." };
        var steps = new Option<byte>("--steps")
        {
            Description = "The loop count: how many offers there may be.",
            HelpName = "N",
            DefaultValueFactory = _ => GraspConstants.GRASP_DEF_LOOPCT,
        };
        tool.Command.Options.Add(decline);
        tool.Command.Options.Add(dryRun);
        tool.Command.Options.Add(steps);
        var peer = tool.Peer();
        var timeout = tool.Seconds("--timeout", "How long to look for somebody, and to wait for each answer.", 60);
        Examples.Add(tool.Command,
            ("acpd grasp negotiate EX3 --value '[\"NZD\", 150]'", "ask for a loan, and take what is offered"),
            ("acpd grasp negotiate EX3 --value '[\"NZD\", 300]' --value '[\"NZD\", 200]' --decline 'too little'", "or ask twice and leave"));
        tool.Do(async call =>
        {
            var parsed = call.Parsed;
            var offers = parsed.GetValue(values)!.Select(call.Values.Read).ToList();
            var name = parsed.GetValue(objective)!;
            var first = parsed.GetValue(dryRun) ? Objective.DryRun(name, offers[0]) : Objective.Negotiable(name, offers[0]);
            first = first with { LoopCount = parsed.GetValue(steps) };
            await call.Asa.RegisterObjectiveAsync(first, new ObjectiveRegistration { Overlap = true }, call.Cancel);
            var result = await call.Asa.RequestNegotiateAsync(
                first,
                parsed.GetValue(peer) is { } text ? LocatorText.Parse(text) : null,
                TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                cancel: call.Cancel);
            return await new Haggler(call, name, offers, parsed.GetValue(decline)).RunAsync(result, used: 1) ? ExitCode.Ok : ExitCode.Failure;
        });
        return tool.Command;
    }
}
