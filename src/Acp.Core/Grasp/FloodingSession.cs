using Acp.Core.Time;

namespace Acp.Core.Grasp;

/// <summary>One connection to a channel neighbour, from the attempt to its end.</summary>
/// <param name="deadlines">Told of every change of <see cref="Deadline"/>.</param>
internal sealed class FloodingSession(
    FloodingSessionId id, FloodingLink link, GraspNeighbor neighbor, bool weOpened, DeadlineHeap<FloodingSession> deadlines) : DeadlineItem
{
    public FloodingSessionId Id { get; } = id;

    public FloodingLink Link { get; } = link;

    public GraspNeighbor Neighbor { get; } = neighbor;

    public bool WeOpened { get; } = weOpened;

    /// <summary>Null while it is being opened.</summary>
    public Instant? OpenSince { get; set; }

    /// <summary>By when it must be open, or must have ended; null for one that may stay.</summary>
    public Instant? Deadline
    {
        get;
        set
        {
            field = value;
            deadlines.Set(this, value);
        }
    }
}
