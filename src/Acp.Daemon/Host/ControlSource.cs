using Acp.Daemon.Control;
using Acp.Linux.Loop;

namespace Acp.Daemon.Host;

/// <summary>Answers the control socket with snapshots that the loop makes between two events.</summary>
internal sealed class ControlSource(EventLoop loop, NodeReporter reporter) : IControlSource
{
    public Task<StatusReport> GetStatusAsync(CancellationToken cancellation) =>
        loop.InvokeAsync(reporter.Status).WaitAsync(cancellation);

    public Task<IReadOnlyList<NeighborReport>> GetNeighborsAsync(CancellationToken cancellation) =>
        loop.InvokeAsync(reporter.Neighbors).WaitAsync(cancellation);

    public Task<IReadOnlyList<ChannelReport>> GetChannelsAsync(CancellationToken cancellation) =>
        loop.InvokeAsync(reporter.Channels).WaitAsync(cancellation);

    public Task<IReadOnlyList<RouteReport>> GetRoutesAsync(CancellationToken cancellation) =>
        loop.InvokeAsync(reporter.Routes).WaitAsync(cancellation);
}
