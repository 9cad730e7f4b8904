using System.Text.Json.Serialization;

namespace Acp.Daemon.Bench;

/// <summary>What <c>acpd bench esp --json</c> prints.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<EspBenchRow>))]
internal sealed partial class EspBenchJson : JsonSerializerContext;
