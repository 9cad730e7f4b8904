using System.CommandLine;
using Acp.Daemon.Agents.Files;
using Acp.Daemon.Commands.GraspTools;
using Acp.Linux.Files;
using Acp.Linux.Interop;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd asa file-server | file-get</c>: files by synchronization.</summary>
internal static class FileCommands
{
    private const long DefaultMaxSize = 16 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command CreateServer()
    {
        var command = new Command(
            "file-server",
            "Give the files of a directory to whoever asks, until SIGTERM or Ctrl-C. Plain files only, neither links nor hidden ones nor what is in "
            + $"directories below; of all together about {FileServer.MaxSize / 1024 / 1024} MB. New and changed files are seen within seconds.");
        var grasp = new GraspAccess(command);
        var directory = new Argument<string>("directory") { Description = "Everything in it is public to whoever can speak GRASP with this box." };
        command.Arguments.Add(directory);
        Examples.Add(command, ("acpd asa file-server /srv/firmware", "then 'acpd asa file-get NAME' on any other box"));
        command.SetAction((parsed, _) => grasp.RunAsync(parsed, "file-server", async (asa, output, cancel) =>
        {
            try
            {
                await new FileServer(asa, parsed.GetValue(directory)!, TimeProvider.System, output.Say).RunAsync(cancel);
                return ExitCode.Ok;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"acpd: {e.Message}");
                return ExitCode.Failure;
            }
        }));
        return command;
    }

    public static Command CreateGet()
    {
        var command = new Command(
            "file-get", "Get a file from whichever box serves it. It is written when all of it is here and its SHA-256 is right, and not before.");
        var grasp = new GraspAccess(command);
        var name = new Argument<string>("name") { Description = "As the server's directory has it; no path." };
        var target = new Option<string?>("--output") { Description = "Where to put it. [default: under its name, here]", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Also in the place of a file that is there." };
        var maxSize = new Option<long>("--max-size") { Description = "Octets; a larger file is not begun.", HelpName = "N", DefaultValueFactory = _ => DefaultMaxSize };
        command.Arguments.Add(name);
        command.Options.Add(target);
        command.Options.Add(force);
        command.Options.Add(maxSize);
        Examples.Add(command, ("acpd asa file-get router-7.bin --output /tmp/image", "from whoever has it"));
        command.SetAction((parsed, _) => grasp.RunAsync(parsed, "file-get", async (asa, output, cancel) =>
        {
            var wanted = parsed.GetValue(name)!;
            var path = parsed.GetValue(target) ?? wanted;
            var error = parsed.InvocationConfiguration.Error;
            if (!FileName.IsAllowed(wanted))
                return await FailAsync(error, $"'{wanted}' is not the name of a file in one directory", ExitCode.Usage);
            if (Path.Exists(path) && !parsed.GetValue(force))
                return await FailAsync(error, $"{path} is there already; --force replaces it", ExitCode.Failure);
            if (await new FileGetter(asa).GetAsync(wanted, parsed.GetValue(maxSize), Patience, cancel) is not { } contents)
                return await FailAsync(error, $"nobody serves {wanted}", ExitCode.UnknownPeer);
            try
            {
                DurableFile.Write(path, contents, 0x1a4 /* 0644 */);
            }
            catch (SystemCallException e)
            {
                return await FailAsync(error, e.Message, ExitCode.Failure);
            }

            output.Say($"{path}, {contents.Length} octets, SHA-256 {FileManifest.Hash(contents)}");
            return ExitCode.Ok;
        }));
        return command;
    }

    private static async Task<int> FailAsync(TextWriter error, string what, int code)
    {
        await error.WriteLineAsync($"acpd: {what}");
        return code;
    }
}
