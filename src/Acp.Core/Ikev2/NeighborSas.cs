using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Ikev2;

/// <summary>
/// All IKE SAs with one neighbour on one link, and through them their channel. Whatever an event changes lies within one of
/// these, so that the machine looks up deadlines only where something happened, however many neighbours there are.
/// </summary>
internal sealed class NeighborSas((LinkId Link, Ipv6Address Remote) key) : DeadlineItem
{
    /// <summary>Where its first SA was begun.</summary>
    public (LinkId Link, Ipv6Address Remote) Key { get; } = key;

    /// <summary>In the order in which they came about.</summary>
    public List<IkeSa> Sas { get; } = new(1);

    /// <summary>Something happened here since its deadline was last computed.</summary>
    public bool IsTouched { get; set; }

    public Channel? Channel
    {
        get
        {
            foreach (var sa in Sas)
            {
                if (sa.Channel is { } channel)
                    return channel;
            }

            return null;
        }
    }

    public Instant? NextDeadline
    {
        get
        {
            var deadline = Channel?.NextDeadline;
            foreach (var sa in Sas)
                deadline = Instant.Earlier(deadline, sa.NextDeadline);
            return deadline;
        }
    }

    /// <summary>Our own attempts that are under way.</summary>
    public List<IkeSa> Initiations() => Sas.FindAll(s => s.State is IkeSaState.Initiating or IkeSaState.Authenticating);
}
