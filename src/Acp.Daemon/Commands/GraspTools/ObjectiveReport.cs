using System.Text.Json;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>An objective and its value.</summary>
internal sealed record ObjectiveReport(string Objective, JsonElement Value);
