namespace Acp.Core.Rpl;

/// <summary>Why a well-formed message or part of it had no effect.</summary>
public enum RplIgnoreReason
{
    /// <summary>The channel is not up, or not ours.</summary>
    UnknownChannel,

    /// <summary>The source is not link-local, or is ourselves.</summary>
    BadSource,

    /// <summary>A DAO or DAO-ACK that was not sent to us alone.</summary>
    BadDestination,

    /// <summary>RPLInstanceID is not 0 (RFC 8994 §6.12.1.2).</summary>
    OtherInstance,

    /// <summary>Mode of operation is not 2.</summary>
    UnsupportedMode,

    /// <summary>The objective function is not OF0.</summary>
    UnsupportedObjectiveFunction,

    /// <summary>MinHopRankIncrease is so large that nobody can be below the root.</summary>
    UnusableConfiguration,

    /// <summary>A DAO or DAO-ACK that names another DODAG.</summary>
    OtherDodag,

    /// <summary>A DAO older than the last one.</summary>
    OldSequence,

    /// <summary>A DAO-ACK that answers no DAO in flight.</summary>
    UnexpectedAck,

    /// <summary>A DIS whose predicates do not hold here.</summary>
    PredicateMismatch,

    /// <summary>A target that is no unicast prefix of 64 to 128 bits, or overlaps our own.</summary>
    UnacceptableTarget,
}
