using System.Text.Json;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>A move in a negotiation, or its end.</summary>
/// <param name="Event">offered (by the peer), accepted or declined (by the peer), took or left (by us), asked (a request came in).</param>
/// <param name="Value">What was offered or agreed.</param>
/// <param name="Steps">What is left of the loop count.</param>
internal sealed record NegotiationReport(string Event, string Objective, JsonElement? Value, int? Steps, string? Reason, string? Peer);
