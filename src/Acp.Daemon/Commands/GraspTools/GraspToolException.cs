namespace Acp.Daemon.Commands.GraspTools;

/// <summary>Something that was asked for does not work, in one line for people.</summary>
/// <param name="code">One of <see cref="ExitCode"/>.</param>
internal sealed class GraspToolException(int code, string message) : Exception(message)
{
    public int Code { get; } = code;
}
