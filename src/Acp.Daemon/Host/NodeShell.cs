using System.Runtime.CompilerServices;
using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Identity;
using Acp.Core.Ikev2;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Daemon.Control;
using Acp.Daemon.Journal;
using Acp.Daemon.Trace;
using Acp.Linux.DataPlane;
using Acp.Linux.Grasp;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Sockets;
using Acp.Wire;

namespace Acp.Daemon.Host;

/// <summary>
/// Performs a node's actions on this machine and brings it what arrives. No opinions: whatever needs deciding was decided
/// in <see cref="Node"/>. Runs on the loop's thread; <see cref="IDataPlaneNews"/> alone may be called from elsewhere.
/// </summary>
internal sealed class NodeShell : IDataPlaneNews, IDisposable
{
    /// <summary>Datagrams taken from one socket before others get their turn.</summary>
    private const int Batch = 64;

    /// <summary>One more than the longest IKE message that is understood (D-49).</summary>
    private const int BufferSize = 16 * 1024 + 1;
    private const byte IcmpTypeRpl = 155;

    /// <summary>IKE datagrams that the data plane handed us and that wait for their turn; more are dropped .</summary>
    private const int MaxIkeWaiting = 256;

    private readonly EventLoop _loop;
    private readonly NetworkNamespace _host;
    private readonly NetworkNamespace _abutment;
    private readonly Node _node;
    private readonly PeerAuthentication _authentication;
    private readonly NodeLog _log;
    private readonly KeyLog? _keyLog;
    private readonly PeerJournal _journal;
    private readonly TraceFeed _trace;
    private readonly Dictionary<LinkId, LinkSockets> _links = [];
    private readonly ChannelKeeper _channels;
    private readonly Ipv6DatagramSocket _rpl;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _ikeWaiting;
    private bool _performing;

    /// <param name="acpRoutes">Requests in the acp namespace; the caller disposes it.</param>
    /// <param name="journal">Told of everything, as <paramref name="trace"/>.</param>
    /// <param name="keyLog">Null but for somebody who wants to read captures.</param>
    public NodeShell(
        EventLoop loop, NodeNamespaces namespaces, Node node, PeerAuthentication authentication, RouteSocket acpRoutes, NodeLog log,
        PeerJournal journal, TraceFeed trace, KeyLog? keyLog)
    {
        _loop = loop;
        _host = namespaces.Host;
        _abutment = namespaces.Abutment;
        _node = node;
        _authentication = authentication;
        _log = log;
        _keyLog = keyLog;
        _journal = journal;
        _trace = trace;
        _rpl = Ipv6DatagramSocket.OpenIcmpv6(namespaces.Acp, IcmpTypeRpl, "RPL");
        _channels = new ChannelKeeper(node, _rpl, acpRoutes, log, keyLog, Tell, work => loop.Post(() => Tell(work)));
        loop.Register(_rpl.Descriptor, ReceiveRpl);
    }

    /// <summary>Set once, before the first link comes up.</summary>
    public IDataPlane DataPlane
    {
        get => _channels.DataPlane;
        set => _channels.DataPlane = value;
    }

    /// <summary>Set once, if there are remote neighbours; the caller disposes it.</summary>
    public HostNetwork? HostNetwork { get; set; }

    /// <summary>What carries GRASP; null when its port is somebody else's. Set once, before the first link comes up; the caller disposes it.</summary>
    public AcpSubstrate? Substrate
    {
        get => _channels.Substrate;
        set => _channels.Substrate = value;
    }

    /// <summary>Told of every call of an ASA that is answered. Set once, before the first is made.</summary>
    public Action<Instant, CommandId, GraspResult>? GraspCompleted { get; set; }

    /// <summary>Looks after what others take away; not for actions of the node, which come from here.</summary>
    public ChannelKeeper Channels => _channels;

    public bool HasLink(LinkId link) => _links.ContainsKey(link);

    /// <summary>A link is up: open its sockets, then tell the node. False when the system would not have it; try again later.</summary>
    public bool LinkUp(NodeLink link)
    {
        LinkDown(link.Id);
        try
        {
            _links[link.Id] = new LinkSockets(_loop, _abutment, link, ReceiveDull, ReceiveIke);
        }
        catch (SocketSetupException e)
        {
            _log.LinkUnusable(link.Name, e.Message);
            return false;
        }

        Tell(now => _node.HandleLinkUp(now, link));
        return true;
    }

