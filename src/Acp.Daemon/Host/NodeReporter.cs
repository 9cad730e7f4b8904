using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Acp.Core;
using Acp.Core.Dull;
using Acp.Core.Identity;
using Acp.Core.Ikev2;
using Acp.Core.Node;
using Acp.Core.Rpl;
using Acp.Core.Time;
using Acp.Daemon.Ca;
using Acp.Daemon.Control;
using Acp.Daemon.Journal;
using Acp.Daemon.Trace;
using Acp.Linux.DataPlane;
using Acp.Linux.Links;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Daemon.Host;

/// <summary>What the control socket shows, read off the node and the shell. Runs on the loop's thread.</summary>
internal sealed class NodeReporter(
    RunOptions options, NodeNamespaces namespaces, NodeIdentity identity, Node node, IDataPlane dataPlane, string dataPlaneWhy,
    LinkManager links, HostWindow window, RouteSocket acpRoutes, IReadOnlyCollection<LinkId> unusable,
    PeerJournal journal, GraspReporter grasp, UnknownDestinations unknownDestinations)
{
    private static readonly long ProcessStart = ProcessStartNanoseconds();

    /// <summary>Everything is made and the first flood can go out.</summary>
    public Instant? ReadyAt { get; set; }

    public StatusReport Status()
    {
        var channels = node.Channels.ToList();
        var problems = Problems().ToList();
        return new StatusReport(
            ProgramVersion.Text,
            options.Instance,
            Environment.ProcessId,
            (BootClock.Now.Nanoseconds - ProcessStart) / 1e9,
            Environment.WorkingSet / 1024,
            channels.Count > 0 ? "connected" : "alone",
            new IdentityReport(
                identity.Name.ToString(),
                identity.Name.Domain,
                identity.Address.ToString(),
                window.HostAddress.ToString(),
                identity.Prefix.ToString(),
                identity.Certificate.Subject,
                identity.NotAfter,
                Convert.ToHexStringLower(SHA256.HashData(identity.Certificate.RawDataMemory.Span))),
            new NamespacesReport(options.HostNamespace, namespaces.Abutment.ToString(), namespaces.Acp.ToString()),
            new DataPlaneReport(dataPlane.Kind == DataPlaneKind.Kernel ? "kernel" : "userspace", dataPlaneWhy),
            Rpl(),
            node.Ikev2.Status.Count(s => s.State == IkeSaState.Established),
            channels.Sum(c => c.ChildSas.Count),
            node.Adjacencies.Count,
            channels.Count,
            Routes().Count,
            Links(),
            Milestones(),
            Counters(),
            problems)
        { Grasp = grasp.Report(BootClock.Now) };
    }

    public IReadOnlyList<NeighborReport> Neighbors()
    {
        var now = BootClock.Now;
        return [.. node.Adjacencies.Entries.Select(entry => Neighbor(now, entry))];
    }

    /// <summary>Everybody who may be asked about: neighbours in the adjacency table, whoever has a channel, and whoever tried.</summary>
    public IReadOnlyList<PeerCandidate> Peers()
    {
        var channels = node.Channels.ToDictionary(c => (c.Spec.Link, c.Spec.Remote));
        var entries = node.Adjacencies.Entries.ToDictionary(e => (e.Link, Remote: e.Peer));
        var known = journal.Peers.Select(p => (p.Link, p.Remote));
        return [.. channels.Keys.Union(entries.Keys).Union(known).Order()
            .Select(key => Candidate(key, channels.GetValueOrDefault(key), entries.GetValueOrDefault(key)))];
    }

    public PeerReport Peer(PeerCandidate peer)
    {
        var now = BootClock.Now;
        var channel = node.Channels.FirstOrDefault(c => (c.Spec.Link, c.Spec.Remote) == (peer.Link, peer.Remote));
        var entry = node.Adjacencies.Entries.FirstOrDefault(e => (e.Link, e.Peer) == (peer.Link, peer.Remote));
        var past = journal.Find(peer.Link, peer.Remote);
        return new PeerReport(
            LinkName(peer.Link),
            peer.Remote.ToEndpointText(),
            channel is null ? null : Channel(now, channel, node.Ikev2.Status.Where(s => s.Channel == channel.Spec.Channel)),
            entry is null ? null : Neighbor(now, entry),
            past?.Trouble is { } trouble
                ? new TroubleReport(trouble, Date(now, past.TroubleAt), (now - past.TroubleAt).TotalSeconds, past.Troubles)
                : null,
            past?.Verdict is { } verdict
                ? new VerdictReport(
                    verdict.Accepted,
                    verdict.RefusalCode,
                    verdict.RefusalText ?? $"a member of our domain: {verdict.Identity?.NodeName}",
                    Date(now, past.VerdictAt),
                    MembershipRules.Of(verdict))
                : null,
            [.. past?.Certificates.Select(c => Certificate(c.Span)) ?? []],
            [.. past?.Events.Select(e => new EventReport(Date(now, e.At), e.Text)) ?? []]);
    }

    private static CertificateReport Certificate(ReadOnlySpan<byte> der)
    {
        if (!DomainMembershipCheck.TryLoad(der, out var certificate))
            return new CertificateReport("not readable", "", "", default, default, "", "", false, null, Convert.ToHexStringLower(SHA256.HashData(der)));
        using (certificate)
        {
            var c = CertificateDescription.Of(certificate, DateTimeOffset.UtcNow);
            return new CertificateReport(
                c.Subject, c.Issuer, c.SerialNumber, c.NotBefore, c.NotAfter, c.Validity, c.Key, c.CertificateAuthority, c.AcpNodeName, c.Sha256);
        }
    }

    private static DateTimeOffset Date(Instant now, Instant at) => DateTimeOffset.UtcNow - (now - at);

    private PeerCandidate Candidate((LinkId Link, Ipv6Address Remote) key, ChannelStatus? channel, AdjacencyEntry? entry)
    {
        var link = LinkName(key.Link);
        var remote = key.Remote.ToEndpointText();
        var peer = channel?.Peer ?? journal.Find(key.Link, key.Remote)?.Verdict?.Identity;
        var address = (peer?.AcpAddress ?? entry?.NodeId)?.ToString();
        string?[] names =
        [
            remote, $"{remote}%{link}", address, peer?.NodeName ?? entry?.NodeName, peer?.Subject,
            peer?.Subject.Split(", ").FirstOrDefault(part => part.StartsWith("CN=", StringComparison.Ordinal))?[3..],
            channel?.Spec.InterfaceName, channel?.Spec.Channel.ToString(),
        ];
        return new PeerCandidate(
            key.Link, key.Remote, [.. names.OfType<string>().Distinct()],
            string.Join(", ", new[] { $"{remote}%{link}", address, peer?.Subject, channel?.Spec.InterfaceName ?? "no channel" }.OfType<string>()));
    }

    private NeighborReport Neighbor(Instant now, AdjacencyEntry entry) =>
        new(
            LinkName(entry.Link),
            entry.Peer.ToEndpointText(),
            State(entry),
            [.. entry.Methods.Select(m => m.ToString())],
            entry.NodeId?.ToString(),
            entry.NodeName,
            node.NeighborExpiry(entry.Link, entry.Peer) is { } at ? Math.Max(0, (at - now).TotalSeconds) : 0,
            entry.Attempts,
            entry.LastError,
            entry.NextAttempt is { } next ? Math.Max(0, (next - now).TotalSeconds) : null)
        { Configured = entry.IsConfigured };

    public IReadOnlyList<ChannelReport> Channels()
    {
        var now = BootClock.Now;
        var ikeSas = node.Ikev2.Status.ToLookup(s => s.Channel);
        return [.. node.Channels.Select(channel => Channel(now, channel, ikeSas[channel.Spec.Channel]))];
    }

    private ChannelReport Channel(Instant now, ChannelStatus channel, IEnumerable<IkeSaStatus> ikeSas)
    {
        var spec = channel.Spec;
        var sas = ikeSas.ToList();
        var children = sas.SelectMany(s => s.Children).ToList();
        var traffic = dataPlane.ReadCounters(spec.Channel);
        var ike = (sas.Find(s => s is { State: IkeSaState.Established, IsReplaced: false }) ?? sas.FirstOrDefault())?.Traffic ?? new IkeSaTraffic();
        return new ChannelReport(
            spec.Channel.ToString(),
            spec.InterfaceName,
            LinkName(spec.Link),
            children.Count > 0 ? "up" : "waiting for a child SA",
            channel.WeDecide ? "decider" : "follower",
            spec.Local.ToEndpointText(),
            spec.Remote.ToEndpointText(),
            channel.Peer.AcpAddress?.ToString(),
            channel.Peer.NodeName,
            spec.Mtu,
            (now - channel.Since).TotalSeconds,
            [.. sas.Select(sa => IkeSa(now, sa))],
            [.. children.Select(sa => ChildSa(now, sa))],
            new IkeCountersReport(
                ike.ChildRekeys, ike.IkeRekeys, ike.Retransmissions, ike.RepeatedResponses, ike.FragmentsSent, ike.FragmentsReceived,
                ike.LivenessProbes),
            new TrafficReport(
                traffic.PacketsIn, traffic.OctetsIn, traffic.PacketsOut, traffic.OctetsOut, traffic.AuthenticationFailures,
                traffic.Replays, traffic.TooBig, traffic.Malformed, traffic.Dropped),
            channel.Peer.NotAfter,
            journal.Find(spec.Link, spec.Remote)?.Trouble);
    }

    private static IkeSaReport IkeSa(Instant now, IkeSaStatus sa) => new(
        sa.IkeSa.InitiatorSpi.ToString("x16", CultureInfo.InvariantCulture),
        sa.IkeSa.ResponderSpi.ToString("x16", CultureInfo.InvariantCulture),
        sa.WeInitiated ? "initiator" : "responder",
        sa is { IsReplaced: true, State: IkeSaState.Established } ? "replaced" : sa.State.ToString().ToLowerInvariant(),
        sa.Suite is { } suite ? IkeNames.Of(suite) : "",
        sa.Since is { } since ? (now - since).TotalSeconds : 0,
        Left(now, sa.RekeyAt),
        Left(now, sa.EndsAt),
        (now - sa.LastHeard).TotalSeconds,
        sa.Fragmentation,
        sa.UsesPpk);

    private static ChildSaReport ChildSa(Instant now, ChildSaStatus sa) => new(
        sa.InboundSpi.ToString("x8", CultureInfo.InvariantCulture),
        sa.OutboundSpi.ToString("x8", CultureInfo.InvariantCulture),
        IkeNames.Of(sa.Algorithm),
        sa.ExtendedSequenceNumbers,
        (now - sa.Since).TotalSeconds,
        sa.State.ToString().ToLowerInvariant(),
        Left(now, sa.RekeyAt),
        Left(now, sa.EndsAt));

    private static double? Left(Instant now, Instant? at) => at is { } due ? Math.Max(0, (due - now).TotalSeconds) : null;

    /// <summary>Read from the kernel, so that it shows what is, not what should be.</summary>
    public IReadOnlyList<RouteReport> Routes()
    {
        var names = acpRoutes.Links().ToDictionary(l => l.Index, l => l.Name);
        return [.. acpRoutes.Routes()
            .Where(r => r.Protocol == Rtnetlink.RTPROT_ACPD && r.Table == Rtnetlink.RT_TABLE_MAIN)
            .Select(r => new RouteReport(
                r.Destination.ToString(),
                r.Gateway?.ToString(),
                names.GetValueOrDefault(r.Interface, r.Interface.ToString(CultureInfo.InvariantCulture)),
                Origin(r, names.GetValueOrDefault(r.Interface, "")),
                null))];
    }

    private static string Origin(RouteMessage route, string name) =>
        route.Type == Rtnetlink.RTN_BLACKHOLE ? "blackhole"
        : route.Type == Rtnetlink.RTN_UNREACHABLE ? "unreachable"
        : name == HostWindow.AcpSideName ? "host"
        : route.Destination == Ipv6Prefix.Default ? "parent"
        : "dao";

    private static string State(AdjacencyEntry entry) => entry.State switch
    {
        AdjacencyState.NoCommonMethod => "no-common-method",
        AdjacencyState.Waiting => "waiting",
        AdjacencyState.Initiating or AdjacencyState.Responding => "connecting",
        AdjacencyState.Up => "connected",
        AdjacencyState.Backoff => "backing-off",
        AdjacencyState.Passive => "passive",
        _ => "heard",
    };

    private static long ProcessStartNanoseconds()
    {
        // /proc/self/stat: field 22 is the start in clock ticks since boot; the name in field 2 may hold spaces.
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[19], CultureInfo.InvariantCulture) * (1_000_000_000 / 100);
    }

    private string LinkName(LinkId link) =>
        link == LinkId.HostNetwork ? "host" : links.Links.TryGetValue(link.Value, out var found) ? found.Parent : link.ToString();

    private RplReport Rpl()
    {
        var status = node.RplStatus;
        var parent = status.PreferredParent;
        var route = node.Routes.TryGetValue(Ipv6Prefix.Default, out var up) ? up.NextHop.ToString() : null;
        return new RplReport(
            status.Role == RplRole.Joined ? "router" : "root",
            status.DodagId.ToString(),
            status.Version,
            status.Rank,
            parent is null ? null : route,
            parent is { } channel ? node.Channels.FirstOrDefault(c => c.Spec.Channel == channel)?.Spec.InterfaceName : null);
    }

    /// <param name="formerVersion">DODAGVersionNumber before somebody wished for repair.</param>
    public RepairReport Repair(bool begun, int formerVersion)
    {
        var rpl = Rpl();
        var subject = node.DodagId == identity.Address
            ? identity.Certificate.Subject
            : node.Channels.FirstOrDefault(c => c.Peer.AcpAddress == node.DodagId)?.Peer.Subject;
        return new RepairReport(begun, node.DodagId.ToString(), subject, formerVersion, node.RplStatus.Version, rpl.ParentInterface);
    }

    private IReadOnlyList<LinkReport> Links() =>
        [.. links.HostInterfaces.Select(host =>
        {
            var decision = links.Decisions.GetValueOrDefault(host.Index);
            var ours = links.Links.Values.FirstOrDefault(l => l.Parent == host.Name);
            return new LinkReport(
                host.Name,
                host.Index,
                KindOf(host),
                decision is LinkDecision.Wanted,
                decision switch
                {
                    LinkDecision.Ignored ignored => ignored.Reason,
                    LinkDecision.VethIntoBridge => "a bridge: a veth pair joins it",
                    LinkDecision.Macvlan => "a plain link: a macvlan lies over it",
                    _ => "not looked at yet",
                },
                host.IsRunning,
                host.Mtu,
                ours?.Name,
                ours is { IsUp: true } ? ours.Address.ToString() : null);
        })];

    private static string KindOf(LinkMessage host) =>
        (host.Flags & Rtnetlink.IFF_LOOPBACK) != 0 ? "loopback" : host.Kind.Length > 0 ? host.Kind : "ethernet";

    private MilestonesReport Milestones()
    {
        var m = node.Milestones;
        return new MilestonesReport(
            ProcessStart, ReadyAt?.Nanoseconds, m.FirstNeighbor?.Nanoseconds, m.LastNeighbor?.Nanoseconds, m.FirstChannel?.Nanoseconds,
            m.LastChannel?.Nanoseconds, m.Joined?.Nanoseconds, m.LastRoute?.Nanoseconds, m.TieBreakWait.TotalMilliseconds);
    }

    private SortedDictionary<string, long> Counters()
    {
        var counters = new SortedDictionary<string, long>(StringComparer.Ordinal);
        void Add(string name, long value)
        {
            if (value != 0)
                counters[name] = counters.GetValueOrDefault(name) + value;
        }

        foreach (var link in node.Links)
        {
            if (node.DullCounters(link.Id) is not { } dull)
                continue;
            Add("dull.sent", dull.Sent);
            Add("dull.received", dull.Received);
            Add("dull.accepted", dull.Accepted);
            Add("dull.evicted", dull.Evicted);
            foreach (var refusal in Enum.GetValues<DullRefusal>())
            {
                if (refusal != DullRefusal.None)
                    Add("dull.refused." + Kebab(refusal.ToString()), dull.Refused(refusal));
            }
        }

        node.RplCounters.AddTo((name, value) => Add("rpl." + Kebab(name), value));
        Add("rpl.unknown-destinations", unknownDestinations.Total());
        grasp.AddCounters(Add);
        Add("remote.strangers-ignored", node.StrangersIgnored);
        Add("ike.half-open", node.Ikev2.HalfOpenCount);
        return counters;
    }

    internal static string Kebab(string name) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    private IEnumerable<string> Problems()
    {
        if (options.KeyLog is { } keys)
            yield return $"DANGER: all keys of this node are written to {keys} (--key-log)";
        if (identity.NotAfter < DateTimeOffset.UtcNow)
            yield return $"the certificate of this node expired on {identity.NotAfter:u}; neighbours refuse it: renew it";
        if (!node.Grasp.Engine.IsOperational)
            yield return "GRASP cannot be used: somebody else has TCP port 7017 in the acp namespace; the log says more";
        foreach (var entry in node.Adjacencies.Entries.Where(e => e.State == AdjacencyState.Backoff && e.LastError is not null))
            yield return $"{entry.Peer.ToEndpointText()} on {LinkName(entry.Link)}: {entry.LastError}";
        foreach (var link in unusable)
            yield return $"{LinkName(link)} is up but its sockets cannot be opened; the log says why";
    }
}
