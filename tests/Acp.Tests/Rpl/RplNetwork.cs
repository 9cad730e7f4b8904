using Acp.Core;
using Acp.Core.Rpl;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Rpl;

namespace Acp.Tests.Rpl;

/// <summary>
/// Many RPL machines on one virtual clock. Links carry messages with a latency, and may lose, duplicate or
/// reorder them; a link that goes down takes with it what was on the way. Reproducible from its seed.
/// </summary>
public sealed class RplNetwork(ulong seed = 1, RplOptions? options = null)
{
    private readonly PriorityQueue<Action, (Instant, long)> _queue = new();
    private readonly RplOptions _options = options ?? new RplOptions();
    private readonly List<RplLink> _links = [];
    private readonly Dictionary<ChannelId, (RplLink Link, RplNode Node)> _ends = [];
    private long _order;
    private int _channels;

    public SeededRandom Random { get; } = new(seed);

    public Instant Now { get; private set; } = Instant.Zero + TimeSpan.FromDays(77.7);

    public List<RplNode> Nodes { get; } = [];

    public IReadOnlyList<RplLink> Links => _links;

    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>More latency for some messages, so that they overtake each other.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>Messages lost, and messages doubled, in percent.</summary>
    public int LossPercent { get; set; }

    public int DuplicatePercent { get; set; }

    public long Messages { get; private set; }

    /// <summary>Octets of these, from the ICMPv6 type on.</summary>
    public long Octets { get; private set; }

    /// <summary>Looks at every message that is sent.</summary>
    public Action<RplNode, SendRpl, RplMessage>? Observer { get; set; }

    public RplNode Add(byte preference = 1)
    {
        var node = new RplNode(this, Nodes.Count, _options with { Preference = preference }, Random.NextUInt64());
        Nodes.Add(node);
        return node;
    }

    /// <summary>A node with options of its own; <paramref name="seed"/> is the machine's.</summary>
    public RplNode Add(ulong seed, RplOptions options)
    {
        var node = new RplNode(this, Nodes.Count, options, seed);
        Nodes.Add(node);
        return node;
    }

    /// <summary>Null for a root, and when the channel to it is dead.</summary>
    public RplNode? ParentOf(RplNode node) =>
        node.Machine.Routes.TryGetValue(Ipv6Prefix.Default, out var up) && _ends[up.Channel].Link is { IsUp: true } link
            && link.ChannelOf(node) == up.Channel ? link.Other(node) : null;

    public void Add(int count)
    {
        for (var i = 0; i < count; i++)
            Add();
    }

    public RplLink Link(int a, int b, int mbps = 1000)
    {
        var link = new RplLink(Nodes[a], Nodes[b], mbps);
        _links.Add(link);
        Up(link);
        return link;
    }

    /// <summary>New channels on both ends; the far end comes up a little later than the near one.</summary>
    public void Up(RplLink link)
    {
        if (link.IsUp)
            return;
        link.IsUp = true;
        link.Epoch++;
        link.ChannelA = new ChannelId(++_channels);
        link.ChannelB = new ChannelId(++_channels);
        _ends[link.ChannelA] = (link, link.A);
        _ends[link.ChannelB] = (link, link.B);
        link.A.ChannelUp(link.ChannelA, link.Mbps);
        var epoch = link.Epoch;
        At(Now + Latency, () =>
        {
            if (link.IsUp && link.Epoch == epoch)
                link.B.ChannelUp(link.ChannelB, link.Mbps);
        });
    }

    /// <summary>Both ends notice, the far one a little later.</summary>
    public void Down(RplLink link)
    {
        if (!link.IsUp)
            return;
        link.IsUp = false;
        link.A.ChannelDown(link.ChannelA);
        var channel = link.ChannelB;
        At(Now + Latency, () => link.B.ChannelDown(channel));
    }

    public void Kill(int node)
    {
        foreach (var link in _links.Where(l => l.A == Nodes[node] || l.B == Nodes[node]))
            Down(link);
    }

    public void At(Instant when, Action what) => _queue.Enqueue(what, (when, _order++));

    /// <summary>The node has a new deadline: it is woken then, unless it has changed its mind by then.</summary>
    internal void Schedule(RplNode node)
    {
        if (node.Deadline is not { } deadline || node.WokenAt <= deadline)
            return;
        node.WokenAt = deadline;
        At(deadline, () =>
        {
            if (node.WokenAt == deadline)
                node.WokenAt = null;
            if (node.Deadline <= Now)
                node.Wake();
            else
                Schedule(node);
        });
    }

