namespace Acp.Wire.Cbor;

/// <summary>What <see cref="CborItemFramer"/> says about a buffer.</summary>
public enum CborFrame
{
    /// <summary>The item goes on beyond what is there: read more and ask again.</summary>
    NeedMore = 0,

    /// <summary>A whole item stands at the start of the buffer.</summary>
    Item,

    /// <summary>It cannot become an acceptable item, whatever follows.</summary>
    Refused,
}
