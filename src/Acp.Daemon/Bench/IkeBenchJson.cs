using System.Text.Json.Serialization;

namespace Acp.Daemon.Bench;

/// <summary>What <c>acpd bench ike --json</c> prints.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IkeBenchFigures))]
internal sealed partial class IkeBenchJson : JsonSerializerContext;
