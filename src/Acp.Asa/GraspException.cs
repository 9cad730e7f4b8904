using Acp.Wire.Grasp;

namespace Acp.Asa;

/// <summary>
/// A call failed. Its three kinds tell what can be done about it; <see cref="Error"/> is the code of RFC 8991 Appendix A.
/// A declined negotiation is no failure: see <see cref="NegotiationResult.Declined"/>.
/// </summary>
public abstract class GraspException : Exception
{
    private protected GraspException(GraspError error, string? reason, Exception? inner = null)
        : base(reason is null ? $"{error} ({(int)error})" : $"{error} ({(int)error}): {reason}", inner)
    {
        Error = error;
        Reason = reason;
    }

    public GraspError Error { get; }

    /// <summary>What else is known, for people.</summary>
    public string? Reason { get; }

    internal static void ThrowIfFailed(PortReply reply)
    {
        if (reply.Error != GraspError.ok)
            throw Of(reply.Error, reply.Reason);
    }

    internal static GraspException Of(GraspError error, string? reason) => error switch
    {
        GraspError.noSecurity or GraspError.noEngine or GraspError.ASAfull or GraspError.objFull or GraspError.sessionsFull
            => new GraspUnavailableException(error, reason),
        GraspError.declined or GraspError.noReply or GraspError.noDiscReply or GraspError.sockErrNegRq or GraspError.noSocket
            or GraspError.loopExhausted or GraspError.sockErrNegStep or GraspError.noPeer or GraspError.CBORfail or GraspError.invalidNeg
            or GraspError.invalidEnd or GraspError.noNegReply or GraspError.noValidStep or GraspError.sockErrWait or GraspError.sockErrEnd
            or GraspError.IDclash or GraspError.notFloodDisc or GraspError.sockErrSynRq or GraspError.noListener or GraspError.noSynchReply
            or GraspError.noValidSynch => new GraspPeerException(error, reason),
        _ => new GraspUsageException(error, reason),
    };
}
