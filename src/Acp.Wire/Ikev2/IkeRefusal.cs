namespace Acp.Wire.Ikev2;

/// <summary>Why bytes are not an IKEv2 message; a counter each.</summary>
public enum IkeRefusal
{
    None = 0,

    /// <summary>Shorter than the 28-octet header.</summary>
    TooShort,

    /// <summary>Longer than <see cref="IkeMessage.MaxLength"/> (D-49).</summary>
    TooLong,

    /// <summary>The header's length is not the datagram's.</summary>
    LengthMismatch,

    /// <summary>Not version 2.x.</summary>
    Version,

    /// <summary>A payload header or body runs beyond the message.</summary>
    PayloadTruncated,

    /// <summary>A payload length below the four octets of its own header.</summary>
    PayloadLength,

    /// <summary>More payloads than <see cref="IkeMessage.MaxPayloads"/>.</summary>
    TooManyPayloads,

    /// <summary>Octets after the last payload.</summary>
    TrailingOctets,

    /// <summary>SA payload: proposal structure.</summary>
    Proposal,

    /// <summary>SA payload: transform structure.</summary>
    Transform,

    /// <summary>SA payload: transform attribute.</summary>
    Attribute,

    KeyExchange,
    Nonce,
    Identification,
    Certificate,
    CertificateRequest,
    Authentication,
    TrafficSelector,
    Notify,
    Delete,

    /// <summary>SKF: fragment numbers 1 … total (RFC 7383 §2.5).</summary>
    Fragment,

    /// <summary>SK or SKF where none may stand: inside another one.</summary>
    NestedEncryption,
}
