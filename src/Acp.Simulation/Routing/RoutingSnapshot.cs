using Acp.Core;
using Acp.Simulation.Network;
using Acp.Wire;

namespace Acp.Simulation.Routing;

/// <summary>
/// All routing tables at one instant, as "who hands a packet for this destination to whom": for each node its default, and for
/// each destination the nodes that have a route of their own to it. Everybody else uses its default, so that all pairs can be
/// judged by walking the defaults once and each explicit entry once: exact, and as cheap as reading the tables.
/// </summary>
internal sealed class RoutingSnapshot
{
    /// <summary>Instead of a next node: there is no route.</summary>
    public const int NoRoute = -1;

    /// <summary>Instead of a next node: the channel leads nowhere.</summary>
    public const int DeadChannel = -2;

    /// <summary>Instead of a destination: what has no entry anywhere.</summary>
    private const int Nobody = -3;

    private readonly Simulation _simulation;
    private readonly IReadOnlyList<SimulatedNode> _nodes;
    private readonly int[] _defaults;
    private readonly int[] _starts;
    private readonly int[] _fill;
    private readonly Table[] _tables;
    private readonly Dictionary<ChannelId, int> _nextOf = [];
    private int[] _components = [];
    private int[] _entryNodes = [];
    private int[] _entryNexts = [];

    // Of the destination that is looked at: stamps say which of the fields below belong to it.
    private readonly int[] _stamps;
    private readonly int[] _nexts;
    private readonly int[] _seen;
    private readonly int[] _results;
    private readonly List<int> _path = [];
    private int _stamp;

    public RoutingSnapshot(Simulation simulation)
    {
        _simulation = simulation;
        _nodes = simulation.Nodes;
        var count = _nodes.Count;
        _tables = [.. _nodes.Select(_ => new Table())];
        _defaults = new int[count];
        _starts = new int[count + 1];
        _fill = new int[count];
        _stamps = new int[count];
        _nexts = new int[count];
        _seen = new int[count];
        _results = new int[count];
        Read();
    }

    /// <summary>The simulation's <see cref="Simulation.RoutingVersion"/> when it was read.</summary>
    public long Version { get; private set; }

    /// <summary>Explicit entries of all tables together.</summary>
    public int EntryCount { get; private set; }

    /// <summary>Reads all tables that have changed, as they are now.</summary>
    public void Read()
    {
        Version = _simulation.RoutingVersion;
        _components = _simulation.Components();
        foreach (var node in _nodes)
        {
            if (_tables[node.Number].Version != node.RoutingVersion)
                ReadTable(node, _tables[node.Number]);
        }

        Sort();
    }

    /// <summary>
    /// Whether every running member reaches every other one that the topology joins it to. False may also be said of a network
    /// in which all pairs route although defaults go round in circles; <see cref="Count"/> tells.
    /// </summary>
    /// <param name="failure">A pair that does not route.</param>
    public bool IsComplete(out RoutingFailure failure)
    {
        failure = default;
        var roots = new Dictionary<int, int>();
        if (!DefaultsLeadToRoots(roots, ref failure))
            return false;
        foreach (var destination in _nodes)
        {
            if (!IsMember(destination))
                continue;
            Select(destination.Number);
            var root = roots[_components[destination.Number]];
            for (var slot = _starts[destination.Number]; slot < _starts[destination.Number + 1]; slot++)
            {
                var at = _entryNodes[slot];
                if (SameComponent(at, destination.Number) && Resolve(at, destination.Number) != RoutingResult.Arrives)
                    return Fail(at, destination.Number, ref failure);
            }

            // Whoever has no entry of its own follows its default, and meets somebody who has one, the root at the latest.
            if (Resolve(root, destination.Number) != RoutingResult.Arrives)
                return Fail(root, destination.Number, ref failure);
        }

        return true;
    }

