using System.Text.Json;
using System.Text.Json.Serialization;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>What <c>acpd grasp … --json</c> prints: snake_case names, which are part of what acpd promises to scripts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(LocatorReport))]
[JsonSerializable(typeof(ObjectiveReport))]
[JsonSerializable(typeof(FloodReport))]
[JsonSerializable(typeof(NegotiationReport))]
[JsonSerializable(typeof(SayReport))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
internal sealed partial class GraspJson : JsonSerializerContext;
