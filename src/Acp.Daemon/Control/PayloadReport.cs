namespace Acp.Daemon.Control;

/// <summary>One payload of a traced IKE message.</summary>
/// <param name="Payload">"SA", "KE", "N", "CERT" …, as RFC 7296 §1.2 abbreviates them.</param>
/// <param name="Text">What it says.</param>
/// <param name="Details">More lines: proposals, what stands in a certificate.</param>
public sealed record PayloadReport(string Payload, string Text, IReadOnlyList<string> Details);
