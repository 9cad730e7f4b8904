using System.CommandLine;
using Acp.Daemon.Control;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd repair</c>: global repair of the routing tree, by the operator of its root (RFC 8994 §6.12.1.7).</summary>
internal static class RepairCommand
{
    public static Command Create()
    {
        var command = new Command(
            "repair",
            "Have every box of the ACP choose its place in the routing tree anew (global repair, RFC 6550 §3.2.2). "
            + "The tree mends itself as links come and go; this is for an operator who has reason to doubt it. Only the tree's "
            + "root can begin: there it returns 0, and elsewhere 1, having said which box is the root.");
        var control = new ControlOptions(command);
        Examples.Add(command,
            ("acpd repair", "on the root; anywhere else it says who that is"),
            ("acpd repair --json | jq -r .dodag_id", "the root's ACP address"));
        command.SetAction((parsed, cancellation) => control.AskAsync(parsed, async client =>
        {
            var report = await client.RepairAsync(cancellation);
            if (control.Json(parsed))
                await ControlOptions.WriteJsonAsync(report, ControlJson.Default.RepairReport);
            else if (report.Begun)
                await Console.Out.WriteLineAsync(PrintableText.Of(report.ToString()));
            else
                await Console.Error.WriteLineAsync($"acpd: {PrintableText.Of(report.ToString())}");
            return report.Begun ? ExitCode.Ok : ExitCode.Failure;
        }));
        return command;
    }
}