    /// <summary>Lets this much virtual time pass.</summary>
    public void Run(TimeSpan span)
    {
        var end = Now + span;
        while (true)
        {
            if (!_queue.TryPeek(out _, out var first) || first.Item1 > end)
                break;
            Now = first.Item1 > Now ? first.Item1 : Now;
            _queue.Dequeue()();
        }
        Now = end;
    }

    /// <summary>Runs until every pair of connected nodes is routable; the time it took, or null if it did not happen.</summary>
    public TimeSpan? Converge(TimeSpan limit, TimeSpan? step = null, Func<string?>? trouble = null)
    {
        var start = Now;
        while (Now - start < limit)
        {
            if ((trouble ?? Trouble)() is null)
                return Now - start;
            Run(step ?? TimeSpan.FromMilliseconds(10));
        }
        return null;
    }

    /// <summary>The first thing that is wrong with the tables of the network as a whole, or null.</summary>
    public string? Trouble()
    {
        foreach (var island in Islands())
        {
            var dodags = island.Select(n => n.Machine.Status.DodagId).Distinct().Count();
            if (dodags != 1)
                return $"{dodags} DODAGs among {island.Count} connected nodes";
            foreach (var from in island)
            {
                foreach (var to in island)
                {
                    if (from != to && Walk(from, to) is { } problem)
                        return problem;
                }
            }
        }
        return null;
    }

    /// <summary>As <see cref="Trouble"/>, for networks too big to try every pair: so many of them, and every way to and from node 0.</summary>
    public string? TroubleInSample(int pairs)
    {
        if (Nodes.Select(n => n.Machine.Status.DodagId).Distinct().Count() is var dodags and > 1)
            return $"{dodags} DODAGs";
        foreach (var node in Nodes.Skip(1))
        {
            if ((Walk(Nodes[0], node) ?? Walk(node, Nodes[0])) is { } problem)
                return problem;
        }
        var random = new SeededRandom(17);
        for (var i = 0; i < pairs; i++)
        {
            if (Walk(Nodes[random.Next(Nodes.Count)], Nodes[random.Next(Nodes.Count)]) is { } problem)
                return problem;
        }
        return null;
    }

    /// <summary>Follows the tables from one node to another, as a packet would; null when it arrives.</summary>
    public string? Walk(RplNode from, RplNode to)
    {
        var at = from;
        for (var hops = 0; hops <= Nodes.Count; hops++)
        {
            if (at == to)
                return null;
            if (at.Lookup(to.Address) is not { } route)
                return $"{from} to {to}: no route at {at}";
            var (link, node) = _ends[route.Channel];
            if (node != at || !link.IsUp || (link.ChannelA != route.Channel && link.ChannelB != route.Channel))
                return $"{from} to {to}: dead channel at {at}";
            at = link.Other(at);
        }
        return $"{from} to {to}: loop";
    }

    /// <summary>Do preferred parents form a circle anywhere? Looks at live links only.</summary>
    public bool ParentsLoop()
    {
        foreach (var start in Nodes)
        {
            var at = start;
            for (var hops = 0; at is not null; hops++)
            {
                if (hops > Nodes.Count)
                    return true;
                at = at.Machine.Routes.TryGetValue(Ipv6Prefix.Default, out var up)
                    && _ends[up.Channel].Link is { IsUp: true } link && link.ChannelOf(at) == up.Channel
                    ? link.Other(at)
                    : null;
            }
        }
        return false;
    }

    public List<List<RplNode>> Islands()
    {
        var islands = new List<List<RplNode>>();
        var seen = new HashSet<RplNode>();
        foreach (var start in Nodes)
        {
            if (!seen.Add(start))
                continue;
            var island = new List<RplNode> { start };
            for (var i = 0; i < island.Count; i++)
            {
                foreach (var link in island[i].Links)
                {
                    if (link.IsUp && seen.Add(link.Other(island[i])))
                        island.Add(link.Other(island[i]));
                }
            }
            islands.Add(island);
        }
        return islands;
    }

    internal void Carry(RplNode from, SendRpl send)
    {
        Assert.True(RplCodec.TryDecode(send.Icmpv6.Span, out var message, out var refusal), refusal.ToString());
        Messages++;
        Octets += send.Icmpv6.Length;
        Observer?.Invoke(from, send, message);
        var (link, _) = _ends[send.Channel];
        var epoch = link.Epoch;
        var to = link.Other(from);
        var copies = Random.Next(100) < LossPercent ? 0 : Random.Next(100) < DuplicatePercent ? 2 : 1;
        for (; copies > 0; copies--)
        {
            At(Now + Latency + Random.NextSpan(Jitter), () =>
            {
                if (link.IsUp && link.Epoch == epoch)
                    to.Receive(link.ChannelOf(to), from.LinkLocal, send);
            });
        }
    }
}
