using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>What a <see cref="GraspEngine"/> noticed, for logs and status.</summary>
public abstract record GraspFact
{
    private GraspFact()
    {
    }

    /// <summary>There is a substrate to talk over now, or no longer (I-02).</summary>
    public sealed record OperationalChanged(bool Operational) : GraspFact;

    public sealed record AsaRegistered(AsaHandle Asa, string Name) : GraspFact;

    public sealed record AsaGone(AsaHandle Asa, string Name) : GraspFact;

    public sealed record ObjectiveRegistered(AsaHandle Asa, string Objective) : GraspFact;

    public sealed record ObjectiveGone(AsaHandle Asa, string Objective) : GraspFact;

    /// <summary>A responder that was not in the discovery cache.</summary>
    public sealed record PeerDiscovered(string Objective, AsaLocator Peer) : GraspFact;

    public sealed record DiscoveryAnswered(string Objective, Initiator Initiator, bool Diverted) : GraspFact;

    public sealed record DiscoveryRelayed(string Objective, Initiator Initiator, byte LoopCount) : GraspFact;

    /// <summary>An objective entered the flood cache, or has another value.</summary>
    public sealed record FloodCached(FloodedObjective Flood) : GraspFact;

    /// <summary>A flood's signature is wrong, or missing where there has to be one. Reported some times a second at most.</summary>
    /// <param name="Objective">The first in it.</param>
    /// <param name="Taken">Its objectives were taken all the same: the policy is accept.</param>
    public sealed record FloodSignature(string Objective, Initiator Initiator, FloodSignatureStatus Status, bool Taken, string Detail) : GraspFact;

    public sealed record NegotiationEnded(SessionHandle Session, string Objective, GraspError Error) : GraspFact;

    public sealed record SynchronizationAnswered(string Objective, Ipv6Address? Peer) : GraspFact;

    /// <summary>A request with a session id that is in use here (H-22).</summary>
    public sealed record SessionIdClash(uint SessionId, Ipv6Address? Peer) : GraspFact;

    /// <summary>There is a flooding session to a channel's neighbour.</summary>
    public sealed record NeighborUp(GraspInterfaceId Interface, GraspNeighbor Neighbor, bool WeOpened) : GraspFact;

    /// <summary>There is none any more.</summary>
    public sealed record NeighborDown(GraspInterfaceId Interface, GraspNeighbor Neighbor) : GraspFact;

    /// <summary>Both ends of a channel opened one; the higher address keeps its own (J-11).</summary>
    public sealed record SessionDoubled(GraspInterfaceId Interface, bool WeAreKeeper) : GraspFact;
}