    /// <summary>Follows every pair, one destination after the other.</summary>
    /// <param name="most">Failures to describe at most.</param>
    public RoutingCount Count(int most)
    {
        var (pairs, failed) = (0L, 0L);
        var failures = new List<RoutingFailure>();
        foreach (var destination in _nodes)
        {
            if (!IsMember(destination))
                continue;
            Select(destination.Number);
            foreach (var from in _nodes)
            {
                if (from == destination || !IsMember(from) || !SameComponent(from.Number, destination.Number))
                    continue;
                pairs++;
                var result = Resolve(from.Number, destination.Number);
                if (result == RoutingResult.Arrives)
                    continue;
                failed++;
                if (failures.Count < most)
                    failures.Add(new RoutingFailure(from.Number, destination.Number, result));
            }
        }

        return new RoutingCount(pairs, failed, failures);
    }

    /// <summary>Follows chosen pairs only: for each destination, those from which packets should reach it.</summary>
    public List<RoutingFailure> Failing(IReadOnlyDictionary<int, List<int>> sourcesOf)
    {
        var failures = new List<RoutingFailure>();
        foreach (var (destination, sources) in sourcesOf)
        {
            Select(destination);
            foreach (var from in sources)
            {
                if (Resolve(from, destination) is var result and not RoutingResult.Arrives)
                    failures.Add(new RoutingFailure(from, destination, result));
            }
        }

        return failures;
    }

    /// <summary>Every loop that a packet can get into: the destination (or −1 for defaults) and the lowest node of the loop.</summary>
    public HashSet<(int Destination, int Node)> Loops()
    {
        var loops = new HashSet<(int, int)>();
        for (var destination = 0; destination < _nodes.Count; destination++)
        {
            if (_starts[destination] == _starts[destination + 1])
                continue;
            Select(destination);
            for (var slot = _starts[destination]; slot < _starts[destination + 1]; slot++)
            {
                if (Resolve(_entryNodes[slot], destination) == RoutingResult.Loops)
                    loops.Add((destination, LowestInLoop(_entryNodes[slot])));
            }
        }

        // A loop of defaults that no destination's entries break.
        _stamp++;
        for (var node = 0; node < _nodes.Count; node++)
        {
            if (Resolve(node, Nobody) == RoutingResult.Loops)
                loops.Add((-1, LowestInLoop(node)));
        }

        return loops;
    }

    /// <summary>The way from one node to another, as far as it goes.</summary>
    public List<int> Way(int from, int destination)
    {
        Select(destination);
        var way = new List<int> { from };
        var at = from;
        while (at != destination && way.Count <= _nodes.Count)
        {
            at = NextFor(at);
            if (at < 0)
                break;
            way.Add(at);
        }

        return way;
    }

    private static bool IsMember(SimulatedNode node) => node is { IsRunning: true, IsRogue: false };

    private void ReadTable(SimulatedNode node, Table table)
    {
        table.Version = node.RoutingVersion;
        table.Entries.Clear();
        _defaults[node.Number] = NoRoute;
        _nextOf.Clear();
        foreach (var (prefix, route) in node.Routes.Entries)
        {
            if (prefix == Ipv6Prefix.Default)
                _defaults[node.Number] = NextOf(node, route.Channel);
            else if (route.Owner is { } owner && owner != node
                && (prefix.Length == node.Routes.LongestLength || node.Routes.Lookup(owner.AcpAddress)?.Prefix == prefix))
                table.Entries.Add((owner.Number, NextOf(node, route.Channel)));
        }
    }

    /// <summary>Puts the entries in the order of their destinations.</summary>
    private void Sort()
    {
        Array.Clear(_starts);
        foreach (var table in _tables)
        {
            foreach (var (destination, _) in table.Entries)
                _starts[destination + 1]++;
        }

        for (var i = 0; i < _nodes.Count; i++)
            _starts[i + 1] += _starts[i];
        EntryCount = _starts[_nodes.Count];
        if (_entryNodes.Length < EntryCount)
        {
            _entryNodes = new int[2 * EntryCount];
            _entryNexts = new int[2 * EntryCount];
        }

        _starts.AsSpan(0, _fill.Length).CopyTo(_fill);
        for (var node = 0; node < _tables.Length; node++)
        {
            foreach (var (destination, next) in _tables[node].Entries)
            {
                var slot = _fill[destination]++;
                _entryNodes[slot] = node;
                _entryNexts[slot] = next;
            }
        }
    }

