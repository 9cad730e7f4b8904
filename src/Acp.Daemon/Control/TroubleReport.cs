namespace Acp.Daemon.Control;

/// <summary>What went wrong with a peer last.</summary>
/// <param name="Count">How often anything did since the daemon started.</param>
public sealed record TroubleReport(string Text, DateTimeOffset At, double AgeSeconds, int Count);
