using System.Diagnostics;
using System.Globalization;
using Acp.Linux.Namespaces;

namespace Acp.Daemon.Bench;

/// <summary>One end of a tunnel, in a process of its own, and what it uses. Ended on disposal, whatever happened.</summary>
internal sealed class TunnelProcess : IDisposable
{
    private readonly Process _process;

    private TunnelProcess(Process process) => _process = process;

    public StreamWriter Input => _process.StandardInput;

    public StreamReader Output => _process.StandardOutput;

    /// <summary>Starts a program; a child begins in the network namespace of the thread that forks it.</summary>
    public static TunnelProcess Start(NetworkNamespace ns, string program, params string[] arguments) =>
        Start(ns, program, new Dictionary<string, string>(), arguments);

    /// <inheritdoc cref="Start(NetworkNamespace, string, string[])"/>
    public static TunnelProcess Start(NetworkNamespace ns, string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["WG_PROCESS_FOREGROUND"] = "1"; // no banner about the kernel's own WireGuard
        start.Environment["LOG_LEVEL"] = "error"; // wireguard-go's
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        try
        {
            return new TunnelProcess(ns.Run(() => Process.Start(start))!);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new BenchException($"cannot start {program}: {e.Message}");
        }
    }

    /// <summary>
    /// CPU time of all its threads so far, from the scheduler's own books: tick-based times go wrong for threads that
    /// sleep and wake by the same clock.
    /// </summary>
    public double CpuSeconds()
    {
        long nanoseconds = 0;
        foreach (var task in Directory.GetDirectories($"/proc/{_process.Id}/task"))
        {
            try
            {
                nanoseconds += long.Parse(File.ReadAllText(task + "/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread ended meanwhile.
            }
        }

        return nanoseconds / 1e9;
    }

    public double RssMegabytes() => RssOctets() / 1048576.0;

    /// <summary>From the mappings: the short figure in "status" may be off by 64 pages a thread.</summary>
    public long RssOctets()
    {
        foreach (var line in File.ReadLines($"/proc/{_process.Id}/smaps_rollup"))
        {
            if (line.StartsWith("Rss:", StringComparison.Ordinal))
                return 1024 * long.Parse(line.AsSpan(4, line.Length - 4 - 3).Trim(), CultureInfo.InvariantCulture);
        }

        return 0;
    }

    public void Dispose()
    {
        // The end of its input is the request to stop; wireguard-go does not listen to it.
        try
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(300))
                _process.Kill();
            _process.WaitForExit();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            // Gone by itself.
        }

        _process.Dispose();
    }
}
