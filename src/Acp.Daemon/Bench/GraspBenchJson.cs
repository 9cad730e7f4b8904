using System.Text.Json.Serialization;

namespace Acp.Daemon.Bench;

/// <summary>What <c>acpd bench grasp --json</c> prints.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GraspBenchFigures))]
internal sealed partial class GraspBenchJson : JsonSerializerContext;
