using System.Formats.Cbor;

namespace Acp.Wire.Grasp;

/// <summary>
/// Changes the one octet (or few) of an M_FLOOD that relays change, the loop count of its first objective (trap 5), and
/// leaves all others as they came, so that a signature made over them can still be checked (O-10, O-11).
/// <code>
/// [M_FLOOD, session-id, initiator, ttl, [[objective-name, objective-flags, loop-count, …], …], …]
/// </code>
/// </summary>
public static class FloodLoopCount
{
    /// <summary>
    /// False when the first element after the ttl is not such an entry, as in a flood of which the decoder left something out.
    /// </summary>
    /// <param name="flood">A message that decodes as an M_FLOOD.</param>
    public static bool TryReplace(ReadOnlySpan<byte> flood, byte loopCount, out byte[] replaced)
    {
        replaced = [];
        try
        {
            var whole = flood.ToArray();
            var reader = new CborReader(whole, CborConformanceMode.Lax);
            reader.ReadStartArray();
            for (var i = 0; i < 4; i++)
                reader.SkipValue();
            reader.ReadStartArray();
            reader.ReadStartArray();
            if (reader.PeekState() is not (CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString))
                return false;
            reader.SkipValue();
            reader.SkipValue();
            var start = whole.Length - reader.BytesRemaining;
            reader.ReadUInt32();
            var end = whole.Length - reader.BytesRemaining;
            reader.SkipToParent();
            if (reader.PeekState() == CborReaderState.EndArray)
                return false; // no locator: this is an entry that the decoder left out
            var written = new CborWriter(CborConformanceMode.Lax);
            written.WriteUInt32(loopCount);
            replaced = [.. whole.AsSpan(0, start), .. written.Encode(), .. whole.AsSpan(end)];
            return true;
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException)
        {
            return false;
        }
    }
}
