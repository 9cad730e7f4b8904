using Microsoft.Extensions.Logging;

namespace Acp.Daemon.Host;

/// <summary>Log lines of starting up.</summary>
internal static partial class HostLog
{
    [LoggerMessage(90, LogLevel.Warning, "{Warning}")]
    public static partial void StateDirectoryWarning(ILogger logger, string warning);
}
