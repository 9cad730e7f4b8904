using System.Buffers.Binary;
using System.Formats.Cbor;

namespace Acp.Wire.Grasp;

/// <summary>
/// What the signature of a flood covers (draft-carpenter-anima-grasp-ext-sign §4.1): the whole M_FLOOD without its
/// sign-option, and with zero for the loop count of its first objective, which relays change. All else is as it came, octet
/// by octet, but for the length of the outer array, so that nobody has to agree with anybody on an encoding (O-03, O-11).
/// </summary>
public static class FloodPayload
{
    /// <summary>Of a message that carries no sign-option (yet).</summary>
    public static bool TryOfUnsigned(ReadOnlySpan<byte> flood, out byte[] payload) => FloodLoopCount.TryReplace(flood, 0, out payload);

    /// <summary>Of a message whose last element is the sign-option.</summary>
    /// <param name="flood">A message that decodes as an M_FLOOD with <see cref="FloodMessage.CoseSign"/>.</param>
    public static bool TryOfSigned(ReadOnlySpan<byte> flood, out byte[] payload)
    {
        payload = [];
        if (!FloodLoopCount.TryReplace(flood, 0, out var patched))
            return false;
        try
        {
            var reader = new CborReader(patched, CborConformanceMode.Lax);
            reader.ReadStartArray();
            var start = patched.Length - reader.BytesRemaining;
            var (end, count) = (start, 0);
            while (reader.PeekState() != CborReaderState.EndArray)
            {
                end = patched.Length - reader.BytesRemaining; // where the last element begins, after the loop
                count++;
                reader.SkipValue();
            }
            payload = [.. ArrayHead(count - 1), .. patched.AsSpan(start, end - start)];
            return true;
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException)
        {
            return false;
        }
    }

    // RFC 8949 §3.1, the shortest form.
    private static byte[] ArrayHead(int count)
    {
        if (count < 24)
            return [(byte)(0x80 | count)];
        if (count <= byte.MaxValue)
            return [0x98, (byte)count];
        var head = new byte[] { 0x99, 0, 0 };
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(1), checked((ushort)count));
        return head;
    }
}