    public void LinkDown(LinkId link)
    {
        if (!_links.Remove(link, out var sockets))
            return;
        Tell(now => _node.HandleLinkDown(now, link));
        sockets.Dispose();
    }

    /// <summary>Remote neighbours may be looked for. Nothing without <see cref="HostNetwork"/>.</summary>
    public void HostNetworkUp()
    {
        if (HostNetwork is not { } host)
            return;
        _loop.Register(host.Ike.Descriptor, ReceiveRemoteIke);
        Tell(_node.HandleHostNetworkUp);
    }

    /// <summary>What is known of revocation from now on, also for those who are in already (A-22, C-19).</summary>
    public void SetRevocation(RevocationLists lists)
    {
        _authentication.SetRevocation(lists);
        Substrate?.SetRevocation(lists);
        var now = BootClock.Now;
        foreach (var (id, channel) in _channels.All.ToList())
        {
            if (_journal.Find(channel.Spec.Link, channel.Spec.Remote) is not { Accepted.Count: > 0 } peer
                || _authentication.StillRefused(peer.Accepted, new WallClock(DateTimeOffset.UtcNow, now), now) is not { } refusal)
                continue;
            _journal.NoteLateRefusal(now, peer, refusal);
            _log.LateRefusal(id, refusal);
            Tell(at => _node.HandlePeerRefused(at, id));
        }
    }

    /// <summary>Tells the node the system's date, which somebody may have set since the last time.</summary>
    public void SetWallClock() => Tell(now =>
    {
        _node.HandleWallClock(now, new WallClock(DateTimeOffset.UtcNow, now));
        Substrate?.HandleDate(now);
    });

    /// <summary>Somebody at the control socket wants something of the channel to this neighbour.</summary>
    public void Perform(ChannelWish wish, LinkId link, Ipv6Address remote)
    {
        _log.Wished(wish.ToString(), link, remote);
        Tell(now =>
        {
            switch (wish)
            {
                case ChannelWish.RekeyChild:
                    _node.RekeyChildSa(now, link, remote);
                    break;
                case ChannelWish.RekeyIke:
                    _node.RekeyIkeSa(now, link, remote);
                    break;
                case ChannelWish.Close:
                    _node.CloseChannel(now, link, remote);
                    break;
            }
        });
    }

    /// <summary>Somebody at the control socket wants global repair (RFC 8994 §6.12.1.7). False where this node is not root.</summary>
    public bool Repair()
    {
        var begun = false;
        Tell(now => begun = _node.RepairDodag(now));
        _log.RepairWished(begun ? "begun" : "not begun, since this box is not the root", _node.DodagId, _node.RplStatus.Version);
        return begun;
    }

    /// <summary>Gives the node an event and does what it then asks for.</summary>
    public void Tell(Action<Instant> happen)
    {
        happen(BootClock.Now);
        Perform();
    }

    /// <summary>After the substrate told GRASP something.</summary>
    public void SettleGrasp() => Tell(now => _node.HandleGrasp(now, static _ => { }));

    public void HandleTime(Instant now)
    {
        Substrate?.HandleTime(now);
        _node.HandleTime(now);
        Perform();
    }

    /// <summary>
    /// Whether this news may mean that somebody took away or down the interface of a channel or the link under it;
    /// <see cref="ChannelKeeper.Check"/> tells.
    /// </summary>
    public bool MayBeHurtBy(LinkNews news) => news switch
    {
        LinkNews.Overflow => true,
        LinkNews.LinkGone(NetworkPlace.Acp, var link) => _channels.IsAt(link.Index),
        LinkNews.LinkChanged(NetworkPlace.Acp, var link) => !link.IsUp && _channels.IsAt(link.Index),
        LinkNews.AddressGone(NetworkPlace.Acp, var gone) => _channels.IsAt(gone.Index),

        // A link that was down for so short a time that nobody but the kernel noticed.
        LinkNews.LinkChanged(NetworkPlace.Abutment, var link) => !(link.IsUp && link.IsRunning) && HasLink(new LinkId(link.Index)),
        LinkNews.AddressGone(NetworkPlace.Abutment, var gone) => HasLink(new LinkId(gone.Index)),
        _ => false,
    };

