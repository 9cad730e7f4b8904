using Acp.Core.Rpl;
using Acp.Simulation.Network;
using Acp.Simulation.Routing;
using Acp.Wire;

namespace Acp.Simulation.Reports;

/// <summary>Looks at a simulation and writes down what it sees.</summary>
internal sealed class ReportBuilder(Simulation simulation)
{
    private const int MostFailures = 10;

    public SimulationReport Build()
    {
        var count = new RoutingSnapshot(simulation).Count(MostFailures);
        var nodes = Nodes();
        var convergence = simulation.Convergence;
        var converged = count.Failed == 0 && simulation.IsPoweredOn;
        return new SimulationReport
        {
            Topology = simulation.Options.Topology.Name,
            NodeCount = simulation.Nodes.Count,
            LinkCount = simulation.Links.Count,
            Seed = simulation.Options.Seed,
            Converged = converged,
            TimeToConverge = convergence.First - simulation.Options.Start,
            TimeToReconverge = simulation.Player.HasPlayed ? simulation.Player.Disturbances[^1].Recovery : null,
            Elapsed = simulation.Elapsed,
            Events = simulation.Events,
            TraceHash = simulation.TraceHash,
            PairsChecked = count.Pairs,
            PairsFailed = count.Failed,
            Failures = [.. count.Failures.Select(simulation.Describe)],
            Depth = nodes.Max(n => n.Depth) ?? 0,
            Root = Root(),
            Sent = Sent(),
            SentToConverge = convergence.SentAtFirst,
            Breaches = simulation.Breaches,
            Samples = simulation.Samples,
            Disturbances = simulation.Player.Disturbances,
            Nodes = nodes,
            Links = Links(),
        };
    }

    /// <summary>All that was sent so far.</summary>
    public TrafficReport Sent()
    {
        var sent = TrafficReport.None;
        foreach (var node in simulation.Nodes)
            sent += node.Sent;
        return sent;
    }

    /// <summary>The root of the largest DODAG.</summary>
    public int? Root() => LargestDodag().Id is { } id ? simulation.FindNode(id)?.Number : null;

    public TimeSample Sample(bool whole = true)
    {
        var (running, routes) = (0, 0L);
        foreach (var node in simulation.Nodes)
        {
            if (!node.IsRunning)
                continue;
            running++;
            routes += node.Routes.Count;
        }

        var (_, joined, dodags) = LargestDodag();
        long? reachable = null;
        if (whole && simulation.Options.SampleReachability)
        {
            var count = new RoutingSnapshot(simulation).Count(0);
            reachable = count.Pairs - count.Failed;
        }

        return new TimeSample(
            simulation.Elapsed, running, simulation.Links.Count(l => StateOf(l) == ChannelState.Up), dodags, joined, routes,
            whole ? Sent() : TrafficReport.None, reachable);
    }

    private static ChannelState StateOf(SimulatedLink link)
    {
        if (link.A.Channels.Count == 0 && link.B.Channels.Count == 0)
            return ChannelState.None;
        return Arrives(link.A) && Arrives(link.B) ? ChannelState.Up : ChannelState.HalfOpen;
    }

    private static bool Arrives(SimulatedPort port) => port.Channels is [var channel, ..] && port.Node.OtherEnd(channel.Spec.Channel) is not null;

    private (Ipv6Address? Id, int Members, int Dodags) LargestDodag()
    {
        var sizes = new Dictionary<Ipv6Address, int>();
        (Ipv6Address? Id, int Members) largest = (null, 0);
        foreach (var node in simulation.Nodes)
        {
            if (!Simulation.IsMember(node))
                continue;
            var id = node.Node.DodagId;
            var size = sizes[id] = sizes.GetValueOrDefault(id) + 1;
            if (size > largest.Members)
                largest = (id, size);
        }

        return (largest.Id, largest.Members, sizes.Count);
    }

    private List<NodeReport> Nodes()
    {
        var statuses = new RplStatus?[simulation.Nodes.Count];
        var parents = new int[simulation.Nodes.Count];
        foreach (var node in simulation.Nodes)
        {
            var status = statuses[node.Number] = node.IsRunning ? node.Node.RplStatus : null;
            parents[node.Number] = status?.PreferredParent is { } parent ? node.OtherEnd(parent)?.Number ?? -1 : -1;
        }

        var depths = new int?[parents.Length];
        var known = new bool[parents.Length];
        return [.. simulation.Nodes.Select(node =>
        {
            var status = statuses[node.Number];
            return new NodeReport(
                node.Number,
                node.Name,
                node.AcpAddress,
                node.IsRunning,
                node.IsRogue,
                status?.Role ?? RplRole.Floating,
                status is null ? null : simulation.FindNode(status.DodagId)?.Number,
                status?.Rank ?? Rank.Infinite,
                DepthOf(node.Number),
                parents[node.Number] < 0 ? null : parents[node.Number],
                status is null ? [] : [.. status.DaoParents.Select(p => node.OtherEnd(p)?.Number).OfType<int>()],
                node.Channels.Count,
                node.Routes.Count,
                node.Sent);
        })];

        int? DepthOf(int node)
        {
            var path = new List<int>();
            var at = node;
            while (at >= 0 && !known[at] && statuses[at] is { Role: RplRole.Joined } && path.Count <= parents.Length)
            {
                path.Add(at);
                at = parents[at];
            }

            int? depth = at < 0 || path.Count > parents.Length || statuses[at] is null ? null : known[at] ? depths[at] : 0;
            if (at >= 0)
                (depths[at], known[at]) = (depth, true);
            for (var i = path.Count - 1; i >= 0; i--)
            {
                depth++;
                (depths[path[i]], known[path[i]]) = (depth, true);
            }

            return depths[node];
        }
    }

    private List<LinkReport> Links() =>
        [.. simulation.Links.Select(link =>
        {
            var (a, b) = (link.A.Node.Number, link.B.Node.Number);
            return new LinkReport(
                link.Number, a, b, link.IsUp, link.IsSilent, StateOf(link), Leads(link.A) || Leads(link.B), link.Sent, link.Lost);
        })];

    /// <summary>This end's node has its default route through the link.</summary>
    private static bool Leads(SimulatedPort port) =>
        port.Node.Routes.Default is { } channel && port.Node.FindChannel(channel)?.Port == port;
}
