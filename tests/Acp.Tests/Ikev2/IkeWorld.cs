using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Tests.Ikev2;

/// <summary>Two nodes on one or more links, a virtual clock, and a network that a test can disturb datagram by datagram.</summary>
internal sealed class IkeWorld : IDisposable
{
    public static readonly LinkId Link1 = new(11);
    public static readonly LinkId Link2 = new(12);
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(1);

    private readonly PriorityQueue<Action, (Instant At, int Order)> _queue = new();
    private int _order;

    /// <param name="options">Of both nodes.</param>
    /// <param name="seed">For the randomness of both nodes.</param>
    public IkeWorld(Ikev2Options? options = null, ulong seed = 0)
    {
        options ??= new Ikev2Options();
        // A has the higher ACP address: the Decider.
        A = new IkeNode(this, "A", Ipv6Address.Parse("fe80::a"), Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:9"), options, 2 * seed + 1);
        B = new IkeNode(this, "B", Ipv6Address.Parse("fe80::b"), Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:1"), options, 2 * seed + 2);
    }

    public IkeNode A { get; }

    public IkeNode B { get; }

    public Instant Now { get; private set; } = new(987_654_321_012_345);

    /// <summary>Datagrams in the order sent.</summary>
    public List<(IkeNode From, Ikev2Action.SendDatagram Datagram)> Sent { get; } = [];

    /// <summary>Given the number of a datagram (from 0), its sender and itself: when to deliver it after being sent; none for a loss.</summary>
    public Func<int, IkeNode, ReadOnlyMemory<byte>, IReadOnlyList<TimeSpan>>? Network { get; set; }

    /// <summary>Given the number of a datagram and itself: what arrives in its place.</summary>
    public Func<int, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Forge { get; set; }

    /// <summary>What stands between the nodes: rewrites addresses and ports of a datagram, or swallows it (null).</summary>
    public Func<IkeNode, Ikev2Action.SendDatagram, Ikev2Action.SendDatagram?>? Middlebox { get; set; }

    /// <summary>A world in which A has initiated and the two are connected.</summary>
    public static IkeWorld Connected(Ikev2Options? options = null, ulong seed = 0)
    {
        var world = new IkeWorld(options, seed);
        world.A.Initiate(Link1, world.B);
        world.Run(1.5);
        world.AssertOneChannel();
        return world;
    }

    public IkeNode Peer(IkeNode node) => node == A ? B : A;

    public void Send(IkeNode from, Ikev2Action.SendDatagram send)
    {
        var number = Sent.Count;
        Sent.Add((from, send));
        var to = Peer(from);
        var forged = Forge is null ? send : send with { Datagram = Forge(number, send.Datagram) };
        var times = Network is null ? [Delay] : Network(number, from, send.Datagram);
        foreach (var time in times)
        {
            if ((Middlebox is null ? forged : Middlebox(from, forged)) is not { } arriving)
                continue;
            Post(time, () =>
            {
                to.Machine.HandleDatagram(Now, arriving.Link, arriving.Remote, arriving.RemotePort, arriving.Local, arriving.LocalPort, arriving.Datagram.Span);
                to.Perform();
            });
        }
    }

    /// <summary>Packets both ways, one pair every half millisecond.</summary>
    public void ExchangeEsp(int packets)
    {
        for (var i = 0; i < packets; i++)
        {
            A.SendEsp(B, Link1);
            B.SendEsp(A, Link1);
            Run(0.0005);
        }
    }

    /// <summary>One node rekeys its only channel.</summary>
    public void Rekey(IkeNode node, bool ofIkeSa)
    {
        var channel = node.Channels.Single().Key;
        if (ofIkeSa)
            node.Machine.RekeyIkeSa(Now, channel);
        else
            node.Machine.RekeyChildSa(Now, channel);
        node.Perform();
    }

    public void Post(Action action) => Post(Delay, action);

    public void Post(TimeSpan delay, Action action) => _queue.Enqueue(action, (Now + delay, _order++));

    /// <summary>Lets time pass, waking the machines exactly at their deadlines.</summary>
    public void Run(TimeSpan span)
    {
        var end = Now + span;
        for (var steps = 0; ; steps++)
        {
            Assert.True(steps < 100_000, "the world does not come to rest");
            var next = _queue.TryPeek(out _, out var priority) ? priority.At : (Instant?)null;
            var wake = Instant.Earlier(A.Machine.NextDeadline, B.Machine.NextDeadline);
            Assert.Equal(Instant.Earlier(A.Machine.NextDeadlineByScan, B.Machine.NextDeadlineByScan), wake);
            if (Instant.Earlier(next, wake) is not { } due || due > end)
                break;
            if (due > Now)
                Now = due;
            if (next is { } at && at <= Now)
            {
                _queue.Dequeue()();
                continue;
            }

            foreach (var node in new[] { A, B })
            {
                if (node.Machine.NextDeadline is { } deadline && deadline <= Now)
                {
                    node.Machine.HandleTime(Now);
                    node.Perform();
                    Assert.True(node.Machine.NextDeadline is not { } again || again > Now, $"{node.Name} keeps a stale deadline");
                }
            }
        }

        Now = end;
    }

    public void Run(double seconds) => Run(TimeSpan.FromSeconds(seconds));

    /// <summary>Exactly one IKE SA and one child SA pair on both sides, the same ones, with equal keys.</summary>
    public void AssertOneChannel(string because = "")
    {
        // Half-open ones are called-off attempts of the peer; they time out.
        var a = A.Machine.Status.Where(s => s.State != IkeSaState.HalfOpen).ToList();
        var b = B.Machine.Status.Where(s => s.State != IkeSaState.HalfOpen).ToList();
        var story = $"{because} A: {string.Join("; ", a)} B: {string.Join("; ", b)}";
        Assert.True(a.Count == 1 && b.Count == 1, story);
        Assert.Equal(IkeSaState.Established, a[0].State);
        Assert.Equal(IkeSaState.Established, b[0].State);
        Assert.Equal(a[0].IkeSa, b[0].IkeSa);
        Assert.NotEqual(a[0].WeInitiated, b[0].WeInitiated);
        Assert.True(A.Children.Count == 1 && B.Children.Count == 1, story);
        var (aIn, aChild) = A.Children.Single();
        var (bIn, bChild) = B.Children.Single();
        Assert.Equal(aIn, bChild.OutboundSpi);
        Assert.Equal(bIn, aChild.OutboundSpi);
        Assert.Equal(aChild.InboundKey, bChild.OutboundKey);
        Assert.Equal(aChild.OutboundKey, bChild.InboundKey);
        Assert.NotEqual(aChild.InboundKey, aChild.OutboundKey);
        Assert.Equal(aIn, A.Sending.Single().Value);
        Assert.Equal(bIn, B.Sending.Single().Value);
        Assert.True(A.Channels.Single().Value.WeAreDecider);
        Assert.False(B.Channels.Single().Value.WeAreDecider);
    }

    public void AssertNothingLeft(string because = "")
    {
        foreach (var node in new[] { A, B })
        {
            var left = node.Machine.Status.ToList();
            Assert.True(node.Channels.Count == 0 && node.Children.Count == 0 && left.Count == 0,
                $"{because} {node.Name}: {string.Join("; ", left)}");
        }
    }

    public void Dispose()
    {
        A.Authenticator.Dispose();
        B.Authenticator.Dispose();
    }
}
