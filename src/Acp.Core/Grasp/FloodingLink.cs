using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Grasp;

/// <summary>A channel, and what connects us with the neighbour at its other end.</summary>
/// <param name="deadlines">Told of every change of <see cref="ConnectAt"/>.</param>
internal sealed class FloodingLink(GraspInterface at, TimeSpan backoff, DeadlineHeap<FloodingLink> deadlines) : DeadlineItem
{
    public GraspInterface Interface { get; } = at;

    /// <summary>The neighbour's link-local address in the channel; null until something was heard from it.</summary>
    public Ipv6Address? Neighbor { get; set; }

    /// <summary>The connection that we opened or are opening.</summary>
    public FloodingSession? Outgoing { get; set; }

    public FloodingSession? Incoming { get; set; }

    /// <summary>Of two, those that were given up: nothing is sent any more, but what still comes is taken.</summary>
    public List<FloodingSession> Finishing { get; } = [];

    /// <summary>What we send on.</summary>
    public FloodingSession? Active { get; set; }

    public Instant? ConnectAt
    {
        get;
        set
        {
            field = value;
            deadlines.Set(this, value);
        }
    }

    public TimeSpan Backoff { get; set; } = backoff;

    /// <summary>J-11: of two connections, the one opened by the higher address stays.</summary>
    public bool WeAreKeeper => Neighbor is { } other && Interface.LinkLocal.CompareTo(other) > 0;

    public IEnumerable<FloodingSession> Sessions
    {
        get
        {
            if (Outgoing is not null)
                yield return Outgoing;
            if (Incoming is not null)
                yield return Incoming;
            foreach (var session in Finishing)
                yield return session;
        }
    }
}
