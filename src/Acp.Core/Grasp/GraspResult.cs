using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>What became of a command.</summary>
public abstract record GraspResult(GraspError Error)
{
    /// <summary>Nothing but success or an error.</summary>
    /// <param name="Reason">For people, where there is more to say: the peer's reason for declining, for one.</param>
    public sealed record Done(GraspError Error, string? Reason = null) : GraspResult(Error);

    public sealed record AsaRegistered(AsaHandle Asa) : GraspResult(GraspError.ok);

    /// <param name="Locators">The one to prefer first; none is not an error.</param>
    public sealed record Discovered(ValueList<AsaLocator> Locators) : GraspResult(GraspError.ok);

    /// <summary>After request_negotiate and negotiate_step.</summary>
    /// <param name="Session">Null when the peer accepted, and the session is over (I-10).</param>
    /// <param name="Objective">The counter-offer; or what was accepted, our own last value.</param>
    public sealed record Negotiated(GraspError Error, SessionHandle? Session, Objective Objective) : GraspResult(Error)
    {
        /// <summary>With whom, if known: somebody may have been discovered for us.</summary>
        public Ipv6Address? Peer { get; init; }
    }

    /// <summary>Somebody asks us to negotiate.</summary>
    /// <param name="Peer">Where the stream comes from, if known.</param>
    public sealed record NegotiationRequested(SessionHandle Session, Objective Objective, Ipv6Address? Peer) : GraspResult(GraspError.ok);

    /// <param name="Item">A CBOR map; <see cref="GraspDump"/> says what is in it.</param>
    public sealed record Dumped(ByteString Item) : GraspResult(GraspError.ok);

    /// <param name="Item">One CBOR item.</param>
    public sealed record Received(ByteString Item) : GraspResult(GraspError.ok);

    /// <param name="Flood">The flooded copy, if that is what it was.</param>
    public sealed record Synchronized(Objective Objective, FloodedObjective? Flood = null) : GraspResult(GraspError.ok);

    /// <param name="Objectives">The oldest news first.</param>
    /// <param name="Next">For the next call.</param>
    public sealed record FloodNews(ValueList<FloodedObjective> Objectives, long Next) : GraspResult(GraspError.ok);

    public sealed record Floods(ValueList<FloodedObjective> Objectives) : GraspResult(GraspError.ok);
}
