using System.Text.Json.Serialization;

namespace Acp.Daemon.Lab;

/// <summary>How a lab went: the one JSON object of <c>acpd lab run --json</c>. The names are part of what acpd promises to scripts.</summary>
/// <param name="Nodes">Boxes.</param>
/// <param name="Topology">"line", …</param>
/// <param name="Dataplane">What the boxes really used: "userspace", "kernel", or "mixed".</param>
/// <param name="Pairs">Ordered pairs of boxes.</param>
/// <param name="Reachable">Those of them that reached each other in both views, acp namespace and host.</param>
/// <param name="ConvergedMs">From the start of the processes to the last pair's first echo; null when some pair never got one.</param>
/// <param name="Phases">Where that time went.</param>
/// <param name="Failures">What is wrong, in words; empty when all is well.</param>
public sealed record LabResult(
    int Nodes,
    string Topology,
    string Dataplane,
    int Pairs,
    int Reachable,
    double? ConvergedMs,
    LabPhases Phases,
    IReadOnlyList<LabNodeResult> PerNode,
    IReadOnlyList<string> Failures)
{
    [JsonIgnore]
    public bool Passed => Failures.Count == 0;
}
