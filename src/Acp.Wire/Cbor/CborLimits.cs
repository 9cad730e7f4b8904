namespace Acp.Wire.Cbor;

/// <summary>How much CBOR we are willing to look at. Checked before anything is allocated.</summary>
/// <param name="MaxSize">Octets of the whole item.</param>
/// <param name="MaxDepth">Nested arrays, maps and indefinite-length strings.</param>
/// <param name="MaxElements">Data items of any kind, tags included, in the whole item.</param>
/// <param name="MaxTextLength">Octets of one text string (of one chunk, if it comes in chunks).</param>
public sealed record CborLimits(int MaxSize, int MaxDepth, int MaxElements, int MaxTextLength);
