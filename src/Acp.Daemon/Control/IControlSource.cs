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

    /// <param name="peer">By ACP address, node name, interface, channel or address on the link; a beginning that fits only one will do.</param>
    Task<ControlAnswer<PeerReport>> GetPeerAsync(string peer, CancellationToken cancellation);

    /// <summary>Sets about what is wished, and reports the peer as it is then: an exchange takes a while.</summary>
    /// <inheritdoc cref="GetPeerAsync"/>
    Task<ControlAnswer<PeerReport>> WishAsync(string peer, ChannelWish wish, CancellationToken cancellation);

    /// <summary>Begins global repair, if this box is the root.</summary>
    Task<RepairReport> RepairAsync(CancellationToken cancellation);

    /// <summary>IKE messages from now on, until the caller disposes it or the daemon stops.</summary>
    /// <param name="peer">As <see cref="GetPeerAsync"/>, or any IPv6 address; null for everybody.</param>
    Task<ControlAnswer<ITraceSource>> OpenTraceAsync(string? peer, CancellationToken cancellation);
}
