namespace Acp.Daemon.Bench;

/// <summary>A benchmark cannot be run here; the message says what is missing.</summary>
public sealed class EspBenchException(string message) : Exception(message);
