using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;
using Acp.Wire.Netlink;

namespace Acp.Linux.Grasp;

/// <summary>
/// What carries a GRASP engine on a trusted or lab network without an ACP (RFC 8990 §2.5.1): UDP multicast on each
/// interface, plain TCP for the rest. Nothing is encrypted and nobody is authenticated. Interfaces and addresses come and
/// go as the kernel says. Owned by the loop, whose thread must be in the namespace already.
/// </summary>
public sealed class StandaloneSubstrate : IDisposable
{
    private const int Backlog = 1024;
    private const int AcceptsAtOnce = 64;

    /// <summary>Streams that are closed but for what the other end has not read.</summary>
    private const int MaxLingering = 64;

    private const int DatagramsAtOnce = 64;

    private readonly EventLoop _loop;
    private readonly NetworkNamespace _where;
    private readonly StandaloneOptions _options;
    private readonly GraspEngine _engine;
    private readonly RouteSocket _routes;
    private readonly LinkNewsSocket _news;
    private readonly StreamSocket _listener;
    private readonly Dictionary<int, StandaloneLink> _links = [];
    private readonly Dictionary<ConnectionId, GraspStream> _streams = [];
    private readonly HashSet<GraspStream> _open = [];
    private readonly Queue<GraspStream> _lingering = new();
    private readonly StreamBudget _budget = new(StreamBudget.UsualOctets);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private bool _settling;

    /// <param name="where">Must outlive this object.</param>
    /// <exception cref="SocketSetupException">The port is taken.</exception>
    public StandaloneSubstrate(EventLoop loop, NetworkNamespace where, StandaloneOptions options, GraspEngine engine)
    {
        _loop = loop;
        _where = where;
        _options = options;
        _engine = engine;
        _listener = StreamSocket.Listen(where, options.Port, Backlog);
        Port = _listener.LocalPort;
        _routes = new RouteSocket(where);
        _news = new LinkNewsSocket(where);
    }

    /// <summary>Where others reach us by TCP.</summary>
    public ushort Port { get; }

    /// <summary>Calls that the engine has answered.</summary>
    public required Action<Instant, CommandId, GraspResult> Completed { get; init; }

    /// <summary>What the engine noticed.</summary>
    public Action<GraspFact>? Noticed { get; init; }

    /// <summary>Streams that ended for what came on them, by why.</summary>
    public Dictionary<CborRefusal, long> Refusals { get; } = [];

    /// <summary>Streams that ended because the other end did not read what it asked for.</summary>
    public long StalledStreams { get; private set; }

    /// <summary>Datagrams that our QUADS key does not fit, which are dropped without a word (O-19).</summary>
    public long Undecryptable { get; private set; }

    public void Start()
    {
        _loop.Register(_listener.Descriptor, OnAcceptable);
        _loop.Register(_news.Descriptor, () =>
        {
            _news.Clear();
            Reconcile();
        });
        Reconcile();
        _engine.SetOperational(BootClock.Now, true);
        Settle();
    }

    public void HandleTime(Instant now)
    {
        _engine.HandleTime(now);
        Settle();
    }

    /// <summary>Does what the engine wants; to be called after every call of the engine.</summary>
    public void Settle()
    {
        // What is done may call back: one loop does it all, in order.
        if (_settling)
            return;
        _settling = true;
        while (_engine.Actions.TryTake(out var action))
            Perform(action);
        _settling = false;
        while (_engine.Facts.TryTake(out var fact))
            Noticed?.Invoke(fact);
    }

    public void Dispose()
    {
        foreach (var stream in _open.ToList())
            stream.Close();
        foreach (var link in _links.Values)
            Remove(link);
        _loop.Unregister(_news.Descriptor);
        _loop.Unregister(_listener.Descriptor);
        _news.Dispose();
        _routes.Dispose();
        _listener.Dispose();
    }

    private void Perform(GraspAction action)
    {
        switch (action)
        {
            case GraspAction.SendMulticast a:
                if (_links.TryGetValue(a.Interface.Value, out var link))
                    link.Send(_options.InsecureQuads is { } quads ? quads.Encrypt(a.Message.Span) : a.Message.Span);
                break;
            case GraspAction.Connect a:
                Connect(a);
                break;
            case GraspAction.SendOnStream a:
                if (_streams.TryGetValue(a.Connection, out var stream))
                    stream.Send(a.Message.Memory, a.More);
                break;
            case GraspAction.CloseStream a:
                if (_streams.Remove(a.Connection, out var closing))
                    Close(closing);
                break;
            case GraspAction.Complete a:
                Completed(BootClock.Now, a.Command, a.Result);
                break;
            default:
                break; // sessions of neighbours: there are none here
        }
    }

    // --- streams ---

    private void Connect(GraspAction.Connect action)
    {
        var socket = action.To.Locator switch
        {
            Ipv6Locator six => StreamSocket.TryConnect(six.Address, six.Port, six.Address.IsLinkLocal ? action.To.Interface?.Value ?? 0 : 0),
            Ipv4Locator four => StreamSocket.TryConnect(new Ipv6Address(0, 0xffff_0000_0000UL | four.Address), four.Port, 0),
            _ => null, // names: nobody resolves them here
        };
        if (socket is null)
            _engine.HandleClosed(BootClock.Now, action.Connection);
        else
            Open(socket, action.Connection, connecting: true);
    }

