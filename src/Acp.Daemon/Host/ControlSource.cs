using Acp.Core.Node;
using Acp.Daemon.Control;
using Acp.Daemon.Trace;
using Acp.Linux.Loop;
using Acp.Wire;

namespace Acp.Daemon.Host;

/// <summary>Answers the control socket with snapshots that the loop makes between two events.</summary>
internal sealed class ControlSource(EventLoop loop, Node node, NodeReporter reporter, NodeShell shell, TraceFeed trace) : IControlSource
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

    public Task<RepairReport> RepairAsync(CancellationToken cancellation) =>
        loop.InvokeAsync(() =>
        {
            var former = node.RplStatus.Version;
            return reporter.Repair(shell.Repair(), former);
        }).WaitAsync(cancellation);

    public async Task<ControlAnswer<ITraceSource>> OpenTraceAsync(string? peer, CancellationToken cancellation)
    {
        var opened = await loop.InvokeAsync(() => OpenTrace(peer)).WaitAsync(cancellation);
        return opened.IsGranted
            ? ControlAnswer<ITraceSource>.Grant(new OpenTrace(loop, trace, opened.Report))
            : ControlAnswer<ITraceSource>.Refuse(opened.Refusal, opened.Text);
    }

    private ControlAnswer<TraceReader> OpenTrace(string? peer)
    {
        TraceReader reader;
        if (string.IsNullOrEmpty(peer))
        {
            reader = new TraceReader(null, null);
        }
        else
        {
            var found = PeerSelector.Find(peer, reporter.Peers());
            if (found.IsGranted)
                reader = new TraceReader(found.Report.Link, found.Report.Remote);
            else if (Ipv6Address.TryParse(peer, out var address))
                // Nobody yet, or on several links: a trace may well be there before its peer.
                reader = new TraceReader(null, address);
            else
                return ControlAnswer<TraceReader>.Refuse(found.Refusal, found.Text);
        }

        return trace.TryAdd(reader, node.Channels)
            ? ControlAnswer<TraceReader>.Grant(reader)
            : ControlAnswer<TraceReader>.Refuse(ControlRefusal.Busy, $"{TraceFeed.MaxReaders} readers follow the trace already");
    }

    private ControlAnswer<PeerReport> Find(string peer, Func<PeerCandidate, PeerReport> report) =>
        Find(peer, found => ControlAnswer<PeerReport>.Grant(report(found)));

    private ControlAnswer<PeerReport> Find(string peer, Func<PeerCandidate, ControlAnswer<PeerReport>> answer)
    {
        var found = PeerSelector.Find(peer, reporter.Peers());
        return found.IsGranted ? answer(found.Report) : ControlAnswer<PeerReport>.Refuse(found.Refusal, found.Text);
    }
}
