namespace Acp.Daemon.Control;

/// <summary>One rule of the domain membership check.</summary>
/// <param name="Rule">"rule 2" as RFC 8994 §6.2.3 counts, or "ID".</param>
/// <param name="Outcome">"passed", "failed", "skipped" (with the reason), or "not reached" after a failure.</param>
public sealed record RuleReport(string Rule, string Says, string Outcome, string? Detail);