    private void OnAcceptable()
    {
        for (var n = 0; n < AcceptsAtOnce && _listener.TryAccept(out var remote, out _, out var scope) is { } socket; n++)
        {
            GraspInterfaceId? arrival = remote.IsLinkLocal ? new GraspInterfaceId(scope) : null;
            if (_engine.HandleAccepted(BootClock.Now, remote, arrival) is { } id)
                Open(socket, id, connecting: false);
            else
                socket.Dispose();
        }
        Settle();
    }

    // What the other end does not read keeps a stream open; but not any number of them.
    private void Close(GraspStream closing)
    {
        closing.Close();
        if (closing.IsGone)
            return;
        _lingering.Enqueue(closing);
        if (_lingering.Count > MaxLingering)
            _lingering.Dequeue().Abort();
    }

    private void Open(StreamSocket socket, ConnectionId id, bool connecting)
    {
        GraspStream? opened = null;
        var stream = new GraspStream(
            _loop, socket, _engine.StreamLimits, _buffer, connecting ? StreamStep.WantsWrite : StreamStep.Established, _options.InsecureQuads,
            budget: _budget)
        {
            Connected = () =>
            {
                _engine.HandleConnected(BootClock.Now, id);
                Settle();
            },
            Received = item =>
            {
                _engine.HandleStreamMessage(BootClock.Now, id, item);
                Settle();
            },
            Ended = why =>
            {
                if (opened!.IsStalled)
                    StalledStreams++;
                if (why != CborRefusal.None)
                    Refusals[why] = Refusals.GetValueOrDefault(why) + 1;
                _streams.Remove(id);
                _engine.HandleClosed(BootClock.Now, id);
                Settle();
            },
            Gone = () => _open.Remove(opened!),
        };
        opened = stream;
        _streams.Add(id, stream);
        _open.Add(stream);
    }

    // --- links ---

    /// <summary>Makes what we have what there is.</summary>
    private void Reconcile()
    {
        var now = BootClock.Now;
        var addresses = _routes.Addresses().Where(a => !a.IsTentative && !a.IsDuplicate).ToList();
        var wanted = _routes.Links()
            .Where(l => l.IsRunning && (_options.Interfaces.Count > 0 ? _options.Interfaces.Contains(l.Name) : (l.Flags & Rtnetlink.IFF_LOOPBACK) == 0))
            .Select(l => (Link: l, Address: LinkLocalOf(l.Index, addresses)))
            .Where(l => l.Address is not null)
            .ToDictionary(l => l.Link.Index, l => (l.Link.Name, LinkLocal: l.Address!.Value));

        foreach (var (index, link) in _links.ToList())
        {
            if (wanted.TryGetValue(index, out var still) && still.Name == link.Name && still.LinkLocal == link.Interface.LinkLocal)
                continue;
            _links.Remove(index);
            Remove(link);
            _engine.HandleInterfaceDown(now, link.Interface.Id);
        }

        // Our address comes first: what is sent on a new link already has it.
        _engine.SetAddress(now, Choose(addresses), Port);
        foreach (var (index, want) in wanted)
        {
            if (!_links.ContainsKey(index) && TryOpen(want.Name, index, want.LinkLocal) is { } link)
                _engine.HandleInterfaceUp(now, link.Interface);
        }
        Settle();
    }

    // An interface may have several; the one we began with stays as long as it is there.
    private Ipv6Address? LinkLocalOf(int index, List<AddressMessage> addresses)
    {
        var own = addresses.Where(a => a.Index == index && a.Address.IsLinkLocal).Select(a => (Ipv6Address?)a.Address).ToList();
        return _links.TryGetValue(index, out var link) && own.Contains(link.Interface.LinkLocal) ? link.Interface.LinkLocal : own.FirstOrDefault();
    }

    // As graspy does: a unique local address before any other of more than link scope.
    private static Ipv6Address? Choose(List<AddressMessage> addresses)
    {
        var usable = addresses.Select(a => a.Address)
            .Where(a => !a.IsLinkLocal && !a.IsMulticast && !a.IsUnspecified && a != Loopback)
            .Order()
            .Select(a => (Ipv6Address?)a)
            .ToList();
        return usable.Find(a => a!.Value.IsUniqueLocal) ?? usable.FirstOrDefault();
    }

    private static readonly Ipv6Address Loopback = Ipv6Address.Parse("::1");

    private StandaloneLink? TryOpen(string name, int index, Ipv6Address linkLocal)
    {
        StandaloneLink link;
        try
        {
            link = new StandaloneLink(_where, name, index, linkLocal, Port);
        }
        catch (SocketSetupException)
        {
            return null; // gone again since the dump: the next news brings us back here
        }
        _links.Add(index, link);
        _loop.Register(link.Ear.Descriptor, () => OnDatagrams(link));
        return link;
    }

    private void Remove(StandaloneLink link)
    {
        _loop.Unregister(link.Ear.Descriptor);
        link.Dispose();
    }

    private void OnDatagrams(StandaloneLink link)
    {
        for (var n = 0; n < DatagramsAtOnce && link.Ear.TryReceive(_buffer, out var datagram); n++)
        {
            if (datagram.Truncated)
                continue;
            ReadOnlySpan<byte> message = _buffer.AsSpan(0, datagram.Length);
            if (_options.InsecureQuads is { } quads)
            {
                if (!quads.TryDecrypt(message, out var clear))
                {
                    Undecryptable++;
                    continue;
                }
                message = clear;
            }
            _engine.HandleMulticast(
                BootClock.Now, link.Interface.Id, new GraspNeighbor(datagram.Source, datagram.SourcePort), message);
            Settle();
        }
    }
}
