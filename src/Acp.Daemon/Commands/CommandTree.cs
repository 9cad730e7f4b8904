using System.CommandLine;
using System.CommandLine.Help;
using Acp.Daemon.Commands.GraspTools;
using Acp.Daemon.Lab;

namespace Acp.Daemon.Commands;

/// <summary>The whole command line.</summary>
internal static class CommandTree
{
    public static RootCommand Create(DaemonMain daemon)
    {
        var root = new RootCommand(
            "acpd gives this box its place in an Autonomic Control Plane (RFC 8994): an encrypted IPv6 network between "
            + "the boxes of one domain that builds itself, link by link, with nothing to configure but a certificate.");
        root.Subcommands.Add(RunCommand.Create(daemon));
        foreach (var query in QueryCommands.Create())
            root.Subcommands.Add(query);
        root.Subcommands.Add(ChannelCommand.Create());
        root.Subcommands.Add(IkeCommand.Create());
        root.Subcommands.Add(RepairCommand.Create());
        root.Subcommands.Add(LabCommand.Create(LabCertificates.Issue));
        root.Subcommands.Add(CaCommand.Create());
        root.Subcommands.Add(AnnounceCommand.Create());
        root.Subcommands.Add(GraspCommands.Create());
        root.Subcommands.Add(AsaCommand.Create());
        root.Subcommands.Add(DecodeCommand.Create());
        root.Subcommands.Add(SimCommand.Create());
        root.Subcommands.Add(BenchCommand.Create());
        Examples.Add(root,
            ("acpd lab run --nodes 5 --topology line", "see it work: five boxes in network namespaces of this machine"),
            ("acpd sim --nodes 1000", "a thousand boxes on a virtual clock, and how long they take"),
            ("acpd run", "the daemon, on a box that has its certificate in /var/lib/acpd/default"),
            ("acpd status", "what the running daemon sees, and what it does about it"));
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction library } help)
                help.Action = new TeachingHelp(library);
        }

        return root;
    }

    /// <summary>Parses and runs; anything wrong with the command line itself ends in <see cref="ExitCode.Usage"/>.</summary>
    public static async Task<int> InvokeAsync(RootCommand root, IReadOnlyList<string> args)
    {
        var parsed = root.Parse(args);
        // Whoever asks for help may leave out what is required.
        if (parsed.Errors.Count > 0 && parsed.Action is not TeachingHelp)
        {
            // Our own lines: the library would print the whole help after them and return 1.
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync($"acpd: {error.Message}");
            await Console.Error.WriteLineAsync($"See '{PathOf(parsed)} --help'.");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            // `run` and `lab` stop by themselves, in their own time, and clean up first.
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        });
    }

    private static string PathOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is not null; at = at.Parent)
        {
            if (at is System.CommandLine.Parsing.CommandResult { Command: var command })
                names.Push(command is RootCommand ? "acpd" : command.Name);
        }

        return string.Join(' ', names);
    }
}
