namespace Acp.Wire.Grasp;

/// <summary>Why octets were not taken as a GRASP message. Usable as a counter.</summary>
public enum GraspRefusal
{
    None = 0,

    /// <summary>The CBOR item ends early.</summary>
    Truncated,

    /// <summary>Octets follow the message: in UDP one datagram is one message.</summary>
    TrailingBytes,

    /// <summary>Not well-formed CBOR.</summary>
    MalformedCbor,

    /// <summary>Beyond our limits on size, depth, elements or text (Q-02, H-23).</summary>
    OverLimits,

    /// <summary>Not an array that starts with a message type.</summary>
    NotAMessage,

    /// <summary>H-10.</summary>
    UnknownMessageType,

    /// <summary>Absent or beyond 32 bits (H-03).</summary>
    BadSessionId,

    /// <summary>Neither 4 nor 16 octets.</summary>
    BadInitiator,

    BadTtl,

    BadWaitingTime,

    /// <summary>An objective of the wrong shape (H-15).</summary>
    BadObjective,

    MissingObjective,

    /// <summary>H-04.</summary>
    TooManyObjectives,

    /// <summary>An objective without a value where one is needed (H-15).</summary>
    MissingValue,

    /// <summary>A locator of the wrong shape (H-13).</summary>
    BadLocator,

    /// <summary>M_RESPONSE with neither locator nor divert.</summary>
    MissingLocator,

    /// <summary>A divert of the wrong shape, beside locators, or with nothing in it that may be used (H-05, H-14).</summary>
    BadDivert,

    /// <summary>M_END with neither accept nor decline (H-07).</summary>
    MissingOutcome,

    /// <summary>An accept or decline of the wrong shape, or both.</summary>
    BadOutcome,

    /// <summary>M_FLOOD with nothing usable in it (H-06).</summary>
    EmptyFlood,

    /// <summary>O_COSE_SIGN that is not [107, bytes] (O-02).</summary>
    BadSignature,
}
