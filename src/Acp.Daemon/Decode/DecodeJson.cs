using System.Text.Json;
using System.Text.Json.Serialization;

namespace Acp.Daemon.Decode;

/// <summary>snake_case, as all reports; what is unknown is left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(DecodeReport))]
internal sealed partial class DecodeJson : JsonSerializerContext;
