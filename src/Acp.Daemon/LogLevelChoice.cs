namespace Acp.Daemon;

/// <summary>The least important log line that is still written.</summary>
public enum LogLevelChoice
{
    Trace,
    Debug,
    Info,
    Warning,
    Error,
}
