namespace Acp.Daemon.Control;

/// <summary>Something that happened to a peer.</summary>
public sealed record EventReport(DateTimeOffset At, string Text);
