using System.CommandLine;
using Acp.Daemon.Agents;
using Acp.Daemon.Commands.GraspTools;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd asa briggs | gray</c>: two sample agents.</summary>
internal static class AsaCommand
{
    public static Command Create()
    {
        var command = new Command("asa", "Agents: prefixes handed down a tree (RFC 8992), files by GRASP, and a bank and a borrower that negotiate a loan");
        command.Subcommands.Add(Make("briggs", "A bank, until SIGTERM or Ctrl-C", "What it has", 400, async (asa, say, amount, cancel) =>
        {
            await new Briggs(asa, amount, say).RunAsync(cancel);
            return ExitCode.Ok;
        }));
        command.Subcommands.Add(Make("gray", "A borrower, once", "What it asks for", 200, async (asa, say, amount, cancel) =>
            await new Gray(asa, say).BorrowAsync(amount, cancel) is null ? ExitCode.Failure : ExitCode.Ok));
        command.Subcommands.Add(PrefixManagerCommand.Create());
        command.Subcommands.Add(PrefixLeasesCommand.Create());
        command.Subcommands.Add(FileCommands.CreateServer());
        command.Subcommands.Add(FileCommands.CreateGet());
        Examples.Add(command,
            ("acpd asa prefix-manager --help", "prefixes, and what its options mean"),
            ("acpd asa briggs", "on one box of an ACP"),
            ("acpd asa gray 150", "on another"),
            ("acpd asa gray 150 --insecure", "without an ACP, on a lab network, in the clear"));
        return command;
    }

    private static Command Make(
        string name, string description, string meaning, int otherwise,
        Func<Acp.Asa.GraspAsa, Action<string>, int, CancellationToken, Task<int>> work)
    {
        var command = new Command(name, description);
        var grasp = new GraspAccess(command);
        var amount = new Argument<int>("amount") { Description = meaning, DefaultValueFactory = _ => otherwise };
        command.Arguments.Add(amount);
        command.SetAction((parsed, _) => grasp.RunAsync(
            parsed, name, (asa, output, cancel) => work(asa, output.Say, parsed.GetValue(amount), cancel)));
        return command;
    }
}
