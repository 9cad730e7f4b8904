using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Asa.Embedded;

/// <summary>
/// A network of GRASP engines, the real ones, on virtual time and in the thread that runs it: for testing agents, one or thousands of
/// them, in no time and in the same order each time. No sockets, no rights, no clock.
/// <code>
/// var network = SimulatedGrasp.Line(3);
/// network.Run(async () =>
/// {
///     await using var asa = await network.Nodes[0].Api.RegisterAsaAsync("tester");
///     await Task.Delay(TimeSpan.FromDays(1), network.Time);      // a day passes at once
/// });
/// </code>
/// What an agent awaits inside <see cref="Run"/> must come from the API or from <see cref="Time"/>: nobody waits for other threads.
/// Not thread-safe.
/// </summary>
public sealed class SimulatedGrasp
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    private readonly PriorityQueue<Action, (Instant At, long Number)> _events = new();
    private readonly SeededRandom _random;
    private readonly ulong _seed;
    private readonly GraspOptions _options;
    private readonly List<SimulatedNode> _nodes = [];
    private readonly Dictionary<Ipv6Address, SimulatedNode> _nodeAt = [];
    private readonly List<SimulatedLink> _links = [];
    private long _numbers;
    private bool _regionsKnown;

    /// <param name="seed">Decides everything that is left to chance: session ids, losses, delays.</param>
    /// <param name="options">Of all engines; their kind is Standalone whatever is said here.</param>
    public SimulatedGrasp(ulong seed = 1, GraspOptions? options = null)
    {
        _seed = seed;
        _random = new SeededRandom(seed);
        _options = (options ?? new GraspOptions()) with { Kind = GraspInstanceKind.Standalone };
        Time = new SimulatedTime(this);
    }

    /// <summary>The virtual clock. It begins at some date of its own, so that a look at the real one shows.</summary>
    public TimeProvider Time { get; }

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    public IReadOnlyList<SimulatedLink> Links => _links;

    /// <summary>The longest that a datagram may be late beyond its millisecond, by chance: later ones overtake it.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>Told of whatever an engine wants done, before it is.</summary>
    internal Action<SimulatedNode, GraspAction>? Acting { get; init; }

    internal Action<SimulatedNode, GraspFact>? Noted { get; init; }

    /// <summary>Since the start of no machine.</summary>
    internal Instant Now { get; private set; } = new(123_456_789_000_000);

    /// <summary>Nodes in a row, each linked to the next.</summary>
    public static SimulatedGrasp Line(int count, ulong seed = 1, GraspOptions? options = null)
    {
        var network = new SimulatedGrasp(seed, options);
        for (var i = 0; i < count; i++)
        {
            network.AddNode();
            if (i > 0)
                network.Link(network.Nodes[i - 1], network.Nodes[i]);
        }

        return network;
    }

    /// <summary>All nodes on one link, as on one Ethernet.</summary>
    public static SimulatedGrasp Shared(int count, ulong seed = 1, GraspOptions? options = null)
    {
        var network = new SimulatedGrasp(seed, options);
        for (var i = 0; i < count; i++)
            network.AddNode();
        network.Link([.. network.Nodes]);
        return network;
    }

    /// <summary>Each node but the first linked to one before it, chosen by the seed.</summary>
    public static SimulatedGrasp Tree(int count, ulong seed = 1, GraspOptions? options = null)
    {
        var network = new SimulatedGrasp(seed, options);
        for (var i = 0; i < count; i++)
        {
            network.AddNode();
            if (i > 0)
                network.Link(network.Nodes[network._random.Next(i)], network.Nodes[i]);
        }

        return network;
    }

    public SimulatedNode AddNode() => AddNode(_options);

    /// <param name="options">Of this engine, as they are.</param>
    internal SimulatedNode AddNode(GraspOptions options)
    {
        var node = new SimulatedNode(this, _nodes.Count, options, new SeededRandom(_seed * 1_000_003 + (ulong)_nodes.Count));
        _nodes.Add(node);
        _nodeAt.Add(node.Address, node);
        _regionsKnown = false;
        node.Engine.SetAddress(Now, node.Address, GraspConstants.GRASP_LISTEN_PORT);
        node.Engine.SetOperational(Now, true);
        Perform(node);
        return node;
    }

    /// <summary>Puts nodes on a link, where they hear each other's multicasts.</summary>
    public SimulatedLink Link(params IReadOnlyList<SimulatedNode> nodes) => Link(GraspInterfaceKind.Multicast, nodes);

    internal SimulatedLink Link(GraspInterfaceKind kind, IReadOnlyList<SimulatedNode> nodes)
    {
        var link = new SimulatedLink(this, kind);
        _links.Add(link);
        foreach (var node in nodes)
            Join(link, node);
        return link;
    }

    /// <summary>Puts one more node on a link.</summary>
    public void Join(SimulatedLink link, SimulatedNode node)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(node);
        var id = new GraspInterfaceId(node.Links.Count + 1);
        link.Members.Add(node, id);
        node.Links.Add(id, link);
        _regionsKnown = false;
        node.Engine.HandleInterfaceUp(Now, new GraspInterface(id, link.Kind, node.LinkLocal));
        Perform(node);
    }

    /// <summary>Runs an ASA's or a test's code to its end, while virtual time passes.</summary>
    /// <param name="limit">Of virtual time; an hour by default.</param>
    /// <exception cref="TimeoutException">It has not ended by then.</exception>
    public void Run(Func<Task> work, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        Inside(() =>
        {
            var task = work();
            var patience = limit ?? TimeSpan.FromHours(1);
            Pass(patience, () => task.IsCompleted);
            if (!task.IsCompleted)
                throw new TimeoutException($"not done after {patience} of virtual time");
            task.GetAwaiter().GetResult();
        });
    }

    /// <summary>Lets time pass, or as much of it as <paramref name="until"/> needs to come true.</summary>
    public void Advance(TimeSpan time, Func<bool>? until = null) => Inside(() => Pass(time, until));

    internal void Schedule(TimeSpan delay, Action what) => _events.Enqueue(what, (Now + delay, ++_numbers));

    internal void ForgetRegions() => _regionsKnown = false;

    internal void Rename(SimulatedNode node, Ipv6Address address)
    {
        _nodeAt.Remove(node.Address);
        _nodeAt.Add(address, node);
    }

    internal void Perform(SimulatedNode node)
    {
        while (node.Engine.Facts.TryTake(out var fact))
            Noted?.Invoke(node, fact);
        while (node.Engine.Actions.TryTake(out var action))
        {
            if (!node.IsRunning)
                continue;
            Acting?.Invoke(node, action);
            Perform(node, action);
        }

        Arm(node);
    }

    /// <summary>Everybody who had a stream to it loses it.</summary>
    internal void Cut(SimulatedNode node)
    {
        foreach (var (_, far) in node.Streams)
            ScheduleClose(far);
        node.Streams.Clear();
    }

    // Continuations run where they are completed, which is here. A test framework's context would take them to other threads.
    private static void Inside(Action what)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            what();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void Pass(TimeSpan time, Func<bool>? until)
    {
        var end = Now + time;
        while (until?.Invoke() != true)
        {
            if (!_events.TryPeek(out _, out var next) || next.At > end)
            {
                Now = end;
                return;
            }

            Now = next.At > Now ? next.At : Now;
            _events.Dequeue()();
        }
    }

    /// <summary>
    /// One wake-up is under way for each node, no later than its deadline. A deadline that has moved on makes it a look in vain.
    /// </summary>
    internal void Arm(SimulatedNode node)
    {
        if (!node.IsRunning || node.Engine.NextDeadline is not { } deadline || deadline >= node.Armed)
            return;
        node.Armed = deadline;
        _events.Enqueue(() => Wake(node, deadline), (deadline > Now ? deadline : Now, ++_numbers));
    }

    private void Wake(SimulatedNode node, Instant armed)
    {
        if (node.Armed == armed)
            node.Armed = null;
        if (node.IsRunning && node.Engine.NextDeadline <= Now)
            node.Engine.HandleTime(Now);
        Perform(node);
    }

    private void Perform(SimulatedNode node, GraspAction action)
    {
        switch (action)
        {
            case GraspAction.SendMulticast a:
                foreach (var other in node.Links[a.Interface].Members.Keys)
                {
                    if (other != node)
                        Carry(node, other, node.Links[a.Interface], a.Message.Memory);
                }

                break;
            case GraspAction.SendToNeighbor a:
                if (node.Links[a.Interface].Members.Keys.FirstOrDefault(n => n.AsNeighbor == a.Neighbor) is { } neighbor)
                    Carry(node, neighbor, node.Links[a.Interface], a.Message.Memory);
                break;
            case GraspAction.Connect a:
                Schedule(Latency, () => Connect(node, a));
                break;
            case GraspAction.SendOnStream a when node.Streams.TryGetValue(a.Connection, out var to):
                Schedule(Latency, () =>
                {
                    if (!to.Node.IsRunning || !AreConnected(node, to.Node))
                        return;
                    to.Node.Engine.HandleStreamMessage(Now, to.Id, a.Message.Span);
                    Perform(to.Node);
                });
                break;
            case GraspAction.CloseStream a when node.Streams.Remove(a.Connection, out var far):
                ScheduleClose(far);
                break;
            case GraspAction.Complete a:
                node.Port.HandleComplete(Now, a.Command, a.Result);
                break;
        }
    }

    private void ScheduleClose((SimulatedNode Node, ConnectionId Id) far) => Schedule(Latency, () =>
    {
        if (!far.Node.Streams.Remove(far.Id) || !far.Node.IsRunning)
            return;
        far.Node.Engine.HandleClosed(Now, far.Id);
        Perform(far.Node);
    });

    private void Carry(SimulatedNode from, SimulatedNode to, SimulatedLink link, ReadOnlyMemory<byte> bytes)
    {
        var unreliable = link.Kind == GraspInterfaceKind.Multicast;
        if (!link.IsUp || (unreliable && link.Loss > 0 && _random.Next(1_000_000) < link.Loss * 1_000_000))
            return;
        link.Carried++;
        var delay = unreliable && Jitter > TimeSpan.Zero ? Latency + _random.NextSpan(Jitter) : Latency;
        Schedule(delay, () =>
        {
            if (!to.IsRunning || !link.IsUp)
                return;
            to.Engine.HandleMulticast(Now, link.Members[to], from.AsNeighbor, bytes.Span);
            Perform(to);
        });
    }

    private void Connect(SimulatedNode from, GraspAction.Connect connect)
    {
        if (!from.IsRunning)
            return;
        var to = Find(from, connect.To);
        var linkLocal = connect.To.IsLinkLocal && to is not null;
        GraspInterfaceId? arrival = linkLocal ? from.Links[connect.To.Interface!.Value].Members[to!] : null;
        var accepted = to?.Engine.HandleAccepted(Now, linkLocal ? from.LinkLocal : from.Address, arrival);
        if (to is null || accepted is not { } id)
        {
            from.Engine.HandleClosed(Now, connect.Connection);
        }
        else
        {
            from.Streams.Add(connect.Connection, (to, id));
            to.Streams.Add(id, (from, connect.Connection));
            from.Engine.HandleConnected(Now, connect.Connection);
            Perform(to);
        }

        Perform(from);
    }

    private SimulatedNode? Find(SimulatedNode from, Core.Grasp.AsaLocator where)
    {
        if (where.Locator is not Ipv6Locator { Port: GraspConstants.GRASP_LISTEN_PORT } six)
            return null;
        SimulatedNode? found;
        if (where.IsLinkLocal)
            found = where.Interface is { } at && from.Links.TryGetValue(at, out var link) ? link.Members.Keys.FirstOrDefault(n => n.LinkLocal == six.Address) : null;
        else
            found = _nodeAt.GetValueOrDefault(six.Address);
        return found is { IsRunning: true } && AreConnected(from, found) ? found : null;
    }

    /// <summary>Whether links that are up lead from one to the other.</summary>
    private bool AreConnected(SimulatedNode a, SimulatedNode b)
    {
        if (!_regionsKnown)
        {
            FindRegions();
            _regionsKnown = true;
        }

        return a.Region == b.Region;
    }

    private void FindRegions()
    {
        foreach (var node in _nodes)
            node.Region = -1;
        var open = new Stack<SimulatedNode>();
        foreach (var start in _nodes)
        {
            if (start.Region >= 0)
                continue;
            start.Region = start.Number;
            open.Push(start);
            while (open.TryPop(out var node))
            {
                foreach (var link in node.Links.Values)
                {
                    if (!link.IsUp)
                        continue;
                    foreach (var next in link.Members.Keys)
                    {
                        if (next.Region >= 0)
                            continue;
                        next.Region = start.Number;
                        open.Push(next);
                    }
                }
            }
        }
    }
}
