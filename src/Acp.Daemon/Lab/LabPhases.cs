using Acp.Core.Time;
using Acp.Daemon.Control;

namespace Acp.Daemon.Lab;

/// <summary>
/// The way to convergence, box by box, each phase counted from the end of the one before. A phase that was over
/// before the one before it counts as nothing, so a box's phases add up to its whole time.
/// </summary>
/// <param name="BootMs">Process start to the first flood.</param>
/// <param name="DiscoveryMs">To the last neighbour heard.</param>
/// <param name="IkeMs">To the last channel up. Contains <paramref name="TieBreakWaitMs"/>.</param>
/// <param name="RoutingMs">To the last route added.</param>
/// <param name="VerifiedMs">To the last first echo of this box's pairs. Contains up to one round of pings.</param>
/// <param name="TieBreakWaitMs">The delay before initiating that RFC 8994 §6.6 asks for: the daemon's own waiting.</param>
public sealed record LabPhases(
    LabPhase? BootMs,
    LabPhase? DiscoveryMs,
    LabPhase? IkeMs,
    LabPhase? RoutingMs,
    LabPhase? VerifiedMs,
    LabPhase? TieBreakWaitMs)
{
    /// <param name="boxes">Each box's milestones, and when the last of its own pairs was reached.</param>
    public static LabPhases Of(Instant start, IReadOnlyList<(MilestonesReport Milestones, Instant? Verified)> boxes)
    {
        var spans = boxes.Select(b => Spans(start, b.Milestones, b.Verified)).ToList();
        return new LabPhases(
            Phase(0), Phase(1), Phase(2), Phase(3), Phase(4), LabPhase.Of(boxes.Select(b => b.Milestones.TieBreakWaitMs)));

        LabPhase? Phase(int index) => LabPhase.Of(spans.Select(s => s[index]).OfType<double>());
    }

    private static double?[] Spans(Instant start, MilestonesReport milestones, Instant? verified)
    {
        long?[] ends =
        [
            milestones.ReadyNs, milestones.LastNeighborNs, milestones.LastChannelNs, milestones.LastRouteNs, verified?.Nanoseconds,
        ];
        var spans = new double?[ends.Length];
        var at = start.Nanoseconds;
        for (var i = 0; i < ends.Length; i++)
        {
            if (ends[i] is not { } end)
                continue;
            spans[i] = Math.Max(end - at, 0) / 1e6;
            at = Math.Max(at, end);
        }

        return spans;
    }
}
