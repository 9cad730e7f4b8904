using System.CommandLine;
using Acp.Daemon.Agents;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd asa briggs | gray</c>: two sample agents.</summary>
internal static class AsaCommand
{
    public static Command Create()
    {
        var command = new Command("asa", "Sample agents: a bank and a borrower that negotiate a loan");
        command.Subcommands.Add(Make("briggs", "A bank, until SIGTERM or Ctrl-C", "What it has", 400, async (asa, say, amount, cancel) =>
        {
            await new Briggs(asa, amount, say).RunAsync(cancel);
            return ExitCode.Ok;
        }));
        command.Subcommands.Add(Make("gray", "A borrower, once", "What it asks for", 200, async (asa, say, amount, cancel) =>
            await new Gray(asa, say).BorrowAsync(amount, cancel) is null ? ExitCode.Failure : ExitCode.Ok));
        Examples.Add(command,
            ("acpd asa briggs --insecure", "on one box"),
            ("acpd asa gray --insecure 150", "on another"));
        return command;
    }

    private static Command Make(
        string name, string description, string meaning, int otherwise,
        Func<Acp.Asa.GraspAsa, Action<string>, int, CancellationToken, Task<int>> work)
    {
        var command = new Command(name, description);
        var grasp = new StandaloneGrasp();
        grasp.AddTo(command);
        var amount = new Argument<int>("amount") { Description = meaning, DefaultValueFactory = _ => otherwise };
        command.Arguments.Add(amount);
        command.SetAction((parsed, _) => grasp.RunAsync(parsed, name, (asa, say, cancel) => work(asa, say, parsed.GetValue(amount), cancel)));
        return command;
    }
}
