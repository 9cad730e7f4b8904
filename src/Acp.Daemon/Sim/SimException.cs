namespace Acp.Daemon.Sim;

/// <summary>A simulation cannot be made as asked; the message says why, for people.</summary>
internal sealed class SimException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
