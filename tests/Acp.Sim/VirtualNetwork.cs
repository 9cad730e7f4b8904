using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Sim;

/// <summary>
/// Whole nodes on virtual links and one virtual clock: no sockets, no sleeping, the same result for the same seed.
/// A link delivers after its latency, or not at all; an SA carries a packet only if the other end holds the same SPI
/// and key, as on a real wire.
/// </summary>
public sealed class VirtualNetwork(ulong seed, Instant start)
{
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private readonly List<VirtualNode> _nodes = [];
    private readonly List<VirtualLink> _links = [];
    private long _order;

    public SeededRandom Random { get; } = new(seed);

    public Instant Now { get; private set; } = start;

    public IReadOnlyList<VirtualNode> Nodes => _nodes;

    public IReadOnlyList<VirtualLink> Links => _links;

    public VirtualNode AddNode(string name, NodeOptions? options = null)
    {
        var node = new VirtualNode(this, name, _nodes.Count + 1, options ?? new NodeOptions());
        _nodes.Add(node);
        return node;
    }

    public VirtualLink Join(VirtualNode a, VirtualNode b, TimeSpan? latency = null, double loss = 0)
    {
        var link = new VirtualLink(this, a, b, latency ?? TimeSpan.FromMilliseconds(1), loss);
        _links.Add(link);
        return link;
    }

    public void After(TimeSpan delay, Action action) => _events.Enqueue(action, ((Now + delay).Nanoseconds, _order++));

    /// <summary>Runs events and deadlines up to <paramref name="span"/> from now, or until <paramref name="until"/> holds.</summary>
    /// <returns>Whether <paramref name="until"/> held; true without one.</returns>
    public bool Run(TimeSpan span, Func<bool>? until = null)
    {
        var end = Now + span;
        while (true)
        {
            if (until is not null && until())
                return true;
            VirtualNode? due = null;
            var next = end;
            foreach (var node in _nodes)
            {
                if (node.NextDeadline is { } at && at < next)
                {
                    next = at;
                    due = node;
                }
            }

            if (_events.TryPeek(out _, out var first) && first.At <= next.Nanoseconds && first.At <= end.Nanoseconds)
            {
                Now = new Instant(Math.Max(Now.Nanoseconds, first.At));
                _events.Dequeue()();
            }
            else if (due is not null)
            {
                // A machine that asks to be woken in the past and does nothing would hang the simulation.
                Now = next > Now ? next : Now;
                due.Wake();
            }
            else
            {
                Now = end;
                return until is null || until();
            }
        }
    }

    /// <summary>
    /// Follows routing tables from every node to every other's ACP address. Returns the pairs that fail, with the reason.
    /// </summary>
    public List<string> UnreachablePairs()
    {
        var failures = new List<string>();
        foreach (var from in _nodes.Where(n => n.IsRunning))
        {
            foreach (var to in _nodes.Where(n => n.IsRunning && n != from))
            {
                if (Walk(from, to, out var failure) is null)
                    failures.Add(failure);
            }
        }

        return failures;
    }

    /// <summary>Channels on the way that routing tables lead; null when they do not.</summary>
    public int? Hops(VirtualNode from, VirtualNode to) => Walk(from, to, out _);

    private int? Walk(VirtualNode from, VirtualNode to, out string failure)
    {
        failure = "";
        var at = from;
        var hops = 0;
        while (at != to)
        {
            if (++hops > _nodes.Count)
                failure = $"{from.Name} → {to.Name}: loop at {at.Name}";
            else if (at.Lookup(to.AcpAddress) is not { } channel)
                failure = $"{from.Name} → {to.Name}: no route at {at.Name}";
            else if (at.OtherEnd(channel) is not { } next)
                failure = $"{from.Name} → {to.Name}: dead channel {channel} at {at.Name}";
            else
            {
                at = next;
                continue;
            }

            return null;
        }

        return hops;
    }
}
