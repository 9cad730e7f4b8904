using Acp.Core;
using Acp.Core.Time;
using Acp.Simulation.Network;
using Acp.Simulation.Routing;
using SimulatedNetwork = Acp.Simulation.Simulation;

namespace Acp.Sim;

/// <summary>
/// Traffic that the loss of the root has nothing to do with. The sub-DODAG of a node is "the set of other nodes whose paths to the DODAG
/// root pass through that node" (RFC 6550 §2). A pair counts when both of its ends are a certain child of the root or in the sub-DODAG of
/// that child, and the way between them, as the routing tables have it the moment before the root dies, does not leave it. Since nothing
/// but the root dies, every node and every link of that way lives on.
/// <para>
/// In a mesh a subtree below the root comes apart all the same, as its nodes find other parents. A pair is <em>unaffected</em> when no node of
/// its way does: each keeps the way up that it had, but for the topmost, whose way up left this way before.
/// </para>
/// </summary>
internal sealed class SubtreeTraffic
{
    private readonly SimulatedNetwork _network;
    private readonly Dictionary<int, List<int>> _sourcesOf = [];
    private readonly Dictionary<(int From, int To), Instant> _apart = [];
    private readonly HashSet<(int From, int To)> _ever = [];
    private readonly Dictionary<(int From, int To), List<int>> _ways = [];
    private readonly ChannelId?[] _wayUp;
    private readonly HashSet<int> _moved = [];
    private readonly int?[] _parents;
    private long _version = -1;

    /// <summary>To be called while the root still lives.</summary>
    /// <param name="most">Pairs that are followed at most, evenly chosen.</param>
    public SubtreeTraffic(SimulatedNetwork network, SimulatedNode root, int most)
    {
        _network = network;
        var parents = network.Report().Nodes.ToDictionary(n => n.Number, n => n.Parent);
        _parents = [.. network.Nodes.Select(n => parents[n.Number])];
        _wayUp = [.. network.Nodes.Select(n => n.Routes.Default)];
        var childOfRoot = parents.Keys.ToDictionary(n => n, ChildAbove);
        var before = new RoutingSnapshot(network);
        var members = childOfRoot.Where(n => n.Value is not null).GroupBy(n => n.Value!.Value, n => n.Key).Select(g => g.Order().ToList()).ToList();
        var all = members.Sum(g => (long)g.Count * (g.Count - 1));
        var oneOf = (int)Math.Max(1, all / most);
        var number = 0;
        foreach (var subtree in members)
        {
            var inside = subtree.ToHashSet();
            foreach (var to in subtree)
            {
                foreach (var from in subtree)
                {
                    if (from == to || number++ % oneOf != 0)
                        continue;
                    var way = before.Way(from, to);
                    if (way[^1] != to || !way.TrueForAll(inside.Contains))
                        continue;
                    if (!_sourcesOf.TryGetValue(to, out var sources))
                        _sourcesOf[to] = sources = [];
                    sources.Add(from);
                    _ways.Add((from, to), way);
                    Pairs++;
                }
            }
        }

        int? ChildAbove(int node)
        {
            for (var steps = 0; steps <= parents.Count && node != root.Number; steps++)
            {
                if (parents[node] is not { } parent)
                    return null;
                if (parent == root.Number)
                    return node;
                node = parent;
            }

            return null;
        }
    }

    public int Pairs { get; private set; }

    /// <summary>Pairs that did not route at some look.</summary>
    public int Interrupted => _ever.Count;

    public TimeSpan Longest { get; private set; }

    /// <summary>Pairs of whose way no node changed its way up.</summary>
    public int Unaffected => _ways.Count(w => IsUnaffected(w.Value));

    /// <summary>Those of them that did not route at some look.</summary>
    public int UnaffectedInterrupted => _ever.Count(pair => IsUnaffected(_ways[pair]));

    /// <summary>The first interruption, in words.</summary>
    public string First { get; private set; } = "none";

    /// <summary>Follows all pairs, if anything changed.</summary>
    public void Look()
    {
        if (_version != _network.RoutingVersion)
        {
            _version = _network.RoutingVersion;
            foreach (var node in _network.Nodes)
            {
                if (node.Routes.Default != _wayUp[node.Number])
                    _moved.Add(node.Number);
            }

            var failing = new RoutingSnapshot(_network).Failing(_sourcesOf);
            var now = failing.Select(f => (f.From, f.To)).ToHashSet();
            foreach (var over in _apart.Keys.Where(p => !now.Contains(p)).ToList())
                _apart.Remove(over);
            foreach (var pair in now)
            {
                _apart.TryAdd(pair, _network.Now);
                _ever.Add(pair);
            }

            if (failing.Count > 0 && First == "none")
                First = $"{_network.Elapsed}: {_network.Describe(failing[0])}";
        }

        foreach (var since in _apart.Values)
            Longest = _network.Now - since > Longest ? _network.Now - since : Longest;
    }

    private bool IsUnaffected(List<int> way) => way.TrueForAll(n => !_moved.Contains(n) || _parents[n] is not { } parent || !way.Contains(parent));
}
