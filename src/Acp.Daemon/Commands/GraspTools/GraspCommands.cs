using System.CommandLine;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary><c>acpd grasp …</c>: GRASP by hand, for trying things out and for scripts.</summary>
internal static class GraspCommands
{
    public static Command Create()
    {
        var command = new Command(
            "grasp",
            "GRASP by hand (RFC 8990): find, ask, negotiate, flood and offer objectives in the ACP of a running daemon. Values are JSON, "
            + "or CBOR's diagnostic notation with --diag, and are printed in the latter, of which JSON is a part.");
        command.Subcommands.Add(DiscoverCommand.Create());
        command.Subcommands.Add(SynchronizeCommand.Create());
        command.Subcommands.Add(NegotiateCommand.Create());
        command.Subcommands.Add(FloodCommand.Create());
        command.Subcommands.Add(FloodsCommand.Create());
        command.Subcommands.Add(ListenCommand.Create());
        command.Subcommands.Add(WatchCommand.Create());
        command.Subcommands.Add(CachesCommand.Create());
        Examples.Add(command,
            ("acpd grasp listen 411:weather --value '\"rain\"'", "on one box of an ACP"),
            ("acpd grasp synchronize 411:weather", "on another, prints \"rain\""),
            ("acpd grasp watch --json | jq .", "every flood that comes by"),
            ("acpd grasp discover 411:weather --insecure", "on a lab network without an ACP, in the clear"));
        return command;
    }
}
