using Acp.Core.Grasp;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Daemon.Control;
using Acp.Linux.Grasp;
using Acp.Wire.Grasp;

namespace Acp.Daemon.Host;

/// <summary>GRASP inside the ACP, for the control socket. Runs on the loop's thread.</summary>
/// <param name="substrate">Null when its port is somebody else's.</param>
internal sealed class GraspReporter(Node node, AcpSubstrate? substrate, string address)
{
    public GraspReport Report(Instant now)
    {
        var engine = node.Grasp.Engine;
        var names = node.Channels.ToDictionary(c => c.Spec.Channel.Value, c => c.Spec.InterfaceName);
        return new GraspReport(
            engine.IsOperational,
            address,
            GraspConstants.GRASP_LISTEN_PORT,
            [.. node.Grasp.Flooding.Select(f => Neighbor(now, f, names.GetValueOrDefault(f.Interface.Value, f.Interface.ToString())))],
            substrate?.StreamCount ?? 0,
            engine.SessionCount,
            engine.PendingCount,
            engine.FloodCache.Count(),
            engine.DiscoveryCache.Count());
    }

    /// <summary>Adds what is not zero, by names that stay.</summary>
    public void AddCounters(Action<string, long> add)
    {
        var engine = node.Grasp.Engine.Counters;
        add("grasp.messages-from-neighbors", engine.LinkMessages);
        add("grasp.messages-over-tls", engine.StreamMessages);
        add("grasp.discoveries-sent", engine.DiscoveriesSent);
        add("grasp.discoveries-relayed", engine.DiscoveriesRelayed);
        add("grasp.responses-sent", engine.ResponsesSent);
        add("grasp.floods-sent", engine.FloodsSent);
        add("grasp.floods-received", engine.FloodsReceived);
        add("grasp.floods-relayed", engine.FloodsRelayed);
        add("grasp.negotiations-started", engine.NegotiationsStarted);
        add("grasp.negotiations-served", engine.NegotiationsServed);
        add("grasp.synchronizations-started", engine.SynchronizationsStarted);
        add("grasp.synchronizations-served", engine.SynchronizationsServed);
        add("grasp.floods-signed", engine.FloodsSigned);
        add("grasp.certificates-fetched", engine.CertificatesFetched);
        foreach (var status in Enum.GetValues<FloodSignatureStatus>().Where(s => s != FloodSignatureStatus.NotChecked))
            add("grasp.flood-signature." + NodeReporter.Kebab(status.ToString()), engine.Signatures(status));
        foreach (var reason in Enum.GetValues<GraspDropReason>())
            add("grasp.dropped." + NodeReporter.Kebab(reason.ToString()), engine.Dropped(reason));
        if (substrate?.Counters is not { } counters)
            return;
        add("grasp.tls-connected", counters.TlsConnected);
        add("grasp.tls-accepted", counters.TlsAccepted);
        add("grasp.tls-resumed", counters.TlsResumed);
        add("grasp.tls-peers-elsewhere", counters.PeersElsewhere);
        add("grasp.floods-dropped-for-slow-neighbors", counters.FloodsDropped);
        foreach (var refusal in Enum.GetValues<SubstrateRefusal>())
            add("grasp.refused." + NodeReporter.Kebab(refusal.ToString()), counters.Refused(refusal));
        foreach (var refusal in Enum.GetValues<Acp.Core.PeerRefusal>())
            add("grasp.not-member." + NodeReporter.Kebab(refusal.ToString()), counters.NotMembers(refusal));
    }

    private static GraspNeighborReport Neighbor(Instant now, FloodingStatus flooding, string name) => new(
        name,
        flooding.Neighbor?.ToString(),
        flooding.Since is not null ? "connected" : flooding.NextAttempt is null && flooding.Neighbor is not null ? "connecting" : "waiting",
        flooding.Since is null ? null : flooding.WeOpened ? "us" : "neighbor",
        flooding.Since is { } since ? (now - since).TotalSeconds : null,
        flooding.NextAttempt is { } next ? Math.Max(0, (next - now).TotalSeconds) : null);
}
