namespace Acp.Daemon.Control;

/// <summary>The daemon could not be asked: it does not run, or it refused. The message is for people.</summary>
public sealed class ControlException : Exception
{
    public ControlException(int code, string message)
        : base(message) => Code = code;

    public ControlException(int code, string message, Exception inner)
        : base(message, inner) => Code = code;

    /// <summary>One of <see cref="ExitCode"/>.</summary>
    public int Code { get; }
}
