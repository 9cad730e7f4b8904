using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// A call of the API (RFC 8991 §2.3). Each is answered by exactly one <see cref="GraspAction.Complete"/>, at once or later,
/// unless it is cancelled. A timeout of zero means GRASP_DEF_TIMEOUT except in <see cref="Discover"/> (I-21).
/// </summary>
public abstract record GraspCommand
{
    private GraspCommand()
    {
    }

    /// <summary>Answered by <see cref="GraspResult.AsaRegistered"/>, 4 or 5.</summary>
    public sealed record RegisterAsa(string Name) : GraspCommand;

    /// <summary>Removes all that the ASA has: objectives, sessions, listeners (I-04). Answered by 0, 6 or 7.</summary>
    public sealed record DeregisterAsa(AsaHandle Asa, string Name) : GraspCommand;

    /// <summary>Answered by 0, 6, 8, 9, 10, 11, 12 (I-05 to I-07).</summary>
    public sealed record RegisterObjective(AsaHandle Asa, Objective Objective) : GraspCommand
    {
        /// <summary>Of discovery responses.</summary>
        public TimeSpan Ttl { get; init; } = GraspConstants.GRASP_DEF_TIMEOUT;

        /// <summary>Answer discovery before anybody listens (I-06).</summary>
        public bool Discoverable { get; init; }

        public bool Overlap { get; init; }

        /// <summary>Answer discovery with a link-local address (I-07).</summary>
        public bool Local { get; init; }

        /// <summary>Answer a discovery that carries a value in rapid mode, if the engine is set to allow it (H-46).</summary>
        public bool Rapid { get; init; }

        /// <summary>To answer discovery with instead of the engine's own address and port.</summary>
        public ValueList<Locator> Locators { get; init; } = [];

        /// <summary>Octets of a message about this objective; zero for GRASP_DEF_MAX_SIZE (H-23).</summary>
        public int MaxMessageSize { get; init; }
    }

    /// <summary>Answered by 0, 6, 13, 14 (I-08).</summary>
    public sealed record DeregisterObjective(AsaHandle Asa, string Objective) : GraspCommand;

    /// <summary>
    /// Answered by <see cref="GraspResult.Discovered"/>, 6 or 16. What is cached and lives no longer than
    /// <paramref name="MinimumTtl"/> is forgotten first; a timeout of zero looks no further than the cache (I-09, trap 30).
    /// </summary>
    public sealed record Discover(AsaHandle Asa, Objective Objective, TimeSpan Timeout, TimeSpan MinimumTtl) : GraspCommand
    {
        /// <summary>
        /// Answer as soon as this many locators are known, the cached ones included; zero searches until the timeout and
        /// gives all there are, as RFC 8991 has it.
        /// </summary>
        public int Enough { get; init; }
    }

    /// <summary>
    /// Answered by <see cref="GraspResult.Negotiated"/> or an error (I-10). Without a peer one is discovered; when that one
    /// cannot be reached the next known one is tried.
    /// </summary>
    public sealed record RequestNegotiate(AsaHandle Asa, Objective Objective, AsaLocator? Peer, TimeSpan Timeout) : GraspCommand
    {
        /// <summary>Put the request into the discovery (RFC 8990 §2.5.5.1).</summary>
        public bool Rapid { get; init; }

        /// <summary>
        /// The session is for <see cref="Send"/> and <see cref="Receive"/>: answer 2 (noReply) with its handle as soon as
        /// the request was sent, as graspy's noloop does.
        /// </summary>
        public bool FreeExchange { get; init; }
    }

    /// <summary>
    /// Answered by <see cref="GraspResult.NegotiationRequested"/> when a request comes in, one call per request (I-11). From
    /// the first call on the objective is listened to, until told otherwise: requests in between wait their turn.
    /// </summary>
    public sealed record ListenNegotiate(AsaHandle Asa, string Objective) : GraspCommand;

