using Microsoft.Extensions.Logging;

namespace Acp.Daemon;

/// <summary>The daemon proper: runs until <paramref name="stop"/>, leaves nothing behind, returns an <see cref="ExitCode"/>.</summary>
/// <exception cref="StartupException">It cannot start, and the message says what to do.</exception>
public delegate Task<int> DaemonMain(RunOptions options, ILoggerFactory logs, CancellationToken stop);
