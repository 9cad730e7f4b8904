namespace Acp.Wire.Cbor;

/// <summary>Why octets were not taken as one CBOR data item. Usable as a counter.</summary>
public enum CborRefusal
{
    None = 0,

    /// <summary>Ends in the middle of an item (or is empty).</summary>
    Truncated,

    /// <summary>Octets follow the item.</summary>
    TrailingBytes,

    /// <summary>Not well-formed (RFC 8949 §5.3.1 and Appendix C).</summary>
    Malformed,

    /// <summary>More octets than <see cref="CborLimits.MaxSize"/>, present or announced.</summary>
    TooLarge,

    /// <summary>Deeper than <see cref="CborLimits.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>More than <see cref="CborLimits.MaxElements"/>, present or announced.</summary>
    TooManyElements,

    /// <summary>A text string longer than <see cref="CborLimits.MaxTextLength"/>.</summary>
    TextTooLong,
}
