using Acp.Core.Grasp;
using Acp.Core.Time;

namespace Acp.Sim.Grasp;

/// <summary>
/// One direction of a flooding session between two neighbours: TCP over a link that loses packets. The application never
/// sees a loss, only that the message came later, by a retransmission timeout which doubles as often as the same message is
/// lost, and that what was sent after it had to wait behind it. Fast retransmission, which would make it sooner, is left out.
/// </summary>
internal sealed class GraspSimLink(GraspSimNode to, GraspInterfaceId at, GraspNeighbor from)
{
    private Instant _lastArrival;

    public GraspSimNode To { get; } = to;

    /// <summary>The receiver's interface.</summary>
    public GraspInterfaceId At { get; } = at;

    /// <summary>The sender, as the receiver knows it.</summary>
    public GraspNeighbor From { get; } = from;

    /// <summary>When something that takes so long by itself arrives: never before what was sent earlier.</summary>
    public Instant Arrival(Instant alone)
    {
        if (alone > _lastArrival)
            _lastArrival = alone;
        return _lastArrival;
    }
}
