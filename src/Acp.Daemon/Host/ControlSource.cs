using Acp.Daemon.Control;
using Acp.Linux.Loop;

namespace Acp.Daemon.Host;

/// <summary>Answers the control socket with snapshots that the loop makes between two events.</summary>
internal sealed class ControlSource(EventLoop loop, NodeReporter reporter, NodeShell shell) : IControlSource
{
    public Task<StatusReport> GetStatusAsync(CancellationToken cancellation) =>
        loop.InvokeAsync(reporter.Status).WaitAsync(cancellation);

    public Task<IReadOnlyList<NeighborReport>> GetNeighborsAsync(CancellationToken cancellation) =>
        loop.InvokeAsync(reporter.Neighbors).WaitAsync(cancellation);

    public Task<IReadOnlyList<ChannelReport>> GetChannelsAsync(CancellationToken cancellation) =>
        loop.InvokeAsync(reporter.Channels).WaitAsync(cancellation);

    public Task<IReadOnlyList<RouteReport>> GetRoutesAsync(CancellationToken cancellation) =>
        loop.InvokeAsync(reporter.Routes).WaitAsync(cancellation);

    public Task<ControlAnswer<PeerReport>> GetPeerAsync(string peer, CancellationToken cancellation) =>
        loop.InvokeAsync(() => Find(peer, reporter.Peer)).WaitAsync(cancellation);

    public Task<ControlAnswer<PeerReport>> WishAsync(string peer, ChannelWish wish, CancellationToken cancellation) =>
        loop.InvokeAsync(() => Find(peer, found =>
        {
            if (reporter.Peer(found) is { Channel: null })
            {
                return ControlAnswer<PeerReport>.Refuse(
                    ControlRefusal.NoChannel, $"there is no channel to {found.Description}; 'acpd channel {peer}' says why");
            }

            shell.Perform(wish, found.Link, found.Remote);
            return ControlAnswer<PeerReport>.Grant(reporter.Peer(found));
        })).WaitAsync(cancellation);

    private ControlAnswer<PeerReport> Find(string peer, Func<PeerCandidate, PeerReport> report) =>
        Find(peer, found => ControlAnswer<PeerReport>.Grant(report(found)));

    private ControlAnswer<PeerReport> Find(string peer, Func<PeerCandidate, ControlAnswer<PeerReport>> answer)
    {
        var found = PeerSelector.Find(peer, reporter.Peers());
        return found.IsGranted ? answer(found.Report) : ControlAnswer<PeerReport>.Refuse(found.Refusal, found.Text);
    }
}
