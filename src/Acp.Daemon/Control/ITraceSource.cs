namespace Acp.Daemon.Control;

/// <summary>A trace that is being followed. Disposing ends it.</summary>
public interface ITraceSource : IDisposable
{
    /// <summary>Lines as they come; ends when the daemon stops.</summary>
    IAsyncEnumerable<TraceReport> ReadAsync(CancellationToken cancellation);
}
