using System.Text.Json;
using Acp.Asa;
using Acp.Wire.Grasp;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>One copy of a flooded objective.</summary>
/// <param name="Locator">What it is tagged with; null for nothing.</param>
/// <param name="TtlMs">Null for ever.</param>
/// <param name="Signature">A FloodSignatureStatus in snake_case; null when it is not checked.</param>
internal sealed record FloodReport(string Objective, JsonElement Value, string? Locator, long? TtlMs, string? Signature)
{
    public static FloodReport Of(TaggedObjective flood, ValueText values) => new(
        flood.Objective.Name,
        values.ToJson(flood.Objective.Value),
        flood.Locator?.Describe(),
        (long?)flood.Ttl?.TotalMilliseconds,
        flood.Signature == FloodSignatureStatus.NotChecked ? null : JsonNamingPolicy.SnakeCaseLower.ConvertName(flood.Signature.ToString()));
}