    /// <summary>Of the table that is being read: many routes share few channels.</summary>
    private int NextOf(SimulatedNode node, ChannelId channel)
    {
        if (!_nextOf.TryGetValue(channel, out var next))
            _nextOf[channel] = next = node.OtherEnd(channel)?.Number ?? DeadChannel;
        return next;
    }

    private static bool Fail(int from, int to, ref RoutingFailure failure, RoutingResult result = RoutingResult.NoRoute)
    {
        failure = new RoutingFailure(from, to, result);
        return false;
    }

    private bool SameComponent(int a, int b) => _components[a] == _components[b];

    private bool DefaultsLeadToRoots(Dictionary<int, int> roots, ref RoutingFailure failure)
    {
        _stamp++;
        foreach (var node in _nodes)
        {
            if (IsMember(node) && _defaults[node.Number] == NoRoute && !roots.TryAdd(_components[node.Number], node.Number))
                return Fail(node.Number, roots[_components[node.Number]], ref failure);
        }

        foreach (var node in _nodes)
        {
            // Towards nobody: a chain of defaults that does not end at a node without one goes in a circle, or into nothing.
            if (IsMember(node) && (!roots.TryGetValue(_components[node.Number], out var root) || Resolve(node.Number, Nobody) != RoutingResult.NoRoute))
                return Fail(node.Number, root, ref failure, RoutingResult.Loops);
        }

        return true;
    }

    private void Select(int destination)
    {
        _stamp++;
        for (var slot = _starts[destination]; slot < _starts[destination + 1]; slot++)
        {
            _stamps[_entryNodes[slot]] = _stamp;
            _nexts[_entryNodes[slot]] = _entryNexts[slot];
        }
    }

    private int NextFor(int node) => _stamps[node] == _stamp ? _nexts[node] : _defaults[node];

    /// <summary>What becomes of a packet at a node; what was found out on the way is kept until another destination is selected.</summary>
    private RoutingResult Resolve(int node, int destination)
    {
        const int Walking = -1;
        _path.Clear();
        var at = node;
        RoutingResult result;
        while (true)
        {
            if (at == destination)
            {
                result = RoutingResult.Arrives;
                break;
            }

            if (at < 0)
            {
                result = at == DeadChannel ? RoutingResult.Dead : RoutingResult.NoRoute;
                break;
            }

            if (_seen[at] == _stamp)
            {
                result = _results[at] == Walking ? RoutingResult.Loops : (RoutingResult)_results[at];
                break;
            }

            _seen[at] = _stamp;
            _results[at] = Walking;
            _path.Add(at);
            at = NextFor(at);
        }

        foreach (var passed in _path)
            _results[passed] = (int)result;
        return result;
    }

    private int LowestInLoop(int node)
    {
        // Floyd's hare and tortoise, from wherever the way to the loop begins.
        var slow = node;
        var fast = node;
        do
        {
            slow = NextFor(slow);
            fast = NextFor(NextFor(fast));
        }
        while (slow != fast);
        var lowest = slow;
        for (var next = NextFor(slow); next != slow; next = NextFor(next))
            lowest = Math.Min(lowest, next);
        return lowest;
    }

    /// <summary>What was read of one node's table.</summary>
    private sealed class Table
    {
        /// <summary>The node's <see cref="SimulatedNode.RoutingVersion"/> when it was read.</summary>
        public long Version { get; set; } = -1;

        /// <summary>Explicit ones: to whom packets for a destination are handed.</summary>
        public List<(int Destination, int Next)> Entries { get; } = [];
    }
}
