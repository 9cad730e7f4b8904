using System.Formats.Cbor;
using System.Text.Json;
using Acp.Asa;
using Acp.Wire.Cbor;

namespace Acp.Daemon.Agents;

/// <summary>Values of objectives as people type them.</summary>
internal static class JsonValue
{
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static CborValue Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var writer = new CborWriter();
        Write(writer, document.RootElement);
        return CborValue.FromEncoded(writer.Encode());
    }

    private static void Write(CborWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartMap(element.GetPropertyCount());
                foreach (var property in element.EnumerateObject())
                {
                    writer.WriteTextString(property.Name);
                    Write(writer, property.Value);
                }
                writer.WriteEndMap();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray(element.GetArrayLength());
                foreach (var item in element.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteTextString(element.GetString()!);
                break;
            case JsonValueKind.Number when element.TryGetInt64(out var number):
                writer.WriteInt64(number);
                break;
            case JsonValueKind.Number when element.TryGetUInt64(out var large):
                writer.WriteUInt64(large);
                break;
            case JsonValueKind.Number:
                writer.WriteShortest(element.GetDouble());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.WriteBoolean(element.GetBoolean());
                break;
            default:
                writer.WriteNull();
                break;
        }
    }
}
