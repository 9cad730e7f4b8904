using System.CommandLine;
using System.Text.Json;
using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Linux.Grasp;
using Acp.Linux.Interop;
using Acp.Linux.Sockets;
using Acp.Wire;

namespace Acp.Daemon.Commands;

/// <summary>What <c>acpd grasp</c> and <c>acpd asa</c> share: an engine of their own, without an ACP.</summary>
internal sealed class StandaloneGrasp
{
    private readonly Option<bool> _insecure = new("--insecure")
    {
        Description = "Yes, in the clear: whoever is on the link may read, answer and invent. There is no other way yet.",
        Required = true,
    };

    private readonly Option<string[]> _interfaces = new("--interface")
    {
        Description = "A link to use; may be given again. [default: all]",
        HelpName = "NAME",
    };

    private readonly QuadsOption _quads = new();

    public void AddTo(Command command)
    {
        command.Options.Add(_insecure);
        command.Options.Add(_interfaces);
        _quads.AddTo(command);
    }

    /// <summary>Runs an ASA until it is done, or until SIGTERM or Ctrl-C.</summary>
    public async Task<int> RunAsync(ParseResult parsed, string name, Func<GraspAsa, Action<string>, CancellationToken, Task<int>> work)
    {
        var output = parsed.InvocationConfiguration.Output;
        var error = parsed.InvocationConfiguration.Error;
        if (!parsed.GetValue(_insecure))
            return ExitCode.Usage;
        using var stop = new StopSignals();
        try
        {
            using var quads = _quads.Read(parsed);
            await using var grasp = GraspNode.Start(new GraspNodeOptions
            {
                Network = new StandaloneOptions
                {
                    Interfaces = (parsed.GetValue(_interfaces) ?? []).ToValueList(),
                    InsecureQuads = quads,
                },
            });
            if (quads is not null)
                await error.WriteLineAsync("acpd: QUADS is INSECURE: one IV for all messages, no integrity. For labs, and for joining graspy.");
            await using var asa = await grasp.RegisterAsaAsync(name);
            return await work(asa, line =>
            {
                lock (output)
                    output.WriteLine(line);
            }, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is GraspException or FormatException)
        {
            await error.WriteLineAsync($"acpd: {e.Message}");
            return e is GraspPeerException ? ExitCode.UnknownPeer : ExitCode.Failure;
        }
        catch (JsonException e)
        {
            await error.WriteLineAsync($"acpd: the value is not JSON: {e.Message}");
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is SocketSetupException or SystemCallException)
        {
            await error.WriteLineAsync($"acpd: {e.Message}");
            return ExitCode.System;
        }
    }
}
