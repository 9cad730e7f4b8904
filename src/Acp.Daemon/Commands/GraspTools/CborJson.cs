using System.Formats.Cbor;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Acp.Wire.Cbor;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>CBOR as JSON (RFC 8949 §6.1), which loses what JSON does not have: octets become base64url, tags go.</summary>
internal static class CborJson
{
    private static readonly CborLimits Limits = new(int.MaxValue, CborDiagnostic.MaxDepth, int.MaxValue, int.MaxValue);

    /// <param name="encoded">What nests too deeply for JSON becomes the text that CborDiagnostic prints.</param>
    public static JsonElement ToJson(ReadOnlyMemory<byte> encoded)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            if (BoundedCborReader.TryOpen(encoded, Limits, out _, out _))
                Write(writer, new CborReader(encoded, CborConformanceMode.Lax));
            else
                writer.WriteStringValue(CborDiagnostic.Print(encoded));
        }
        using var document = JsonDocument.Parse(buffer.ToArray(), new JsonDocumentOptions { MaxDepth = 2 * CborDiagnostic.MaxDepth });
        return document.RootElement.Clone();
    }

    private static void Write(Utf8JsonWriter writer, CborReader reader)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.UnsignedInteger:
                writer.WriteNumberValue(reader.ReadUInt64());
                break;
            case CborReaderState.NegativeInteger:
                writer.WriteRawValue((-1 - (Int128)reader.ReadCborNegativeIntegerRepresentation()).ToString(CultureInfo.InvariantCulture));
                break;
            case CborReaderState.ByteString or CborReaderState.StartIndefiniteLengthByteString:
                writer.WriteStringValue(System.Buffers.Text.Base64Url.EncodeToString(reader.ReadByteString()));
                break;
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                writer.WriteStringValue(reader.ReadTextString());
                break;
            case CborReaderState.StartArray:
                writer.WriteStartArray();
                reader.ReadStartArray();
                while (reader.PeekState() != CborReaderState.EndArray)
                    Write(writer, reader);
                reader.ReadEndArray();
                writer.WriteEndArray();
                break;
            case CborReaderState.StartMap:
                writer.WriteStartObject();
                reader.ReadStartMap();
                while (reader.PeekState() != CborReaderState.EndMap)
                {
                    writer.WritePropertyName(Name(reader));
                    Write(writer, reader);
                }
                reader.ReadEndMap();
                writer.WriteEndObject();
                break;
            case CborReaderState.Tag:
                reader.ReadTag();
                Write(writer, reader);
                break;
            case CborReaderState.Boolean:
                writer.WriteBooleanValue(reader.ReadBoolean());
                break;
            case CborReaderState.HalfPrecisionFloat or CborReaderState.SinglePrecisionFloat or CborReaderState.DoublePrecisionFloat:
                var number = reader.ReadDouble();
                if (double.IsFinite(number))
                    writer.WriteNumberValue(number);
                else
                    writer.WriteNullValue();
                break;
            default:
                reader.SkipValue();
                writer.WriteNullValue();
                break;
        }
    }

    private static string Name(CborReader reader)
    {
        if (reader.PeekState() is CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString)
            return reader.ReadTextString();
        return CborDiagnostic.Print(reader.ReadEncodedValue());
    }
}
