using System.CommandLine;
using Acp.Asa;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary><c>acpd grasp listen</c>.</summary>
internal static class ListenCommand
{
    public static Command Create()
    {
        var tool = new GraspTool("listen", "Give a value to whoever asks, or negotiate with them, until SIGTERM or Ctrl-C.");
        var objective = tool.Objective();
        var values = tool.Values(
            "What to give. With --negotiate: what to answer to the first offer; given again, to the second, and so on. Then their offer is accepted.",
            required: false);
        var negotiate = new Option<bool>("--negotiate") { Description = "Negotiate with whoever asks." };
        var decline = new Option<string?>("--decline") { Description = "With --negotiate: in the end decline, for this reason.", HelpName = "REASON" };
        tool.Command.Options.Add(negotiate);
        tool.Command.Options.Add(decline);
        tool.Command.Validators.Add(result =>
        {
            if (!result.GetValue(negotiate) && result.GetValue(values) is not { Length: 1 })
                result.AddError("--value is needed, once, unless you --negotiate");
            if (!result.GetValue(negotiate) && result.GetValue(decline) is not null)
                result.AddError("--decline is for --negotiate");
        });
        Examples.Add(tool.Command,
            ("acpd grasp listen 411:weather --value '{\"sky\": \"grey\"}'", "for 'acpd grasp synchronize 411:weather'"),
            ("acpd grasp listen EX3 --negotiate --value '[\"NZD\", 100]'", "offer a hundred to whoever asks, then agree to all"));
        tool.Do(async call =>
        {
            var name = call.Parsed.GetValue(objective)!;
            var offers = (call.Parsed.GetValue(values) ?? []).Select(call.Values.Read).ToList();
            if (call.Parsed.GetValue(negotiate))
            {
                // Dry runs are welcome too: nothing is meant here in earnest.
                await call.Asa.RegisterObjectiveAsync(Objective.DryRun(name), new ObjectiveRegistration { Overlap = true }, call.Cancel);
                await foreach (var request in call.Asa.ListenNegotiateAsync(name, call.Cancel))
                    _ = ServeAsync(call, request, offers, call.Parsed.GetValue(decline));
                return ExitCode.Ok;
            }
            var given = Objective.Synchronizable(name, offers[0]);
            await call.Asa.RegisterObjectiveAsync(given, new ObjectiveRegistration { Overlap = true }, call.Cancel);
            await call.Asa.ListenSynchronizeAsync(given, call.Cancel);
            // To wait for the end is to watch what never comes, and hears when the daemon stops.
            await foreach (var _ in call.Asa.WatchFloodsAsync("", call.Cancel))
                continue;
            return ExitCode.Ok;
        });
        return tool.Command;
    }

    private static async Task ServeAsync(GraspCall call, NegotiationRequest request, IReadOnlyList<CborValue> offers, string? decline)
    {
        try
        {
            var asked = new NegotiationResult.CounterOffer(request.Session, request.Objective);
            await new Haggler(call, request.Objective.Name, offers, decline).RunAsync(asked, used: 0, request.Peer?.ToString() ?? "somebody");
        }
        catch (Exception e) when (e is GraspException or OperationCanceledException)
        {
            call.Output.Say($"{request.Peer}: {e.Message}");
        }
    }
}
