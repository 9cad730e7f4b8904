namespace Acp.Wire.Cose;

/// <summary>Why octets were not taken as a COSE signature with a detached payload. Usable as a counter.</summary>
public enum CoseRefusal
{
    None = 0,

    /// <summary>Not well-formed CBOR, or beyond our limits.</summary>
    BadCbor,

    /// <summary>Tagged as something else, or not of COSE_Sign1's shape.</summary>
    NotSign1,

    /// <summary>The payload is there; ours is the message around the signature.</summary>
    PayloadNotDetached,

    /// <summary>A header map of the wrong shape, or a label twice (RFC 9052 §3).</summary>
    BadHeader,

    /// <summary>A header that must be understood, and is not (RFC 9052 §3.1, crit).</summary>
    UnknownCritical,

    /// <summary>No alg in the protected header: unprotected it would mean nothing.</summary>
    NoAlgorithm,
}
