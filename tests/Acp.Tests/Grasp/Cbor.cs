using System.Formats.Cbor;

namespace Acp.Tests.Grasp;

/// <summary>Writes test input that the encoder would never produce.</summary>
internal static class Cbor
{
    /// <summary>Arrays from <c>object[]</c>; numbers, text, octets and null as themselves; <see cref="Raw"/> as it stands.</summary>
    public static byte[] Encode(object? value)
    {
        var w = new CborWriter(CborConformanceMode.Lax);
        Write(w, value);
        return w.Encode();
    }

    public static Raw Hex(string hex) => new(Convert.FromHexString(hex));

    private static void Write(CborWriter w, object? value)
    {
        switch (value)
        {
            case null:
                w.WriteNull();
                break;
            case Raw raw:
                w.WriteEncodedValue(raw.Bytes);
                break;
            case object?[] items:
                w.WriteStartArray(items.Length);
                foreach (var item in items)
                    Write(w, item);
                w.WriteEndArray();
                break;
            case byte[] bytes:
                w.WriteByteString(bytes);
                break;
            case string text:
                w.WriteTextString(text);
                break;
            default:
                w.WriteInt64(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
        }
    }

    internal sealed record Raw(byte[] Bytes);
}
