using System.Diagnostics;
using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;

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
        : this(new ProcessStartInfo("ip", ["netns", "exec", ns, "dumpcap", .. Arguments(file, interfaces)]), file, null)
    {
    }

    /// <summary>The same of a namespace that has no name.</summary>
    public CableCapture(NetworkNamespace where, string file, params IEnumerable<string> interfaces)
        : this(new ProcessStartInfo("dumpcap", Arguments(file, interfaces)), file, where)
    {
    }

    private CableCapture(ProcessStartInfo start, string file, NetworkNamespace? where)
    {
        File = file;
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        start.RedirectStandardError = true;
        _dumpcap = new Process { StartInfo = start };
        _dumpcap.ErrorDataReceived += (_, line) =>
        {
            said.Add(line.Data ?? "");
            if (line.Data is null)
                started.TrySetResult(false);
            else if (line.Data.StartsWith("File:", StringComparison.Ordinal))
                started.TrySetResult(true);
        };
        if (where is null)
        {
            _dumpcap.Start();
        }
        else
        {
            using (where.Enter()) // which a child inherits from the thread that starts it
                _dumpcap.Start();
        }
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

    private static string[] Arguments(string file, IEnumerable<string> interfaces) =>
        ["-q", "-w", file, .. interfaces.SelectMany(i => new[] { "-i", i })];

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
