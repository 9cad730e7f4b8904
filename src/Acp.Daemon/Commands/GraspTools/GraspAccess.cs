using System.CommandLine;
using System.Net.Sockets;
using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Linux.Grasp;
using Acp.Linux.Interop;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>
/// What <c>acpd grasp</c> and <c>acpd asa</c> share: whose engine they use, that of a running daemon or, with
/// <c>--insecure</c>, one of their own without an ACP; and what they say and return when something fails.
/// </summary>
internal sealed class GraspAccess
{
    private readonly ControlOptions _control;
    private readonly QuadsOption _quads = new();

    private readonly Option<bool> _insecure = new("--insecure")
    {
        Description = "Without an ACP and its daemon: an engine of its own on this network, in the clear. Whoever is on the link "
            + "may read, answer and invent.",
    };

    private readonly Option<string[]> _interfaces = new("--interface")
    {
        Description = "With --insecure: a link to use; may be given again. [default: all]",
        HelpName = "NAME",
    };

    public GraspAccess(Command command)
    {
        _control = new ControlOptions(command, "Print one JSON value a line; the names in it are stable.");
        command.Options.Add(_insecure);
        command.Options.Add(_interfaces);
        _quads.AddTo(command);
        command.Validators.Add(result =>
        {
            if (!result.GetValue(_insecure) && (result.GetValue(_interfaces) is { Length: > 0 } || _quads.IsGiven(result)))
                result.AddError("--interface and --quads-password-file are for --insecure: a daemon has its own links and keys");
        });
    }

    /// <summary>It has an engine of its own, which was born with it and knows nothing yet.</summary>
    public bool IsStandalone(ParseResult parsed) => parsed.GetValue(_insecure);

    /// <summary>Runs an ASA until it is done, or until SIGTERM or Ctrl-C.</summary>
    public Task<int> RunAsync(ParseResult parsed, string name, Func<GraspAsa, GraspOutput, CancellationToken, Task<int>> work) =>
        UseAsync(parsed, async (grasp, output, cancel) =>
        {
            // A node knows each name once, and the same command may well run twice.
            await using var asa = await grasp.RegisterAsaAsync($"{name} ({Environment.ProcessId})", cancel);
            return await work(asa, output, cancel);
        });

    /// <summary>As <see cref="RunAsync"/>, without an ASA.</summary>
    public async Task<int> UseAsync(ParseResult parsed, Func<GraspApi, GraspOutput, CancellationToken, Task<int>> work)
    {
        var error = parsed.InvocationConfiguration.Error;
        var output = new GraspOutput(parsed.InvocationConfiguration.Output, _control.Json(parsed));
        using var stop = new StopSignals();
        try
        {
            if (!parsed.GetValue(_insecure))
            {
                await using var attached = await AttachAsync(parsed, stop.Token);
                return await work(attached, output, stop.Token);
            }
            using var quads = _quads.Read(parsed);
            if (quads is not null)
                await error.WriteLineAsync("acpd: QUADS is INSECURE: one IV for all messages, no integrity. For labs, and for joining graspy.");
            await using var grasp = GraspNode.Start(new GraspNodeOptions
            {
                Network = new StandaloneOptions
                {
                    Interfaces = (parsed.GetValue(_interfaces) ?? []).ToValueList(),
                    InsecureQuads = quads,
                },
            });
            return await work(grasp.Api, output, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (GraspException e)
        {
            await error.WriteLineAsync($"acpd: {Explain(e)}");
            return CodeOf(e);
        }
        catch (GraspToolException e)
        {
            await error.WriteLineAsync($"acpd: {e.Message}");
            return e.Code;
        }
        catch (FormatException e)
        {
            await error.WriteLineAsync($"acpd: {e.Message}");
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is SocketSetupException or SystemCallException)
        {
            await error.WriteLineAsync($"acpd: {e.Message}");
            return ExitCode.System;
        }
    }

    private Task<GraspApi> AttachAsync(ParseResult parsed, CancellationToken cancel)
    {
        var daemon = _control.Daemon(parsed);
        return daemon.Validate() is [var wrong, ..]
            ? throw new GraspToolException(ExitCode.Usage, $"--{wrong}")
            : GraspApi.AttachAsync(daemon.GraspSocket, cancel);
    }

    private static string Explain(GraspException e) => e.Error switch
    {
        GraspError.noEngine when CodeOf(e) == ExitCode.Unavailable =>
            $"{e.Reason}{(e.Reason!.EndsWith('?') ? "" : ".")} Without an ACP, on a network that you trust, try --insecure.",
        GraspError.noEngine => e.Reason!,
        GraspError.noSecurity => $"there is no ACP to talk over yet; 'acpd status' says what is missing ({e.Message})",
        GraspError.noDiscReply or GraspError.notFloodDisc => $"nobody was found who has it ({e.Message})",
        GraspError.sockErrNegRq or GraspError.sockErrSynRq => $"the peer cannot be reached ({e.Message})",
        GraspError.noPeer => $"the peer does not listen to it, or has left ({e.Message})",
        GraspError.noListener => $"the peer does not give it to anybody ({e.Message})",
        GraspError.noNegReply or GraspError.noSynchReply => $"the peer did not answer in time ({e.Message})",
        GraspError.objReg => $"another program on this box has registered this objective and does not share it ({e.Message})",
        GraspError.experimental =>
            $"EX0 to EX9 are for experiments: start the daemon with --experimental-objectives yes, or use a name of your own ({e.Message})",
        _ => e.Message,
    };

    private static int CodeOf(GraspException e) => e.Error switch
    {
        GraspError.noEngine when e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied } => ExitCode.NoPermission,
        GraspError.noEngine => ExitCode.Unavailable,
        GraspError.noDiscReply or GraspError.notFloodDisc or GraspError.sockErrNegRq or GraspError.sockErrSynRq => ExitCode.UnknownPeer,
        _ => ExitCode.Failure,
    };
}
