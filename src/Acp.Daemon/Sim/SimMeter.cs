using System.Diagnostics;
using System.Globalization;

namespace Acp.Daemon.Sim;

/// <summary>What a run costs this process: real time, CPU time of all threads, the most that was resident, and what stays alive.</summary>
internal sealed class SimMeter
{
    private const double Mib = 1024 * 1024;

    private readonly long _before;
    private readonly TimeSpan _cpu;
    private readonly long _began;

    /// <summary>Begins to measure. What earlier runs left is taken away first.</summary>
    public SimMeter()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _before = GC.GetTotalMemory(false);
        ResetPeak();
        _cpu = Environment.CpuUsage.TotalTime;
        _began = Stopwatch.GetTimestamp();
    }

    public double RealMs { get; private set; }

    public double CpuMs { get; private set; }

    public double PeakMib { get; private set; }

    public double LiveMib { get; private set; }

    /// <summary>Ends it, while what was made is still held. The last collection is not part of the times.</summary>
    public void Stop()
    {
        RealMs = Stopwatch.GetElapsedTime(_began).TotalMilliseconds;
        CpuMs = (Environment.CpuUsage.TotalTime - _cpu).TotalMilliseconds;
        PeakMib = Peak() / Mib;
        LiveMib = (GC.GetTotalMemory(forceFullCollection: true) - _before) / Mib;
    }

    /// <summary>From /proc/self/status: <c>VmHWM:     57236 kB</c>.</summary>
    private static long Peak()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                return long.Parse(line["VmHWM:".Length..^"kB".Length], NumberStyles.Integer, CultureInfo.InvariantCulture) * 1024;
        }

        return 0;
    }

    private static void ResetPeak()
    {
        try
        {
            // proc(5): 5 resets the peak resident set size to the present one.
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel without it: then the peak is that of the whole process, which is no less.
        }
    }
}
