using System.Text.Json;
using System.Text.Json.Serialization;

namespace Acp.Daemon.Agents.Prefixes;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(PrefixFileContent))]
internal sealed partial class PrefixJson : JsonSerializerContext;
