using System.Text.Json.Serialization;

namespace Acp.Daemon.Sim;

/// <summary>What <c>acpd sim --json</c> prints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(SimResult))]
[JsonSerializable(typeof(SimSeedsResult))]
[JsonSerializable(typeof(List<SimResult>))]
internal sealed partial class SimJson : JsonSerializerContext;
