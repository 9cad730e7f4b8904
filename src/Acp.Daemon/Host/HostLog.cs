using Microsoft.Extensions.Logging;

namespace Acp.Daemon.Host;

/// <summary>Log lines of starting up.</summary>
internal static partial class HostLog
{
    [LoggerMessage(90, LogLevel.Warning, "{Warning}")]
    public static partial void StateDirectoryWarning(ILogger logger, string warning);

    [LoggerMessage(92, LogLevel.Information, "{Count} CRLs are in use, from {Directory}")]
    public static partial void RevocationLoaded(ILogger logger, int count, string directory);

    [LoggerMessage(91, LogLevel.Warning, "DANGER: all keys of this node are written to {Directory}. Whoever can read it can read all "
        + "traffic of this node's secure channels. This is for tests: remove --key-log on a box that matters")]
    public static partial void KeyLogIsOn(ILogger logger, string directory);
}
