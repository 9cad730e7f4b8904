using System.Diagnostics;
using Acp.Daemon.Lab;

namespace Acp.Lab.WireProof;

/// <summary>A capture by dumpcap.</summary>
internal sealed class CableCapture : IDisposable
{
    private readonly Process _dumpcap;

    /// <summary>At one box, on its end of every cable that it has. Returns when it captures.</summary>
    public CableCapture(LabPlan plan, LabBox box)
        : this(box.HostNamespace, $"{plan.Directory}/{box.Name}/wire.pcapng", plan.CablesOf(box.Index).Select(c => c.Interface))
    {
    }

    /// <summary>On some interfaces of a namespace. Returns when it captures.</summary>
    public CableCapture(string ns, string file, IEnumerable<string> interfaces)
    {
        File = file;
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        _dumpcap = new Process
        {
            StartInfo = new ProcessStartInfo("ip",
            [
                "netns", "exec", ns, "dumpcap", "-q", "-w", File, .. interfaces.SelectMany(i => new[] { "-i", i }),
            ])
            {
                RedirectStandardError = true,
            },
        };
        _dumpcap.ErrorDataReceived += (_, line) =>
        {
            said.Add(line.Data ?? "");
            if (line.Data is null)
                started.TrySetResult(false);
            else if (line.Data.StartsWith("File:", StringComparison.Ordinal))
                started.TrySetResult(true);
        };
        _dumpcap.Start();
        _dumpcap.BeginErrorReadLine();
        Assert.True(started.Task.Wait(TimeSpan.FromSeconds(20)) && started.Task.Result, $"dumpcap does not start: {string.Join('\n', said)}");
    }

    public string File { get; }

    /// <summary>Ends them; the files are complete then, but for the packets of the last moment.</summary>
    public static void Stop(IReadOnlyList<CableCapture> captures)
    {
        // The kernel hands packets over in blocks, and an unfinished block is lost with the socket.
        Thread.Sleep(1000);
        foreach (var capture in captures)
            capture.Stop();
    }

    private void Stop()
    {
        Tools.Signal(_dumpcap, 2);
        Assert.True(_dumpcap.WaitForExit(10_000), "dumpcap does not end");
    }

    public void Dispose()
    {
        if (!_dumpcap.HasExited)
            _dumpcap.Kill();
        _dumpcap.Dispose();
    }
}
