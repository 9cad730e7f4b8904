using System.Text.Json;
using System.Text.Json.Serialization;

namespace Acp.Daemon.Lab;

/// <summary>The lab's result as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LabResult))]
public sealed partial class LabJson : JsonSerializerContext;
