using System.Formats.Cbor;

namespace Acp.Wire.Cbor;

/// <summary>Numbers in their preferred encoding (RFC 8949 §4.1), which System.Formats.Cbor leaves to the caller.</summary>
public static class CborNumbers
{
    /// <summary>A floating-point number in the shortest of the three forms that keeps its value.</summary>
    public static void WriteShortest(this CborWriter writer, double value)
    {
        if (double.IsNaN(value))
            writer.WriteHalf(BitConverter.UInt16BitsToHalf(0x7e00));
        else if ((double)(Half)value == value)
            writer.WriteHalf((Half)value);
        else if ((float)value == value)
            writer.WriteSingle((float)value);
        else
            writer.WriteDouble(value);
    }
}
