using Microsoft.Extensions.Logging;

namespace Acp.Daemon.Attach;

/// <summary>Log lines about agents in other processes.</summary>
internal static partial class AttachLog
{
    [LoggerMessage(600, LogLevel.Debug, "agent attached: {Who}")]
    public static partial void Attached(ILogger log, string who);

    [LoggerMessage(601, LogLevel.Debug, "agent detached: {Who}")]
    public static partial void Detached(ILogger log, string who);

    [LoggerMessage(602, LogLevel.Warning, "agent dropped: {Who}: {Reason}")]
    public static partial void Dropped(ILogger log, string who, AttachDropReason reason);
}
