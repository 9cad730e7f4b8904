using Acp.Daemon.Control;

namespace Acp.Daemon.Lab;

/// <summary>What the lab shows while it forms.</summary>
/// <param name="Elapsed">Since the processes were started.</param>
/// <param name="Statuses">By index of the box; null while its daemon does not answer yet.</param>
/// <param name="Pairs">All pairs in both views, and whether they have been reached.</param>
public sealed record LabSnapshot(
    LabPlan Plan,
    TimeSpan Elapsed,
    IReadOnlyList<StatusReport?> Statuses,
    IReadOnlyList<(int From, int To, LabView View, bool Reached)> Pairs)
{
    /// <summary>Ordered pairs that were reached in both views.</summary>
    public int Reached => Pairs.GroupBy(p => (p.From, p.To)).Count(g => g.All(p => p.Reached));

    /// <summary>Ordered pairs.</summary>
    public int Total => Plan.Boxes.Count * (Plan.Boxes.Count - 1);

    public int ReachedFrom(int box, LabView view) => Pairs.Count(p => p.From == box && p.View == view && p.Reached);
}
