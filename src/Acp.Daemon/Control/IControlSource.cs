namespace Acp.Daemon.Control;

/// <summary>
/// What the control socket shows, as the daemon sees it. Called from any thread; an implementation asks its loop and
/// answers with a consistent snapshot.
/// </summary>
public interface IControlSource
{
    Task<StatusReport> GetStatusAsync(CancellationToken cancellation);

    Task<IReadOnlyList<NeighborReport>> GetNeighborsAsync(CancellationToken cancellation);

    Task<IReadOnlyList<ChannelReport>> GetChannelsAsync(CancellationToken cancellation);

    Task<IReadOnlyList<RouteReport>> GetRoutesAsync(CancellationToken cancellation);
}
