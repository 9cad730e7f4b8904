using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>All that exists between us and one neighbour on one link: usually one IKE SA with one child SA.</summary>
internal sealed class Channel(ChannelId id, IkePath path, PeerIdentity peer, bool weAreDecider)
{
    public ChannelId Id { get; } = id;

    public IkePath Path { get; } = path;

    public PeerIdentity Peer { get; set; } = peer;

    public bool WeAreDecider { get; } = weAreDecider;

    /// <summary>Established and closing ones.</summary>
    public List<IkeSa> IkeSas { get; } = [];

    /// <summary>The child whose outbound SA sends.</summary>
    public ChildSa? Sending { get; set; }

    /// <summary>Follower: when to close surplus SAs ourselves.</summary>
    public Instant? SurplusAt { get; set; }

    /// <summary>When to authenticate again, since our certificate is not the one that the peer has seen; null while it is.</summary>
    public Instant? ReauthenticateAt { get; set; }

    public Instant? NextDeadline
    {
        get
        {
            var deadline = Instant.Earlier(SurplusAt, ReauthenticateAt);
            foreach (var sa in IkeSas)
            {
                if (!sa.IsLive)
                    continue;
                foreach (var child in sa.Children)
                    deadline = Instant.Earlier(deadline, child.NextDeadline);
            }

            return deadline;
        }
    }

    public IEnumerable<IkeSa> Live => IkeSas.Where(s => s.IsLive);

    /// <summary>
    /// The one that stays: the one the Decider initiated, which both ends can tell without a word (RFC 8994 §6.6 leaves
    /// the choice to the Decider). Among equals the latest begun. One that was authenticated anew comes last.
    /// </summary>
    public IkeSa? Preferred
    {
        get
        {
            IkeSa? first = null;
            foreach (var sa in IkeSas)
            {
                if (sa.IsLive && (first is null || Rank(sa).CompareTo(Rank(first)) > 0))
                    first = sa;
            }

            return first;
        }
    }

    /// <summary>Something carries the channel, or will.</summary>
    public bool HasUsableChild => Live.Any(s => s.Children.Exists(c => c.IsUsable));

    /// <summary>The child that should send: one that the peer surely has, of the IKE SA that stays, and the newest.</summary>
    public ChildSa? Best
    {
        get
        {
            // Asked with every message of the peer: no enumerators.
            var preferred = Preferred;
            ChildSa? best = null;
            foreach (var sa in IkeSas)
            {
                if (!sa.IsLive)
                    continue;
                foreach (var child in sa.Children)
                {
                    if (child.IsUsable && (best is null || Rank(child, preferred).CompareTo(Rank(best, preferred)) >= 0))
                        best = child;
                }
            }

            return best;
        }
    }

    private (bool IsCurrent, bool IsOfDecider, long InitOrder) Rank(IkeSa sa) => (!sa.IsOutdated, sa.WeOriginated == WeAreDecider, sa.InitOrder);

    private static (bool IsConfirmed, bool IsPreferred) Rank(ChildSa child, IkeSa? preferred) => (child.IsConfirmed, child.Owner == preferred);
}
