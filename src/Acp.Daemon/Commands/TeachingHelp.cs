using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Acp.Daemon.Commands;

/// <summary>The library's help, followed by examples, and at the root by the exit codes.</summary>
internal sealed class TeachingHelp(HelpAction library) : SynchronousCommandLineAction
{
    private static readonly (int Code, string Meaning)[] Codes =
    [
        (ExitCode.Ok, "done, or stopped on request"),
        (ExitCode.Failure, "tried and failed; the message says what"),
        (ExitCode.Usage, "the command line is wrong"),
        (ExitCode.UnknownPeer, "nobody of that name or address is known"),
        (ExitCode.Unavailable, "no daemon of that instance runs, or one runs already"),
        (ExitCode.System, "the system lacks something, such as /dev/net/tun"),
        (ExitCode.NoPermission, "no root rights"),
        (ExitCode.Configuration, "a configuration file or the state directory is wrong"),
    ];

    public override int Invoke(ParseResult parseResult)
    {
        var code = library.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        var examples = Examples.Of(command);
        if (examples.Count > 0)
        {
            output.WriteLine("Examples:");
            foreach (var (line, meaning) in examples)
            {
                output.WriteLine($"  {line}");
                output.WriteLine($"      {meaning}");
            }

            output.WriteLine();
        }

        if (command is RootCommand)
        {
            output.WriteLine("Exit codes:");
            foreach (var (number, meaning) in Codes)
                output.WriteLine($"  {number,2}  {meaning}");
            output.WriteLine();
        }

        return code;
    }
}
