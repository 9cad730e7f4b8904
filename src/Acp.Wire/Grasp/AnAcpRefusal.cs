namespace Acp.Wire.Grasp;

/// <summary>Why a value was not taken as that of an AN_ACP objective.</summary>
public enum AnAcpRefusal
{
    None = 0,

    /// <summary>Not one CBOR item within limits.</summary>
    BadCbor,

    /// <summary>Neither a method-name nor <c>[method, *extension]</c>.</summary>
    BadShape,

    /// <summary>A method-name that RFC 8994 Figure 7's regular expression does not match (B-17).</summary>
    BadMethodName,
}