    /// <summary>Calls that listen are answered 3 (I-12).</summary>
    public sealed record StopListenNegotiate(AsaHandle Asa, string Objective) : GraspCommand;

    /// <summary>The next value; its loop count is the engine's business (I-13). Answered as a request is.</summary>
    public sealed record NegotiateStep(AsaHandle Asa, SessionHandle Session, Objective Objective, TimeSpan Timeout) : GraspCommand;

    /// <summary>M_WAIT: asks the peer for this much more time (I-14).</summary>
    public sealed record NegotiateWait(AsaHandle Asa, SessionHandle Session, TimeSpan Timeout) : GraspCommand;

    /// <summary>M_END, which ends the session (I-14).</summary>
    public sealed record EndNegotiate(AsaHandle Asa, SessionHandle Session, bool Accept, string? Reason = null) : GraspCommand;

    /// <summary>M_INVALID, which ends the session (I-20).</summary>
    public sealed record SendInvalid(AsaHandle Asa, SessionHandle Session, ByteString Info) : GraspCommand;

    /// <summary>Any one CBOR item on the session's stream (graspy's gsend).</summary>
    public sealed record Send(AsaHandle Asa, SessionHandle Session, ByteString Item) : GraspCommand;

    /// <summary>The next item of the session's stream: <see cref="GraspResult.Received"/> (graspy's grecv).</summary>
    public sealed record Receive(AsaHandle Asa, SessionHandle Session, TimeSpan Timeout) : GraspCommand;

    /// <summary>Answered by <see cref="GraspResult.Synchronized"/> or an error; a flooded copy is given at once (I-15).</summary>
    public sealed record Synchronize(AsaHandle Asa, Objective Objective, AsaLocator? Peer, TimeSpan Timeout) : GraspCommand
    {
        /// <summary>Take the value if a responder sends it with its answer to the discovery (RFC 8990 §2.5.6.3).</summary>
        public bool Rapid { get; init; }

        /// <summary>Octets of the answer; zero for GRASP_DEF_MAX_SIZE (H-23).</summary>
        public int MaxMessageSize { get; init; }
    }

    /// <summary>Answers requests with this value from now on (I-16).</summary>
    public sealed record ListenSynchronize(AsaHandle Asa, Objective Objective) : GraspCommand;

    public sealed record StopListenSynchronize(AsaHandle Asa, string Objective) : GraspCommand;

    /// <summary>Answered by 0, 6, 13, 14, 16, 32, 38 (I-17, I-18). A ttl of zero never expires.</summary>
    public sealed record Flood(AsaHandle Asa, TimeSpan Ttl, ValueList<FloodEntry> Objectives) : GraspCommand;

    /// <summary>Answered by <see cref="GraspResult.Floods"/>, newest first (I-19).</summary>
    /// <param name="Objective">Null for all.</param>
    public sealed record GetFlood(AsaHandle Asa, string? Objective) : GraspCommand;

    /// <summary>
    /// Answered by <see cref="GraspResult.FloodNews"/> as soon as there is a copy that became news after <paramref name="After"/>,
    /// which is 0 for all that are known, and then what the last answer says. Values that change faster than one asks are
    /// told as they are in the end.
    /// </summary>
    /// <param name="Objective">Null for all.</param>
    public sealed record WatchFloods(AsaHandle Asa, string? Objective, long After) : GraspCommand;

    /// <summary>Answered by 0 as soon as there is a network, at once if there is one already (I-02).</summary>
    public sealed record AwaitOperational : GraspCommand;

    /// <summary>Answered by <see cref="GraspResult.Dumped"/> (graspy's dump_all).</summary>
    public sealed record DumpAll : GraspCommand;

    /// <summary>Forgets one copy (I-19).</summary>
    public sealed record ExpireFlood(AsaHandle Asa, string Objective, Locator? Locator) : GraspCommand;
}
