namespace Acp.Core.Grasp;

/// <summary>Why the engine took no (further) notice of something that came in. Usable as a counter.</summary>
public enum GraspDropReason
{
    None = 0,

    /// <summary>Not GRASP; the codec counts why.</summary>
    Undecodable,

    /// <summary>No substrate, or an interface that is not up (H-39).</summary>
    NotOperational,

    /// <summary>A message type that has no business where it came (H-51, J-06).</summary>
    WrongTransport,

    /// <summary>A discovery or flood heard before, by another way round (H-29, H-35).</summary>
    Duplicate,

    /// <summary>Link-local initiator and a loop count other than one (H-38), or either rule of DULL.</summary>
    LinkLocalScope,

    /// <summary>Its loop count has run out: taken, not relayed.</summary>
    LoopCountExhausted,

    /// <summary>More discoveries than we relay (H-30).</summary>
    DiscoveryRateLimited,

    /// <summary>More floods than we relay (H-30).</summary>
    FloodRateLimited,

    /// <summary>A discovery that we can neither answer nor relay (H-27).</summary>
    NothingKnown,

    /// <summary>A response to nothing that we asked.</summary>
    Unsolicited,

    /// <summary>A request for an objective that nobody listens to (H-44).</summary>
    NoListener,

    /// <summary>H-22.</summary>
    SessionIdClash,

    /// <summary>More sessions, streams or waiting requests than we hold (I-26).</summary>
    Overload,

    /// <summary>A stream on which nothing was said.</summary>
    IdleStream,

    /// <summary>A message that does not fit the state of its session.</summary>
    Unexpected,

    /// <summary>An M_INVALID about something that we do not have (H-08).</summary>
    InvalidIgnored,

    /// <summary>A flood whose signature is wrong, where the policy requires one (O-08).</summary>
    BadSignature,

    /// <summary>A flood without a signature that could be checked: its objectives that require one were passed over (O-12).</summary>
    SignatureMissing,

    /// <summary>A cache was full: its oldest entry made room.</summary>
    CacheEviction,
}
