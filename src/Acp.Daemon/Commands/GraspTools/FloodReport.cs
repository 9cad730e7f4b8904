using System.Text.Json;
using Acp.Asa;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>One copy of a flooded objective.</summary>
/// <param name="Locator">What it is tagged with; null for nothing.</param>
/// <param name="TtlMs">Null for ever.</param>
internal sealed record FloodReport(string Objective, JsonElement Value, string? Locator, long? TtlMs)
{
    public static FloodReport Of(TaggedObjective flood, ValueText values) => new(
        flood.Objective.Name, values.ToJson(flood.Objective.Value), flood.Locator?.Describe(), (long?)flood.Ttl?.TotalMilliseconds);
}
