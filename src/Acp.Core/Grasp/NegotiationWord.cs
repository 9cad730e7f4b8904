using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>What the peer of a negotiation says, when it is its turn, as far as it means anything there.</summary>
internal abstract record NegotiationWord
{
    private NegotiationWord()
    {
    }

    /// <summary>M_NOOP.</summary>
    public sealed record Nothing : NegotiationWord;

    /// <summary>M_WAIT.</summary>
    public sealed record Wait(TimeSpan Time) : NegotiationWord;

    /// <summary>M_NEGOTIATE.</summary>
    public sealed record Offer(Objective Objective) : NegotiationWord;

    /// <summary>M_END.</summary>
    public sealed record End(bool Accepted, string? Reason) : NegotiationWord;

    /// <summary>A message of a type that nobody knows: it is told so, and may go on (H-10).</summary>
    public sealed record Unknown : NegotiationWord;

    /// <summary>The negotiation cannot go on.</summary>
    /// <param name="TellPeer">By M_INVALID.</param>
    public sealed record Nonsense(GraspError Error, bool TellPeer, string? Reason = null) : NegotiationWord;

    /// <param name="ours">What is negotiated, whose name and dry-run flag stay the same all the while (H-18).</param>
    /// <param name="maxSize">Octets that a message about it may have.</param>
    public static NegotiationWord Read(
        ReadOnlySpan<byte> bytes, uint sessionId, Objective ours, int maxSize, CborLimits limits, GraspCounters counters)
    {
        var decoded = GraspMessage.TryDecode(bytes, limits, out var message, out var refusal);
        if (!decoded || bytes.Length > maxSize)
            return Undecodable(bytes, refusal, counters);
        switch (message)
        {
            case NoopMessage:
                return new Nothing();
            case WaitMessage wait when wait.SessionId == sessionId:
                return new Wait(wait.WaitingTime);
            case NegotiationMessage step when step.SessionId == sessionId:
                return OfStep(step.Objective, ours);
            case EndMessage end when end.SessionId == sessionId:
                return new End(end.Accepted, end.Reason);
            case InvalidMessage:
                return new Nonsense(GraspError.noValidStep, TellPeer: false, "the peer sent M_INVALID");
            default:
                counters.Count(GraspDropReason.Unexpected);
                return new Nonsense(GraspError.noValidStep, TellPeer: true);
        }
    }

    private static NegotiationWord OfStep(Objective offer, Objective ours)
    {
        if (offer.Name != ours.Name || !offer.Flags.HasFlag(ObjectiveFlags.F_NEG) || ((offer.Flags ^ ours.Flags) & ObjectiveFlags.F_NEG_DRY) != 0)
            return new Nonsense(GraspError.invalidNeg, TellPeer: true);
        return offer.LoopCount == 0 ? new Nonsense(GraspError.loopExhausted, TellPeer: false) : new Offer(offer);
    }

    private static NegotiationWord Undecodable(ReadOnlySpan<byte> bytes, GraspRefusal refusal, GraspCounters counters)
    {
        counters.Count(refusal == GraspRefusal.None ? GraspRefusal.OverLimits : refusal);
        if (refusal == GraspRefusal.UnknownMessageType)
            return new Unknown();
        GraspMessage.TryReadSessionId(bytes, out var type, out _);
        return new Nonsense(
            type switch
            {
                GraspConstants.M_NEGOTIATE => GraspError.invalidNeg,
                GraspConstants.M_END => GraspError.invalidEnd,
                0 => GraspError.CBORfail,
                _ => GraspError.noValidStep,
            },
            TellPeer: true);
    }
}
