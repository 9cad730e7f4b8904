namespace Acp.Daemon.Lab;

/// <summary>Milliseconds that one phase took, over all boxes.</summary>
public sealed record LabPhase(double Median, double Max)
{
    /// <summary>Null without any value.</summary>
    public static LabPhase? Of(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        if (sorted.Length == 0)
            return null;
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new LabPhase(Math.Round(median, 1), Math.Round(sorted[^1], 1));
    }
}