    void IDataPlaneNews.LifetimeNear(ChannelId channel, uint inboundSpi) =>
        _loop.Post(() =>
        {
            _log.LifetimeNear(channel, inboundSpi);
            Tell(now => _node.HandleLifetimeNear(now, channel, inboundSpi));
        });

    void IDataPlaneNews.LifetimeOver(ChannelId channel, uint inboundSpi) =>
        _loop.Post(() =>
        {
            _log.LifetimeOver(channel, inboundSpi);
            Tell(now => _node.HandleLifetimeOver(now, channel, inboundSpi));
        });

    void IDataPlaneNews.UnknownSpi(LinkId link, Ipv6Address source, uint spi) =>
        _loop.Post(() => _log.UnknownSpi(link, source, spi));

    void IDataPlaneNews.IkeArrived(ReceivedDatagram source, byte[] datagram)
    {
        if (Interlocked.Increment(ref _ikeWaiting) > MaxIkeWaiting)
        {
            Interlocked.Decrement(ref _ikeWaiting);
            return;
        }

        _loop.Post(() =>
        {
            Interlocked.Decrement(ref _ikeWaiting);
            Tell(now => _node.HandleIke(
                now, LinkId.HostNetwork, source.Destination, HostNetwork!.NatTraversalPort, source.Source, source.SourcePort, datagram));
        });
    }

    void IDataPlaneNews.PeerMoved(ChannelId channel, uint inboundSpi, ushort remotePort) =>
        _loop.Post(() => Tell(now => _node.HandlePeerMoved(now, channel, inboundSpi, remotePort)));

    void IDataPlaneNews.ChannelBroken(ChannelId channel, string reason) =>
        _loop.Post(() => Tell(now => _node.HandleChannelBroken(now, channel, reason)));

    public void Dispose()
    {
        foreach (var sockets in _links.Values)
            sockets.Dispose();
        _links.Clear();
        if (HostNetwork is { } host)
            _loop.Unregister(host.Ike.Descriptor);
        _loop.Unregister(_rpl.Descriptor);
        _rpl.Dispose();
    }

    private void ReceiveDull(LinkSockets sockets)
    {
        for (var i = 0; i < Batch && sockets.TryReceiveDull(_buffer, out var datagram); i++)
        {
            if (!datagram.Truncated)
                _node.HandleDull(BootClock.Now, sockets.Link.Id, datagram.Source, datagram.HopLimit, _buffer.AsSpan(0, datagram.Length));
        }

        Perform();
    }

    private void ReceiveIke(LinkSockets sockets)
    {
        for (var i = 0; i < Batch && sockets.TryReceiveIke(_buffer, out var datagram); i++)
        {
            if (!datagram.Truncated)
            {
                _node.HandleIke(
                    BootClock.Now, sockets.Link.Id, sockets.Link.LinkLocal, LinkSockets.IkePort, datagram.Source, datagram.SourcePort,
                    _buffer.AsSpan(0, datagram.Length));
            }

            Perform();
        }
    }

    private void ReceiveRemoteIke()
    {
        var host = HostNetwork!;
        for (var i = 0; i < Batch && host.Ike.TryReceive(_buffer, out var datagram); i++)
        {
            if (!datagram.Truncated)
            {
                _node.HandleIke(
                    BootClock.Now, LinkId.HostNetwork, datagram.Destination, host.IkePort, datagram.Source, datagram.SourcePort,
                    _buffer.AsSpan(0, datagram.Length));
            }

            Perform();
        }
    }

    private void ReceiveRpl()
    {
        for (var i = 0; i < Batch && _rpl.TryReceive(_buffer, out var datagram); i++)
        {
            if (datagram.Truncated || _channels.At(datagram.InterfaceIndex) is not { } channel)
                continue;
            _node.HandleRpl(BootClock.Now, channel, datagram.Source, datagram.Destination, _buffer.AsSpan(0, datagram.Length));
        }

        Perform();
    }

    // What is done may call back: one loop does it all, in order.
    private void Perform()
    {
        if (_performing)
            return;
        _performing = true;
        while (_node.Actions.TryTake(out var action))
        {
            Perform(action);
            Report();
        }

        _performing = false;
        Report();
    }

