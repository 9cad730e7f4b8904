using Acp.Daemon.Control;

namespace Acp.Daemon.Lab;

/// <summary>What must be true of a converged lab, besides the pings.</summary>
public static class LabJudge
{
    /// <summary>
    /// Every cable carries exactly one IKE SA and one child SA as each of its ends sees it, and no box has any other.
    /// Simultaneous initiation may leave two for a moment, not for longer (RFC 8994 §6.6).
    /// </summary>
    /// <returns>What is not so, in words.</returns>
    public static IReadOnlyList<string> FindDoubledOrMissing(
        LabPlan plan, IReadOnlyList<(StatusReport Status, IReadOnlyList<ChannelReport> Channels)?> boxes)
    {
        var wrong = new List<string>();
        foreach (var box in plan.Boxes)
        {
            if (boxes[box.Index] is not var (status, channels))
            {
                wrong.Add($"{box.Name} does not answer on its control socket");
                continue;
            }

            var cables = plan.CablesOf(box.Index).ToList();
            foreach (var (link, other) in cables)
            {
                var here = channels.Where(c => c.Link == link).ToList();
                var ike = here.Sum(c => c.IkeSas.Count);
                var child = here.Sum(c => c.ChildSas.Count);
                if (ike != 1 || child != 1)
                    wrong.Add($"{box.Name} has {ike} IKE SAs and {child} child SAs with {plan.Boxes[other].Name} on {link}, not one of each");
            }

            if (status.IkeSas != cables.Count || status.ChildSas != cables.Count)
                wrong.Add($"{box.Name} has {status.IkeSas} IKE SAs and {status.ChildSas} child SAs in all for {cables.Count} cables");
        }

        return wrong;
    }
}
