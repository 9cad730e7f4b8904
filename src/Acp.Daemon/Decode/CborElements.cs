using System.Formats.Cbor;

namespace Acp.Daemon.Decode;

/// <summary>Where the elements of an array stand.</summary>
internal static class CborElements
{
    /// <param name="array">Well-formed, as a whole; nothing is found in what is no array.</param>
    public static List<(int At, int Length)> Of(ReadOnlySpan<byte> array)
    {
        var found = new List<(int, int)>();
        try
        {
            var reader = new CborReader(array.ToArray());
            reader.ReadStartArray();
            while (reader.PeekState() != CborReaderState.EndArray)
            {
                var at = array.Length - reader.BytesRemaining;
                reader.SkipValue();
                found.Add((at, array.Length - reader.BytesRemaining - at));
            }
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException)
        {
            // Not an array, then.
        }

        return found;
    }
}
