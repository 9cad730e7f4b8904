namespace Acp.Daemon.Sim;

/// <summary>How a time spreads over runs or events, in milliseconds of virtual time.</summary>
internal sealed record SimSpread(int Count, double MedianMs, double P99Ms, double MaxMs)
{
    /// <summary>Null when there are none. The 99th percentile of few is the largest.</summary>
    public static SimSpread? Of(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Select(t => t.TotalMilliseconds).ToArray();
        Array.Sort(sorted);
        return sorted.Length == 0 ? null : new SimSpread(sorted.Length, At(0.5), At(0.99), sorted[^1]);

        double At(double part) => Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)], 3);
    }
}
