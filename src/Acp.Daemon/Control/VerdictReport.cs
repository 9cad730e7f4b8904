namespace Acp.Daemon.Control;

/// <summary>What we think of the certificate a peer showed last (RFC 8994 §6.2.3).</summary>
/// <param name="Code">A stable word for a refusal: "expired", "other-domain"; null when accepted.</param>
/// <param name="Text">Why, for people.</param>
/// <param name="Rules">One by one, in the order they are looked at.</param>
public sealed record VerdictReport(bool Accepted, string? Code, string Text, DateTimeOffset At, IReadOnlyList<RuleReport> Rules);
