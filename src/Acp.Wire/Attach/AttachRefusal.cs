namespace Acp.Wire.Attach;

/// <summary>Why octets were not taken as a message of the attach protocol. Usable as a counter.</summary>
public enum AttachRefusal
{
    None = 0,

    /// <summary>Not one CBOR item within the limits.</summary>
    Cbor,

    /// <summary>Not an array that begins with the number of a message.</summary>
    Shape,

    /// <summary>A message that does not exist.</summary>
    UnknownMessage,

    /// <summary>A function that does not exist.</summary>
    UnknownFunction,

    /// <summary>What a message or a function needs is missing, of another kind, or too much.</summary>
    BadArgument,
}
