using System.CommandLine;
using Acp.Daemon.Control;
using Acp.Daemon.Trace;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd ike trace</c>: IKE messages as they come and go, decoded, the protected ones in the clear.</summary>
internal static class IkeCommand
{
    /// <summary>How long to wait for what came of the last message.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromMilliseconds(300);

    public static Command Create()
    {
        var command = new Command("ike", "Look at the key exchange with neighbours.");
        command.Subcommands.Add(Trace());
        return command;
    }

    private static Command Trace()
    {
        var command = new Command(
            "trace",
            "Follow IKE messages as they come and go: every payload in words, the protected ones in the clear, and what came of them. "
            + "Never shows a key. The daemon never waits for a slow reader, which is told how many lines it missed.");
        var peer = new Option<string?>("--peer")
        {
            Description = "Only with this one, named as in 'acpd channel'; or any address, also of somebody who is not there yet.",
            HelpName = "PEER",
        };
        var count = new Option<int?>("--count")
        {
            Description = "End after so many messages, and what came of the last one.",
            HelpName = "N",
        };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
                result.AddError("--count must be at least 1");
        });
        command.Options.Add(peer);
        command.Options.Add(count);
        var control = new ControlOptions(command, "One JSON value per line.");
        Examples.Add(command,
            ("acpd ike trace", "everything, until Ctrl-C"),
            ("acpd ike trace --peer n2", "with one neighbour; 'acpd channel n2 --rekey ike' elsewhere gives it something to show"),
            ("acpd ike trace --json --count 4 | jq .exchange", "the next four messages, for scripts"));
        command.SetAction((parsed, cancellation) => control.AskAsync(parsed, async client =>
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            try
            {
                await FollowAsync(client.TraceAsync(parsed.GetValue(peer), enough.Token), control.Json(parsed), parsed.GetValue(count), enough);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how one ends it, and silence after the last message.
            }

            return ExitCode.Ok;
        }));
        return command;
    }

    private static async Task FollowAsync(IAsyncEnumerable<TraceReport> reports, bool json, int? count, CancellationTokenSource enough)
    {
        var text = new TraceText();
        var seen = 0;
        await foreach (var report in reports)
        {
            // What came of the last message is told right after it; the next message is one too many.
            if (report.Event == "message" && seen++ == count)
                return;
            if (seen == count)
                enough.CancelAfter(Afterwards);
            if (json)
            {
                await ControlOptions.WriteJsonAsync(report, ControlJson.Default.TraceReport);
            }
            else
            {
                foreach (var line in text.Lines(report))
                    await Console.Out.WriteLineAsync(line);
            }
        }
    }
}
