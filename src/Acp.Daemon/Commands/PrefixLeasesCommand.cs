using System.CommandLine;
using System.Text.Json;
using Acp.Daemon.Agents.Prefixes;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd asa prefix-leases</c>: what a prefix manager has given and got, for whoever audits.</summary>
internal static class PrefixLeasesCommand
{
    public static Command Create()
    {
        var command = new Command("prefix-leases", "What the prefix manager of this box has given to whom, and got of whom, since when");
        var state = PrefixManagerCommand.StateOption();
        var json = new Option<bool>("--json") { Description = "Print it as one JSON value." };
        var release = new Option<string?>("--release")
        {
            Description = "Take a prefix back into the pool, for a peer that is gone for good. The prefix manager must not be running.",
            HelpName = "PREFIX",
        };
        command.Options.Add(state);
        command.Options.Add(json);
        command.Options.Add(release);
        Examples.Add(command,
            ("acpd asa prefix-leases --json | jq -r '.leases[] | .prefix + \" \" + .owner'", "for scripts"),
            ("acpd asa prefix-leases --release 2001:db8:10::/44", "its owner is on the scrap heap"));
        command.SetAction(parsed => Run(
            new PrefixFile(parsed.GetValue(state)!), parsed.GetValue(release), parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(PrefixFile file, string? release, bool json, TextWriter output, TextWriter error)
    {
        try
        {
            if (release is not null && Release(file, release) is { } wrong)
            {
                error.WriteLine($"acpd: {wrong}");
                return ExitCode.Failure;
            }

            var state = file.Load();
            if (json)
            {
                output.WriteLine(JsonSerializer.Serialize(PrefixFileContent.Of(state), PrefixJson.Default.PrefixFileContent));
                return ExitCode.Ok;
            }

            foreach (var root in state.Roots)
                output.WriteLine($"{PrefixText.Of(root.Prefix)} {(root.From is { } from ? $"of {from}" : "configured")} since {root.Since:u}");
            foreach (var lease in state.Leases)
                output.WriteLine($"  {lease}");
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"acpd: {e.Message}");
            return ExitCode.Configuration;
        }
    }

    private static string? Release(PrefixFile file, string text)
    {
        if (!PrefixText.TryParse(text, out var prefix))
            return $"'{text}' is no prefix";
        using var mine = file.TryLock();
        if (mine is null)
            return "the prefix manager is running; stop it first";
        var saved = file.Load();
        var left = saved.Leases.Where(l => l.Prefix != prefix).ToList();
        if (left.Count == saved.Leases.Count)
            return $"nobody has {PrefixText.Of(prefix)}";
        file.Save(saved with { Leases = left });
        return null;
    }
}
