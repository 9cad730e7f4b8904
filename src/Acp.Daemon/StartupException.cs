namespace Acp.Daemon;

/// <summary>
/// The daemon cannot start, and a person must do something about it. The message is complete: what, where, why, and
/// what to do. It is printed without a stack trace, and the process ends with <see cref="Code"/>.
/// </summary>
public sealed class StartupException : Exception
{
    public StartupException(int code, string message)
        : base(message) => Code = code;

    public StartupException(int code, string message, Exception inner)
        : base(message, inner) => Code = code;

    /// <summary>One of <see cref="ExitCode"/>.</summary>
    public int Code { get; }
}