    private void Report()
    {
        while (_node.Facts.TryTake(out var fact))
        {
            _trace.Note(fact, LinkName);
            _journal.Note(BootClock.Now, fact);
            _log.Write(fact);
        }
    }

    private string LinkName(LinkId link) => _links.TryGetValue(link, out var known) ? known.Link.Parent : link.ToString();

    private void Perform(NodeAction action)
    {
        switch (action)
        {
            case NodeAction.SendDull dull:
                if (_links.TryGetValue(dull.Link, out var floodOn))
                    floodOn.TrySendDull(dull.Payload.Span);
                break;
            case NodeAction.SendIke { Link: var link } ike when link == LinkId.HostNetwork:
                if (HostNetwork is { } host)
                {
                    (ike.LocalPort == host.NatTraversalPort ? host.NatTraversal : host.Ike)
                        .TrySend(ike.Payload.Span, ike.Local, ike.Remote, ike.RemotePort, 0);
                }

                break;
            case NodeAction.SendIke ike:
                if (_links.TryGetValue(ike.Link, out var sendOn))
                    sendOn.TrySendIke(ike.Payload.Span, ike.Remote, ike.RemotePort);
                break;
            case NodeAction.FindRoute find:
                var route = RouteProbe.Find(_host, find.Remote);
                _node.HandleRoute(BootClock.Now, find.Remote, route?.Local, route?.Mtu ?? 0);
                break;
            case NodeAction.MoveChannel move:
                _channels.Move(move);
                break;
            case NodeAction.SignAuth sign:
                Sign(sign.Question);
                break;
            case NodeAction.VerifyPeer verify:
                Verify(verify.Question);
                break;
            case NodeAction.RevealIkeKeys reveal:
                using (reveal.Keys)
                    _keyLog?.Write(reveal.Keys);
                break;
            case NodeAction.OpenChannel open:
                _channels.Open(open.Channel);
                break;
            case NodeAction.InstallChildSa install:
                _channels.Install(install.ChildSa, install.SendAtOnce);
                break;
            case NodeAction.SwitchOutbound switching:
                _channels.SwitchOutbound(switching);
                break;
            case NodeAction.RemoveChildSa remove:
                _channels.Remove(remove);
                break;
            case NodeAction.CloseChannel close:
                _channels.Close(close.Channel);
                break;
            case NodeAction.SendRpl rpl:
                if (_channels.Find(rpl.Channel) is { } through)
                    _rpl.TrySend(rpl.Message.Span, through.Spec.InnerLinkLocal, rpl.Destination, 0, through.Index);
                break;
            case NodeAction.SetRoute set:
                _channels.SetRoute(set);
                break;
            case NodeAction.PerformGrasp grasp:
                Perform(grasp.Action);
                break;
            case NodeAction.RemoveRoute remove:
                _channels.RemoveRoute(remove);
                break;
            default:
                throw new SwitchExpressionException(action);
        }
    }

    private void Perform(GraspAction action)
    {
        switch (action)
        {
            case GraspAction.Complete complete:
                GraspCompleted?.Invoke(BootClock.Now, complete.Command, complete.Result);
                break;
            case var _ when Substrate is { } substrate:
                substrate.Perform(action);
                break;
            case GraspAction.OpenSession open:
                _node.HandleGrasp(BootClock.Now, now => _node.Grasp.HandleSessionClosed(now, open.Session));
                break;
        }
    }

    private void Sign(Ikev2Action.SignAuth question)
    {
        var answer = _authentication.Sign(question.Octets.Span, question.PeerHashes);
        _node.HandleSigned(BootClock.Now, question.Request, answer?.AlgorithmIdentifier, answer?.Signature);
    }

    private void Verify(Ikev2Action.VerifyPeer question)
    {
        var now = BootClock.Now;
        var verdict = _authentication.Verify(
            question.Certificates, question.IdType, question.IdData.Span, question.SignedOctets.Span, question.AlgorithmIdentifier,
            question.Signature.Span, new WallClock(DateTimeOffset.UtcNow, now), now);
        _journal.NoteVerdict(now, question, verdict);
        if (verdict.Accepted)
            _node.Grasp.Engine.HandleCertificate(now, question.Certificates);
        _node.HandlePeerVerdict(now, question.Request, verdict);
    }
}
