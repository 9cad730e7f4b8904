using Microsoft.Extensions.Logging;

namespace Acp.Daemon.Logging;

/// <summary>What <c>acpd run</c> itself has to say. Event ids 100 to 199.</summary>
internal static partial class RunLog
{
    [LoggerMessage(100, LogLevel.Information, "acpd {Version} starts as instance {Instance}, process {Pid}")]
    public static partial void Starting(ILogger logger, string version, string instance, int pid);

    [LoggerMessage(101, LogLevel.Information, "Stopping: {Signal}")]
    public static partial void Stopping(ILogger logger, string signal);

    [LoggerMessage(102, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(103, LogLevel.Information, "Log level is now {Level}, from {Path}")]
    public static partial void LevelChanged(ILogger logger, LogLevelChoice level, string path);

    [LoggerMessage(104, LogLevel.Warning, "SIGHUP changed nothing: {Reason}")]
    public static partial void LevelUnchanged(ILogger logger, string reason);

    [LoggerMessage(105, LogLevel.Error, "Cannot start: {Reason}")]
    public static partial void CannotStart(ILogger logger, string reason);

    [LoggerMessage(106, LogLevel.Critical, "Failed")]
    public static partial void Failed(ILogger logger, Exception exception);
}
