using System.CommandLine;
using Acp.Daemon.Control;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd channel PEER</c>: everything about one peer and the channel to it; and what may be wished of that channel.</summary>
internal static class ChannelCommand
{
    public static Command Create()
    {
        var command = new Command(
            "channel",
            "Everything about one peer: its channel with its SAs, its certificate, and what went wrong last. "
            + "Returns 0 when the channel is up and 1 when there is none.");
        var peer = new Argument<string>("PEER")
        {
            Description = "By ACP address, node name, channel interface, or address on the link (fe80::1, fe80::1%eth0). "
                + "The beginning of one will do if it fits only one peer.",
        };
        var rekey = new Option<string>("--rekey")
        {
            Description = "Replace its child SA or its IKE SA by a fresh one, now. Traffic goes on.",
            HelpName = "child|ike",
        };
        rekey.AcceptOnlyFromAmong("child", "ike");
        var close = new Option<bool>("--close")
        {
            Description = "Close the channel with a word to the peer. Neighbours meet again by themselves.",
        };
        command.Arguments.Add(peer);
        command.Options.Add(rekey);
        command.Options.Add(close);
        var control = new ControlOptions(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(close) && result.GetValue(rekey) is not null)
                result.AddError("--rekey and --close exclude each other");
        });
        Examples.Add(command,
            ("acpd channel acp_6a1f", "whoever is at the other end of an interface that begins like this"),
            ("acpd channel fe80::1%eth0 --json | jq .channel.child_sas", "for scripts; the names in it are stable"),
            ("acpd channel n2 --rekey child", "fresh keys for the channel to the box whose certificate says CN=n2"));
        command.SetAction((parsed, cancellation) => control.AskAsync(parsed, async client =>
        {
            var name = parsed.GetValue(peer)!;
            var wish = parsed.GetValue(close) ? ChannelWish.Close
                : parsed.GetValue(rekey) is { } what ? what == "ike" ? ChannelWish.RekeyIke : ChannelWish.RekeyChild
                : (ChannelWish?)null;
            var report = wish is { } wished
                ? await client.WishAsync(name, wished, cancellation)
                : await client.GetPeerAsync(name, cancellation);
            if (control.Json(parsed))
                await ControlOptions.WriteJsonAsync(report, ControlJson.Default.PeerReport);
            else
                PeerTable.Print(Terminal.Output(), report);
            // A wish that was granted is done, whatever is left of the channel.
            return wish is not null || report.Channel is { State: "up" } ? ExitCode.Ok : ExitCode.Failure;
        }));
        return command;
    }
}
