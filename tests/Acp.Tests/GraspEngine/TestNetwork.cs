using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>
/// Engines on links, on virtual time: a millisecond from node to node. Datagrams of multicast links may be lost and
/// overtake each other, by a seeded generator; streams and the sessions of channels keep order and lose nothing.
/// </summary>
internal sealed class TestNetwork(ulong seed = 1, GraspOptions? options = null)
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    private readonly PriorityQueue<Action, (Instant At, long Number)> _events = new();
    private readonly SeededRandom _random = new(seed);
    private readonly GraspOptions _options = options ?? new GraspOptions();
    private long _numbers;

    /// <summary>A stray look at a real clock would show at once.</summary>
    public Instant Now { get; private set; } = new(123_456_789_000_000);

    public List<TestNode> Nodes { get; } = [];

    public double Loss { get; set; }

    public bool Reorder { get; set; }

    public TestNode Add(GraspOptions? own = null)
    {
        var node = new TestNode(this, Nodes.Count, own ?? _options, new SeededRandom(seed * 1000 + (ulong)Nodes.Count));
        Nodes.Add(node);
        node.Engine.SetAddress(Now, node.Address, GraspConstants.GRASP_LISTEN_PORT);
        node.Engine.SetOperational(Now, true);
        Perform(node);
        return node;
    }

    public TestNode[] Add(int count) => [.. Enumerable.Range(0, count).Select(_ => Add())];

    public TestLink Link(GraspInterfaceKind kind, params TestNode[] nodes)
    {
        var link = new TestLink(kind);
        foreach (var node in nodes)
        {
            var id = new GraspInterfaceId(node.Links.Count + 1);
            link.Members.Add(node, id);
            node.Links.Add(id, link);
            node.Engine.HandleInterfaceUp(Now, new GraspInterface(id, kind, node.LinkLocal));
            Perform(node);
        }
        return link;
    }

    public static TestNetwork Line(int count, GraspInterfaceKind kind = GraspInterfaceKind.Channel, GraspOptions? options = null, ulong seed = 1)
    {
        var network = new TestNetwork(seed, options);
        var nodes = network.Add(count);
        for (var i = 1; i < count; i++)
            network.Link(kind, nodes[i - 1], nodes[i]);
        return network;
    }

    public static TestNetwork Ring(int count, GraspInterfaceKind kind = GraspInterfaceKind.Channel)
    {
        var network = Line(count, kind);
        network.Link(kind, network.Nodes[^1], network.Nodes[0]);
        return network;
    }

    public void Advance(TimeSpan time, Func<bool>? until = null)
    {
        var end = Now + time;
        while (until?.Invoke() != true)
        {
            Instant? next = _events.TryPeek(out _, out var key) ? key.At : null;
            foreach (var node in Nodes)
                next = Instant.Earlier(next, node.Engine.NextDeadline);
            if (next is not { } at || at > end)
            {
                Now = end;
                return;
            }
            Now = at > Now ? at : Now;
            foreach (var node in Nodes.Where(n => n.Engine.NextDeadline <= Now))
            {
                node.Engine.HandleTime(Now);
                Perform(node);
            }
            while (_events.TryPeek(out _, out key) && key.At <= Now)
                _events.Dequeue()();
        }
    }

    public void Perform(TestNode node)
    {
        node.Facts.AddRange(node.Engine.Facts.Drain());
        while (node.Engine.Actions.TryTake(out var action))
        {
            node.Actions.Add(action);
            Perform(node, action);
        }
    }

    private void Perform(TestNode node, GraspAction action)
    {
        switch (action)
        {
            case GraspAction.SendMulticast a:
                Note(node, a.Message.Span);
                foreach (var other in node.Links[a.Interface].Members.Keys.Where(n => n != node))
                    Carry(node, other, node.Links[a.Interface], a.Message.Memory);
                break;
            case GraspAction.SendToNeighbor a:
                Note(node, a.Message.Span);
                Carry(node, node.Links[a.Interface].Members.Keys.Single(n => n.AsNeighbor == a.Neighbor), node.Links[a.Interface], a.Message.Memory);
                break;
            case GraspAction.Connect a:
                Schedule(Latency, () => Connect(node, a));
                break;
            case GraspAction.SendOnStream a:
                Note(node, a.Message.Span);
                if (node.Streams.TryGetValue(a.Connection, out var to))
                {
                    Schedule(Latency, () =>
                    {
                        to.Node.Engine.HandleStreamMessage(Now, to.Id, a.Message.Span);
                        Perform(to.Node);
                    });
                }
                break;
            case GraspAction.CloseStream a:
                if (node.Streams.Remove(a.Connection, out var closed))
                {
                    Schedule(Latency, () =>
                    {
                        closed.Node.Streams.Remove(closed.Id);
                        closed.Node.Engine.HandleClosed(Now, closed.Id);
                        Perform(closed.Node);
                    });
                }
                break;
            case GraspAction.Complete a when node.Port is { } port:
                port.HandleComplete(Now, a.Command, a.Result);
                break;
            case GraspAction.Complete a:
                Assert.True(node.Results.TryAdd(a.Command, a.Result), $"{a.Command} is answered twice");
                break;
        }
    }

    private static void Note(TestNode node, ReadOnlySpan<byte> bytes)
    {
        if (GraspMessage.TryDecode(bytes, node.Engine.StreamLimits, out var message, out _))
            node.Sent.Add(message);
    }

    private void Carry(TestNode from, TestNode to, TestLink link, ReadOnlyMemory<byte> bytes)
    {
        var delay = Latency;
        if (link.Kind == GraspInterfaceKind.Multicast)
        {
            if (_random.Next(1000) < Loss * 1000)
                return;
            if (Reorder)
                delay += _random.NextSpan(TimeSpan.FromMilliseconds(20));
        }
        link.Carried++;
        Schedule(delay, () =>
        {
            to.Engine.HandleMulticast(Now, link.Members[to], from.AsNeighbor, bytes.Span);
            Perform(to);
        });
    }

    private void Connect(TestNode from, GraspAction.Connect connect)
    {
        var to = connect.To.Locator is Ipv6Locator { Port: GraspConstants.GRASP_LISTEN_PORT } six
            ? Nodes.Find(n => n.Address == six.Address
                || (connect.To.Interface is { } at && n.LinkLocal == six.Address && from.Links[at].Members.ContainsKey(n)))
            : null;
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

    private void Schedule(TimeSpan delay, Action what) => _events.Enqueue(what, (Now + delay, ++_numbers));
}
