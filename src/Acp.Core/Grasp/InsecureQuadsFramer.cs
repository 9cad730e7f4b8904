using Acp.Wire.Cbor;

namespace Acp.Core.Grasp;

/// <summary>
/// Finds the messages of a QUADS stream. They have no framing: graspy takes what comes at once for one message. The CBOR
/// inside says where it ends, and so where its padding does, whatever pieces the stream comes in. Not thread-safe: one per
/// stream.
/// </summary>
public sealed class InsecureQuadsFramer(InsecureQuads quads, CborLimits limits)
{
    private readonly CborItemFramer _framer = new(limits);
    private int _examined;

    /// <summary>As <see cref="CborItemFramer.Examine"/> does; <paramref name="length"/> counts encrypted octets.</summary>
    /// <param name="item">The message in the clear.</param>
    public CborFrame Examine(ReadOnlySpan<byte> buffer, out int length, out byte[] item, out CborRefusal refusal)
    {
        length = 0;
        item = [];
        refusal = CborRefusal.None;
        var whole = buffer.Length / InsecureQuads.BlockSize * InsecureQuads.BlockSize;
        if (whole <= _examined)
            return CborFrame.NeedMore;
        _examined = whole;
        var clear = quads.DecryptBlocks(buffer[..whole]);
        var found = _framer.Examine(clear, out var end, out refusal);
        if (found != CborFrame.Item)
            return found;
        // There is always padding, a whole block of it if need be.
        var padded = (end / InsecureQuads.BlockSize + 1) * InsecureQuads.BlockSize;
        if (padded > whole)
            return CborFrame.NeedMore;
        if (!InsecureQuads.IsPadding(clear.AsSpan(0, padded), end))
        {
            refusal = CborRefusal.Malformed;
            return CborFrame.Refused;
        }
        _examined = 0;
        length = padded;
        item = clear[..end];
        return CborFrame.Item;
    }
}
