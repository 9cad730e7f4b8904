using System.Formats.Cbor;
using Acp.Wire;
using Acp.Wire.Cbor;

namespace Acp.Core.Grasp;

/// <summary>Values that ASAs hand us: any CBOR, but one whole item of it, or the message around it would be none.</summary>
internal static class CborValue
{
    public static bool IsWellFormed(ByteString value) =>
        BoundedCborReader.TryOpen(value.Memory, new CborLimits(int.MaxValue, MaxDepth: 20, MaxElements: int.MaxValue, int.MaxValue), out _, out _);

    /// <summary>Octets as one CBOR byte string; null for none.</summary>
    public static ByteString? BytesOf(ByteString octets)
    {
        if (octets.Length == 0)
            return null;
        var writer = new CborWriter();
        writer.WriteByteString(octets.Span);
        return writer.Encode();
    }
}
