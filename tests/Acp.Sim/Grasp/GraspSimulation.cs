using System.Buffers.Binary;
using System.Security.Cryptography;
using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Sim.Grasp;

/// <summary>
/// Many GRASP engines inside an ACP that stands: channels between neighbours (<see cref="GraspSimLink"/>), no IKE, no
/// routing; one thread, one virtual clock, and one generator for all that is random.
/// </summary>
internal sealed class GraspSimulation : IDisposable
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    // RFC 6298: the smallest retransmission timeout that Linux uses.
    private static readonly TimeSpan RetransmissionTimeout = TimeSpan.FromMilliseconds(200);

    private readonly PriorityQueue<Event, (Instant At, long Number)> _events = new();
    private readonly IncrementalHash _trace = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SeededRandom _random;
    private readonly double _loss;
    private long _numbers;
    private long _commands;

    public GraspSimulation(int nodes, IEnumerable<(int A, int B)> links, double loss, ulong seed)
    {
        _random = new SeededRandom(seed);
        _loss = loss;
        Nodes = [.. Enumerable.Range(0, nodes).Select(i => new GraspSimNode(i, new GraspOptions(), seed * 1_000_003 + (ulong)i))];
        foreach (var node in Nodes)
        {
            node.Engine.SetAddress(Now, node.Address, GraspConstants.GRASP_LISTEN_PORT);
            node.Engine.SetOperational(Now, true);
            node.Asa = Assert.IsType<GraspResult.AsaRegistered>(Call(node, new GraspCommand.RegisterAsa("asa"))).Asa;
        }
        foreach (var (a, b) in links)
            Connect(Nodes[a], Nodes[b]);
    }

    public Instant Now { get; private set; } = new(987_654_321_000_000);

    public IReadOnlyList<GraspSimNode> Nodes { get; }

    public int Links { get; private set; }

    /// <summary>Messages that were sent from neighbour to neighbour, by their type.</summary>
    public Dictionary<byte, long> Carried { get; } = [];

    /// <summary>Messages that a loss made late.</summary>
    public long Delayed { get; private set; }

    /// <summary>All deliveries so far: when, from whom, to whom, what.</summary>
    public string TraceHash => Convert.ToHexStringLower(_trace.GetCurrentHash());

    public CommandId Begin(GraspSimNode node, GraspCommand command)
    {
        var id = new CommandId(++_commands);
        node.Engine.HandleCommand(Now, id, command);
        Perform(node);
        return id;
    }

    /// <summary>A call that is answered at once.</summary>
    public GraspResult Call(GraspSimNode node, GraspCommand command)
    {
        var id = Begin(node, command);
        Assert.True(node.Results.Remove(id, out var result), $"{command} is not answered");
        return result!;
    }

    /// <summary>The answer to a call, which comes within a virtual minute.</summary>
    public GraspResult? Await(GraspSimNode node, CommandId id)
    {
        Run(TimeSpan.FromMinutes(1), () => node.Results.ContainsKey(id));
        return node.Results.Remove(id, out var result) ? result : null;
    }

    public void Run(TimeSpan time, Func<bool>? until = null)
    {
        var end = Now + time;
        while (until?.Invoke() != true)
        {
            if (!_events.TryPeek(out _, out var key) || key.At > end)
            {
                Now = end;
                return;
            }
            var next = _events.Dequeue();
            Now = key.At;
            if (next.Link is { } link)
                Deliver(link, next.Message);
            else
                Wake(next.Node!);
        }
    }

    public void Dispose() => _trace.Dispose();

    private void Connect(GraspSimNode a, GraspSimNode b)
    {
        var (atA, atB) = (new GraspInterfaceId(a.Links.Count + 1), new GraspInterfaceId(b.Links.Count + 1));
        a.Links.Add(new GraspSimLink(b, atB, a.AsNeighbor));
        b.Links.Add(new GraspSimLink(a, atA, b.AsNeighbor));
        foreach (var (node, id, peer) in (ReadOnlySpan<(GraspSimNode, GraspInterfaceId, GraspSimNode)>)[(a, atA, b), (b, atB, a)])
        {
            node.Engine.HandleInterfaceUp(Now, new GraspInterface(id, GraspInterfaceKind.Channel, node.LinkLocal));
            node.Engine.HandleNeighborUp(Now, id, peer.AsNeighbor);
            Perform(node);
        }
        Links++;
    }

    private void Deliver(GraspSimLink link, ByteString message)
    {
        Span<byte> head = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(head, Now.Nanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], (int)link.From.Address.Low);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], link.To.Number);
        _trace.AppendData(head);
        _trace.AppendData(message.Span);
        link.To.Engine.HandleMulticast(Now, link.At, link.From, message.Span);
        Perform(link.To);
    }

    private void Wake(GraspSimNode node)
    {
        // A deadline that has moved meanwhile is asked for again below.
        if (node.Alarm != Now)
            return;
        node.Alarm = null;
        node.Engine.HandleTime(Now);
        Perform(node);
    }

    private void Perform(GraspSimNode node)
    {
        while (node.Engine.Facts.TryTake(out var fact))
            node.Cached += fact is GraspFact.FloodCached ? 1 : 0;
        while (node.Engine.Actions.TryTake(out var action))
        {
            switch (action)
            {
                case GraspAction.SendMulticast a:
                    Send(node.Links[a.Interface.Value - 1], a.Message);
                    break;
                case GraspAction.SendToNeighbor a:
                    Send(node.Links[a.Interface.Value - 1], a.Message);
                    break;
                case GraspAction.Complete a:
                    node.Results.Add(a.Command, a.Result);
                    break;
                default:
                    Assert.Fail($"nobody asked for {action}");
                    break;
            }
        }
        if (node.Engine.NextDeadline is { } deadline && (node.Alarm is null || deadline < node.Alarm))
        {
            node.Alarm = deadline > Now ? deadline : Now;
            _events.Enqueue(new Event(node, null, default), (node.Alarm.Value, ++_numbers));
        }
    }

    private void Send(GraspSimLink link, ByteString message)
    {
        // [type, …]: every type that is sent here is one octet.
        var type = message.Span[1];
        Carried[type] = Carried.GetValueOrDefault(type) + 1;
        var alone = Now + Latency;
        var timeout = RetransmissionTimeout;
        var late = false;
        for (; _random.Next(1_000_000) < _loss * 1_000_000; timeout *= 2)
        {
            alone += timeout;
            late = true;
        }
        Delayed += late ? 1 : 0;
        _events.Enqueue(new Event(null, link, message), (link.Arrival(alone), ++_numbers));
    }

    private readonly record struct Event(GraspSimNode? Node, GraspSimLink? Link, ByteString Message);
}
