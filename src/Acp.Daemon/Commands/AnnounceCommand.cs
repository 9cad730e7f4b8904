using System.CommandLine;
using Acp.Daemon.Host;
using Acp.Linux.Interop;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd announce</c>: DULL GRASP for an IKEv2 daemon that has none of its own.</summary>
internal static class AnnounceCommand
{
    public static Command Create()
    {
        var command = new Command(
            "announce",
            "Announce an IKEv2 daemon on a link (RFC 8994 AN_ACP), for one that cannot: strongSwan or Libreswan, say. "
            + "It also prints whom it hears. Until SIGTERM or Ctrl-C.");
        var link = new Option<string>("--interface") { Description = "The link to announce on, from its link-local address.", HelpName = "NAME", Required = true };
        var port = new Option<ushort>("--port")
        {
            Description = "The UDP port where the daemon answers.",
            HelpName = "NUMBER",
            DefaultValueFactory = _ => 500,
        };
        var period = new Option<string>("--period") { Description = "Between two announcements, such as 60s.", HelpName = "DURATION", DefaultValueFactory = _ => "60s" };
        var netns = new Option<string?>("--netns") { Description = "The network namespace of the link, such as /run/netns/peer. [default: the present one]", HelpName = "PATH" };
        period.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !TimerOverrides.TryParseDuration(token.Value, out _))
                result.AddError($"--period: '{token.Value}' is not a duration, such as 60s");
        });
        port.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "0" }])
                result.AddError("--port: 0 is no port");
        });
        command.Options.Add(link);
        command.Options.Add(port);
        command.Options.Add(period);
        command.Options.Add(netns);
        Examples.Add(command, ("acpd announce --interface eth0", "our neighbours on eth0 find the IKEv2 daemon of this machine"));
        command.SetAction(async (parsed, _) =>
        {
            if (!TimerOverrides.TryParseDuration(parsed.GetValue(period)!, out var every))
                return ExitCode.Usage;
            try
            {
                using var announcer = new Announcer(parsed.GetValue(netns), parsed.GetValue(link)!, parsed.GetValue(port), every);
                using var stop = new StopSignals(_ => announcer.Stop());
                announcer.Run(line => Console.Out.WriteLine(line));
                return ExitCode.Ok;
            }
            catch (StartupException e)
            {
                await Console.Error.WriteLineAsync($"acpd: {e.Message}");
                return e.Code;
            }
            catch (SystemCallException e)
            {
                await Console.Error.WriteLineAsync($"acpd: {e.Message}");
                return e.Errno is Errno.EPERM or Errno.EACCES ? ExitCode.NoPermission : ExitCode.Failure;
            }
        });
        return command;
    }
}
