using System.Text.Json;
using System.Text.Json.Serialization;

namespace Acp.Daemon.Control;

/// <summary>The reports as JSON: snake_case names, which are part of what acpd promises to scripts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(IReadOnlyList<NeighborReport>))]
[JsonSerializable(typeof(IReadOnlyList<ChannelReport>))]
[JsonSerializable(typeof(IReadOnlyList<RouteReport>))]
[JsonSerializable(typeof(PeerReport))]
[JsonSerializable(typeof(RepairReport))]
[JsonSerializable(typeof(TraceReport))]
[JsonSerializable(typeof(ErrorReport))]
public sealed partial class ControlJson : JsonSerializerContext;
