using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Acp.Daemon.Control;

namespace Acp.Daemon.Commands;

/// <summary>What every command that asks a running daemon has: which one, and how to print.</summary>
internal sealed class ControlOptions
{
    private readonly Option<string> _instance = new("--instance")
    {
        Description = "Which daemon of this machine.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "default",
    };

    private readonly Option<string> _runDirectory = new("--run-dir")
    {
        Description = "Where its control socket is.",
        HelpName = "PATH",
        DefaultValueFactory = _ => RunOptions.DefaultRunDirectory,
    };

    private readonly Option<bool> _json;

    public ControlOptions(Command command, string json = "Print the report as one JSON value.")
    {
        _json = new Option<bool>("--json") { Description = json };
        command.Options.Add(_instance);
        command.Options.Add(_runDirectory);
        command.Options.Add(_json);
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The daemon that is meant, as far as these options say; not validated.</summary>
    public RunOptions Daemon(ParseResult parsed) =>
        new() { Instance = parsed.GetValue(_instance)!, RunDirectory = parsed.GetValue(_runDirectory)! };

    /// <summary>Asks; what goes wrong is one line for people and an exit code.</summary>
    public async Task<int> AskAsync(ParseResult parsed, Func<ControlClient, Task<int>> ask)
    {
        var options = Daemon(parsed);
        if (options.Validate() is [var wrong, ..])
        {
            await Console.Error.WriteLineAsync($"acpd: --{wrong}");
            return ExitCode.Usage;
        }

        try
        {
            using var client = new ControlClient(options.ControlSocket);
            return await ask(client);
        }
        catch (ControlException e)
        {
            await Console.Error.WriteLineAsync($"acpd: {e.Message}");
            return e.Code;
        }
    }

    public static Task WriteJsonAsync<T>(T report, JsonTypeInfo<T> type) =>
        Console.Out.WriteLineAsync(Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(report, type)));
}
