using Acp.Daemon.Control;
using Acp.Daemon.Trace;
using Acp.Linux.Loop;

namespace Acp.Daemon.Host;

/// <summary>A reader of the trace that leaves the loop's list when its caller goes away.</summary>
internal sealed class OpenTrace(EventLoop loop, TraceFeed trace, TraceReader reader) : ITraceSource
{
    public IAsyncEnumerable<TraceReport> ReadAsync(CancellationToken cancellation) => reader.ReadAsync(cancellation);

    public void Dispose() => loop.Post(() => trace.Remove(reader));
}
