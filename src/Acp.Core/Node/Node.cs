using Acp.Core.Dull;
using Acp.Core.Esp;
using Acp.Core.Grasp;
using Acp.Core.Ikev2;
using Acp.Core.Ikev2.Crypto;
using Acp.Core.Rpl;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>
/// One box's whole Autonomic Control Plane as a state machine, and the place to start reading. It owns the protocol
/// rooms, which do not know each other, and carries news between them:
/// <code>
///   link up ──► DULL hears a neighbour ──► adjacency waits its turn ──► IKEv2 makes a child SA
///                                                                          │
///   routes ◄── RPL hears the neighbour's DIO and DAO ◄── channel opens ◄───┘
///                            └──► GRASP connects to it, and ASAs talk
/// </code>
/// The same object runs on a box, in a test of five nodes and in a simulation of ten thousand.
/// </summary>
public sealed class Node : IMachine
{
    private readonly NodeOptions _options;
    private NodeSelf _self;
    private readonly RandomSource _random;
    private readonly OrderedTable<LinkId, LinkState> _links = new();
    private readonly OrderedTable<ChannelId, Channel> _channels = new();
    private readonly AdjacencyMachine _adjacency;
    private readonly Ikev2Machine _ikev2;
    private readonly RplMachine _rpl;
    private readonly Dictionary<Ipv6Address, RemoteNeighbor> _remotes = [];

    // A node may have a thousand links: an event asks only those DULL instances that it touched.
    private readonly DeadlineHeap<LinkState> _dullDeadlines = new();
    private readonly List<LinkState> _touched = [];
    private bool _stopping;

    /// <param name="self">Who this node is: what its certificate says.</param>
    public Node(NodeOptions options, NodeSelf self, IIkeCrypto crypto, RandomSource random)
    {
        _options = options;
        _self = self;
        _random = random;
        _adjacency = new AdjacencyMachine(options.Adjacency, random);
        _ikev2 = new Ikev2Machine(
            options.Ikev2, new Ikev2Identity(self.AcpAddress, self.CertificateChain, self.TrustAnchorKeyHashes), crypto, random);
        _rpl = new RplMachine(options.Rpl, self.AcpAddress, self.Prefix, random);
        Grasp = new AcpGrasp(options.Grasp, options.Flooding, random);
        foreach (var neighbor in options.Neighbors.Where(n => n.Parent is null))
            _remotes.Add(neighbor.Address, new RemoteNeighbor(neighbor));
    }

    public Outbox<NodeAction> Actions { get; } = new();

    public Outbox<NodeFact> Facts { get; } = new();

    public Milestones Milestones { get; private set; } = new();

    /// <summary>The adjacency table (RFC 8994 §6.3).</summary>
    public AdjacencyTable Adjacencies => _adjacency.Table;

    public IEnumerable<NodeLink> Links => _links.Values.Select(l => l.Link);

    public IEnumerable<ChannelStatus> Channels => _channels.Values.Select(c => c.Status);

    public Ikev2Machine Ikev2 => _ikev2;

    /// <summary>GRASP inside the ACP. To look at; events for it go through <see cref="HandleGrasp"/>.</summary>
    public AcpGrasp Grasp { get; }

    public RplStatus RplStatus => _rpl.Status;

    public RplCounters RplCounters => _rpl.Counters;

    /// <inheritdoc cref="RplMachine.IsGroundedRoot"/>
    public bool IsGroundedRoot => _rpl.IsGroundedRoot;

    /// <summary>The ACP address of the root of the DODAG that this node is in; its own, when it is root.</summary>
    public Ipv6Address DodagId => _rpl.DodagId;

    /// <summary>What the acp namespace's routing table should hold.</summary>
    public IReadOnlyDictionary<Ipv6Prefix, RplRoute> Routes => _rpl.Routes;

    /// <summary>IKE datagrams over the host's network from nobody that is configured.</summary>
    public long StrangersIgnored { get; private set; }

    /// <summary>DULL counters of one link; null for a link that is not up, and for the host's network.</summary>
    public DullCounters? DullCounters(LinkId link) => _links.TryGetValue(link, out var state) ? state.Dull?.Counters : null;

    /// <summary>When a neighbour's announcement expires unless it is heard again; null when it has none.</summary>
    public Instant? NeighborExpiry(LinkId link, Ipv6Address peer) =>
        _links.TryGetValue(link, out var state) ? state.Dull?.ExpiryOf(peer) : null;

    public Instant? NextDeadline => Instant.Earlier(
        Instant.Earlier(Instant.Earlier(_adjacency.NextDeadline, _ikev2.NextDeadline), Instant.Earlier(_rpl.NextDeadline, Grasp.NextDeadline)),
        _dullDeadlines.Earliest);

    public void HandleTime(Instant now)
    {
        // They look at all they have when they are woken; most wakings are for somebody else.
        while (_dullDeadlines.TryTakeDue(now, out var link))
        {
            link.Dull!.HandleTime(now);
            Touch(link);
        }

        if (_adjacency.NextDeadline <= now)
            _adjacency.HandleTime(now);
        _ikev2.HandleTime(now);
        if (_rpl.NextDeadline <= now)
            _rpl.HandleTime(now);
        if (Grasp.NextDeadline <= now)
            Grasp.HandleTime(now);
        Settle(now);
    }

    /// <summary>What the box knows about the date, at start and whenever that changes.</summary>
    public void HandleWallClock(Instant now, WallClock clock)
    {
        _ikev2.SetWallClock(clock);
        Grasp.Engine.HandleWallClock(now, clock);
        Settle(now);
    }

    /// <summary>
    /// The certificate was renewed, for the same ACP address. Handshakes from now on show the new one, and neighbours that we have
    /// channels with are shown it within seconds; the channels go on.
    /// </summary>
    public void HandleIdentity(Instant now, NodeSelf self)
    {
        if (self.AcpAddress != _self.AcpAddress)
            throw new ArgumentException($"{self.AcpAddress} is another node than {_self.AcpAddress}", nameof(self));
        _self = self;
        _ikev2.SetIdentity(now, new Ikev2Identity(self.AcpAddress, self.CertificateChain, self.TrustAnchorKeyHashes));
        Settle(now);
    }

    /// <summary>A link is up and has its link-local address. A changed address or MTU is a link that went and came.</summary>
    public void HandleLinkUp(Instant now, NodeLink link)
    {
        if (_links.ContainsKey(link.Id))
            HandleLinkDown(now, link.Id);
        var dull = new DullMachine(_options.Dull, link.Id, _random);
        var state = new LinkState(link, dull);
        _links[link.Id] = state;
        Milestones = Milestones with { FirstLink = Milestones.FirstLink ?? now };
        Facts.Add(new NodeFact.LinkUp(link));
        dull.SetAnnouncing(now, true);
        dull.HandleLinkUp(now, link.LinkLocal);
        Touch(state);
        foreach (var neighbor in _options.Neighbors.Where(n => n.Parent == link.Parent))
            _adjacency.HandleConfigured(now, link.Id, neighbor.Address, neighbor.Methods);
        Settle(now);
    }

    /// <summary>
    /// The host's network can be used: neighbours configured by an address of it are looked for, and answered (RFC 8994 §8.2.1).
    /// </summary>
    public void HandleHostNetworkUp(Instant now)
    {
        _links[LinkId.HostNetwork] = new LinkState(NodeLink.HostNetwork, null);
        foreach (var remote in _remotes.Values)
            _adjacency.HandleConfigured(now, LinkId.HostNetwork, remote.Configured.Address, remote.Configured.Methods);
        Settle(now);
    }

    /// <summary>The answer to <see cref="NodeAction.FindRoute"/>.</summary>
    /// <param name="local">Null: there is no way there.</param>
    /// <param name="mtu">Octets of the longest packet that can go there.</param>
    public void HandleRoute(Instant now, Ipv6Address remote, Ipv6Address? local, int mtu)
    {
        if (!_remotes.TryGetValue(remote, out var neighbor))
            return;
        if (local is not null)
            neighbor.Mtu = mtu;
        if (neighbor.InitiateTo is { } port)
        {
            neighbor.InitiateTo = null;
            if (local is { } from)
                _ikev2.Initiate(now, LinkId.HostNetwork, from, remote, port);
            else
                _adjacency.HandleAttemptFailed(now, LinkId.HostNetwork, remote, "the host has no route there");
        }

        Settle(now);
    }

    /// <summary>A link went down or away: everything on it ends at once (RFC 8994 §6.13.5.2).</summary>
    public void HandleLinkDown(Instant now, LinkId id)
    {
        if (!_links.Remove(id, out var link))
            return;
        Facts.Add(new NodeFact.LinkDown(link.Link));
        _dullDeadlines.Cancel(link);
        link.Dull?.HandleLinkDown(now);
        _ikev2.HandleLinkDown(now, id);
        _adjacency.HandleLinkDown(now, id);
        Settle(now);
    }

    /// <summary>A datagram to UDP port 7017 on a link.</summary>
    public void HandleDull(Instant now, LinkId id, Ipv6Address source, int hopLimit, ReadOnlySpan<byte> payload)
    {
        if (!_links.TryGetValue(id, out var link) || link.Dull is not { } dull)
            return;
        dull.HandleDatagram(now, source, hopLimit, payload);
        Touch(link);
        Settle(now);
    }

    /// <summary>A datagram to our IKE port on a link, or to one of our two on the host's network (marker included).</summary>
    public void HandleIke(
        Instant now, LinkId id, Ipv6Address local, ushort localPort, Ipv6Address remote, ushort remotePort, ReadOnlySpan<byte> payload)
    {
        if (!_links.ContainsKey(id))
            return;
        if (id == LinkId.HostNetwork && !_remotes.ContainsKey(remote))
        {
            // Not even counted against limits that those who are configured depend on.
            StrangersIgnored++;
            Facts.Add(new NodeFact.StrangerIgnored(remote, remotePort));
            return;
        }

        _ikev2.HandleDatagram(now, id, local, localPort, remote, remotePort, payload);
        Settle(now);
    }

    /// <summary>The answer to <see cref="NodeAction.SignAuth"/>.</summary>
    public void HandleSigned(Instant now, RequestId request, ReadOnlyMemory<byte> algorithmIdentifier, ReadOnlyMemory<byte> signature)
    {
        _ikev2.HandleSigned(now, request, algorithmIdentifier, signature);
        Settle(now);
    }

    /// <summary>The answer to <see cref="NodeAction.VerifyPeer"/>.</summary>
    public void HandlePeerVerdict(Instant now, RequestId request, PeerVerdict verdict)
    {
        _ikev2.HandlePeerVerdict(now, request, verdict);
        Settle(now);
    }

    /// <summary>An ICMPv6 message of type 155 out of a channel.</summary>
    public void HandleRpl(Instant now, ChannelId channel, Ipv6Address source, Ipv6Address destination, ReadOnlySpan<byte> message)
    {
        if (!_channels.ContainsKey(channel))
            return;
        _rpl.HandleMessage(now, channel, source, destination, message);
        // Only the neighbour can have said anything in its channel, so this is where it is.
        Grasp.HandleNeighborHeard(now, InterfaceOf(channel), source);
        Settle(now);
    }

    /// <summary>
    /// The substrate of GRASP inside the ACP works, or no longer does. Local ASAs need no neighbour (J-13), but they do need this.
    /// </summary>
    public void HandleGraspSubstrate(Instant now, bool works, ushort port)
    {
        Grasp.Engine.SetAddress(now, _self.AcpAddress, port);
        Grasp.Engine.SetOperational(now, works);
        Settle(now);
    }

    /// <summary>
    /// An event for <see cref="Grasp"/>, told by <paramref name="happen"/>: from its substrate, or a call of an ASA on its engine.
    /// </summary>
    public void HandleGrasp(Instant now, Action<Instant> happen)
    {
        happen(now);
        Grasp.Settle(now);
        Settle(now);
    }

    /// <summary>A child SA nears the end of its lifetime: make its successor before it ends (RFC 7296 §2.8).</summary>
    public void HandleLifetimeNear(Instant now, ChannelId channel, uint inboundSpi)
    {
        _ikev2.HandleLifetimeNear(now, channel, inboundSpi);
        Settle(now);
    }

    /// <summary>A child SA reached its hard limit and carries nothing any more.</summary>
    public void HandleLifetimeOver(Instant now, ChannelId channel, uint inboundSpi)
    {
        _ikev2.HandleLifetimeOver(now, channel, inboundSpi);
        Settle(now);
    }

    /// <summary>Somebody wants a fresh child SA for the channel to this neighbour, if there is one.</summary>
    public void RekeyChildSa(Instant now, LinkId link, Ipv6Address remote)
    {
        if (Find(link, remote) is { } channel)
            _ikev2.RekeyChildSa(now, channel.Spec.Channel);
        Settle(now);
    }

    /// <summary>Somebody wants a fresh IKE SA for the channel to this neighbour, if there is one.</summary>
    public void RekeyIkeSa(Instant now, LinkId link, Ipv6Address remote)
    {
        if (Find(link, remote) is { } channel)
            _ikev2.RekeyIkeSa(now, channel.Spec.Channel);
        Settle(now);
    }

    /// <summary>Somebody wants the channel to this neighbour closed. It is met again as after any other end.</summary>
    public void CloseChannel(Instant now, LinkId link, Ipv6Address remote)
    {
        _ikev2.Close(now, link, remote, ChannelCloseReason.Local);
        Settle(now);
    }

    /// <inheritdoc cref="RplMachine.RaiseVersion"/>
    public bool RepairDodag(Instant now)
    {
        var begun = _rpl.RaiseVersion(now);
        Settle(now);
        return begun;
    }

    /// <summary>The peer's ESP in UDP comes from another port now.</summary>
    public void HandlePeerMoved(Instant now, ChannelId channel, uint inboundSpi, ushort remotePort)
    {
        _ikev2.HandleEspMoved(channel, inboundSpi, remotePort);
        Settle(now);
    }

    /// <summary>A peer that was let in is not acceptable any more: revoked, for example. It is met again from time to time .</summary>
    public void HandlePeerRefused(Instant now, ChannelId id)
    {
        if (_channels.TryGetValue(id, out var channel))
            _ikev2.Close(now, channel.Spec.Link, channel.Spec.Remote, ChannelCloseReason.PeerRefused);
        Settle(now);
    }

    /// <summary>The data plane could not build a channel, or lost it: the tunnel is closed and tried again later.</summary>
    public void HandleChannelBroken(Instant now, ChannelId id, string reason)
    {
        if (!_channels.TryGetValue(id, out var channel))
            return;
        Facts.Add(new NodeFact.ChannelBroken(channel.Spec, reason));
        _ikev2.Close(now, channel.Spec.Link, channel.Spec.Remote, ChannelCloseReason.Local);
        Settle(now);
    }

    /// <summary>Goodbyes that were not answered yet.</summary>
    public int ClosingCount => _ikev2.ClosingCount;

    /// <summary>
    /// An orderly end: neighbours are told with DELETE, and we are silent towards new ones. Wait a little for
    /// <see cref="ClosingCount"/> zero; who does not hear it finds out by liveness.
    /// </summary>
    public void Shutdown(Instant now)
    {
        _stopping = true;
        _ikev2.CloseAll(now);
        Settle(now);
    }

    // News of one room may be work for another, so rounds go on until nobody has anything left to say.
    private void Settle(Instant now)
    {
        bool more;
        do
        {
            more = false;
            foreach (var link in _touched)
            {
                var dull = link.Dull!;
                while (dull.Actions.TryTake(out var action))
                {
                    more = true;
                    Perform(now, action);
                }

                while (dull.Facts.TryTake(out var fact))
                    Facts.Add(new NodeFact.DullNoted(link.Link, fact));
            }

            while (_adjacency.Actions.TryTake(out var action))
            {
                more = true;
                Perform(now, action);
            }

            while (_ikev2.Actions.TryTake(out var action))
            {
                more = true;
                Perform(now, action);
            }

            while (_rpl.Actions.TryTake(out var action))
            {
                more = true;
                Perform(now, action);
            }

            while (Grasp.Actions.TryTake(out var action))
            {
                more = true;
                Actions.Add(new NodeAction.PerformGrasp(action));
            }

            while (_adjacency.Facts.TryTake(out var fact))
                Facts.Add(new NodeFact.AdjacencyNoted(fact));
            while (_ikev2.Facts.TryTake(out var fact))
                Facts.Add(new NodeFact.Ikev2Noted(fact));
            while (_rpl.Facts.TryTake(out var fact))
            {
                if (fact is DodagJoined or BecameRoot)
                    Milestones = Milestones with { Joined = now };
                Facts.Add(new NodeFact.RplNoted(fact));
            }

            while (Grasp.Facts.TryTake(out var fact))
                Facts.Add(new NodeFact.GraspNoted(fact));
        }
        while (more);

        foreach (var link in _touched)
        {
            link.IsTouched = false;
            _dullDeadlines.Set(link, link.Dull!.NextDeadline);
        }

        _touched.Clear();
    }

    /// <summary>Due to every link whose DULL instance is told something.</summary>
    private void Touch(LinkState link)
    {
        if (link.IsTouched)
            return;
        link.IsTouched = true;
        _touched.Add(link);
    }

    private void Perform(Instant now, DullAction action)
    {
        switch (action)
        {
            case DullAction.SendMulticast when _stopping:
                break;
            case DullAction.SendMulticast send:
                Actions.Add(new NodeAction.SendDull(send.Link, send.Payload.Memory));
                break;
            case DullAction.NeighborHeard heard:
                if (heard.IsNew)
                    Milestones = Milestones with { FirstNeighbor = Milestones.FirstNeighbor ?? now, LastNeighbor = now };
                _ikev2.Expect(heard.Link, heard.Peer, true);
                _adjacency.HandleNeighborHeard(now, heard.Link, heard.Peer, heard.Methods, heard.AnnouncementChanged);
                break;
            case DullAction.NeighborExpired expired:
                _ikev2.Expect(expired.Link, expired.Peer, false);
                _adjacency.HandleNeighborExpired(now, expired.Link, expired.Peer);
                break;
        }
    }

    private void Perform(Instant now, AdjacencyAction action)
    {
        if (action is not AdjacencyAction.Initiate initiate || !_links.TryGetValue(initiate.Link, out var link))
            return;
        if (_remotes.TryGetValue(initiate.Peer, out var remote) && link.Link.IsHostNetwork)
        {
            remote.InitiateTo = initiate.Port;
            Actions.Add(new NodeAction.FindRoute(initiate.Peer));
            return;
        }

        var wait = TimeSpan.FromMilliseconds(initiate.Peer.LastOctet);
        if (wait > Milestones.TieBreakWait)
            Milestones = Milestones with { TieBreakWait = wait };
        _ikev2.Initiate(now, initiate.Link, link.Link.LinkLocal, initiate.Peer, initiate.Port);
    }

    private void Perform(Instant now, Ikev2Action action)
    {
        switch (action)
        {
            case Ikev2Action.SendDatagram send:
                Actions.Add(new NodeAction.SendIke(send.Link, send.Local, send.LocalPort, send.Remote, send.RemotePort, send.Datagram));
                break;
            case Ikev2Action.SignAuth sign:
                Actions.Add(new NodeAction.SignAuth(sign));
                break;
            case Ikev2Action.VerifyPeer verify:
                Actions.Add(new NodeAction.VerifyPeer(verify));
                break;
            case Ikev2Action.RevealIkeKeys reveal:
                Actions.Add(new NodeAction.RevealIkeKeys(reveal));
                break;
            case Ikev2Action.PeerInitiated initiated:
                if (initiated.Link == LinkId.HostNetwork)
                    Actions.Add(new NodeAction.FindRoute(initiated.Remote));
                _adjacency.HandlePeerInitiated(now, initiated.Link, initiated.Remote);
                break;
            case Ikev2Action.InitiationFailed failed:
                _adjacency.HandleAttemptFailed(now, failed.Link, failed.Remote, failed.Text);
                break;
            case Ikev2Action.ResponderRefused refused:
                _adjacency.HandleResponderFailed(now, refused.Link, refused.Remote, refused.Text);
                break;
            case Ikev2Action.ChannelEstablished established:
                Open(now, established);
                break;
            case Ikev2Action.ChannelRenewed renewed:
                Renew(now, renewed);
                break;
            case Ikev2Action.ChannelReauthenticated again:
                Reauthenticate(now, again);
                break;
            case Ikev2Action.InstallChildSa install:
                Install(now, install.ChildSa, install.SendAtOnce);
                break;
            case Ikev2Action.SwitchOutbound switching:
                if (_channels.ContainsKey(switching.Channel))
                    Actions.Add(new NodeAction.SwitchOutbound(switching.Channel, switching.InboundSpi));
                break;
            case Ikev2Action.ChannelMoved moved:
                if (_channels.ContainsKey(moved.Channel))
                    Actions.Add(new NodeAction.MoveChannel(moved.Channel, moved.Encapsulation));
                break;
            case Ikev2Action.RemoveChildSa remove:
                if (_channels.TryGetValue(remove.Channel, out var channel))
                    channel.ChildSas.RemoveAll(sa => sa.Inbound == remove.InboundSpi);
                Actions.Add(new NodeAction.RemoveChildSa(remove.Channel, remove.InboundSpi));
                break;
            case Ikev2Action.ChannelClosed closed:
                Close(now, closed);
                break;
        }
    }

    private void Perform(Instant now, RplAction action)
    {
        switch (action)
        {
            case SendRpl send:
                Actions.Add(new NodeAction.SendRpl(send.Channel, send.Destination, send.Icmpv6));
                break;
            case RouteAdded added:
                SetRoute(now, added.Prefix, added.Channel, added.NextHop);
                break;
            case RouteReplaced replaced:
                SetRoute(now, replaced.Prefix, replaced.Channel, replaced.NextHop);
                break;
            case RouteRemoved removed:
                Milestones = Milestones with { LastRoute = now };
                Actions.Add(new NodeAction.RemoveRoute(removed.Prefix));
                Facts.Add(new NodeFact.RouteRemoved(removed.Prefix));
                break;
        }
    }

    private void SetRoute(Instant now, Ipv6Prefix prefix, ChannelId channel, Ipv6Address nextHop)
    {
        Milestones = Milestones with { LastRoute = now };
        Actions.Add(new NodeAction.SetRoute(prefix, channel, nextHop));
        Facts.Add(new NodeFact.RouteSet(prefix, channel, nextHop));
    }

    private void Open(Instant now, Ikev2Action.ChannelEstablished established)
    {
        if (!_links.TryGetValue(established.Link, out var link))
            return;
        var name = ChannelNames.InterfaceName(
            established.Remote, link.Link.Name, established.Channel, taken => _channels.Values.Any(c => c.Spec.InterfaceName == taken));
        var spec = new ChannelSpec(
            established.Channel,
            established.Link,
            established.Local,
            established.Remote,
            name,
            MtuOf(link.Link, established),
            ChannelNames.InnerLinkLocal(_self.AcpAddress, established.Peer, link.Link.Name))
        { Encapsulation = established.Encapsulation };
        _channels[established.Channel] = new Channel(spec, established.Peer, established.WeAreDecider, now);
        Milestones = Milestones with { FirstChannel = Milestones.FirstChannel ?? now, LastChannel = now };
        Actions.Add(new NodeAction.OpenChannel(spec));
        link.Dull?.MarkAuthenticated(established.Remote);
        _adjacency.HandleChannelUp(now, established.Link, established.Remote, established.Peer, established.WeAreDecider, established.Channel);
        Facts.Add(new NodeFact.ChannelUp(spec, established.Peer, established.WeAreDecider));
    }

    // The neighbour came back before we missed it. Its interface stays, but whatever RPL and GRASP had with it is void.
    private void Renew(Instant now, Ikev2Action.ChannelRenewed renewed)
    {
        if (!_channels.TryGetValue(renewed.Channel, out var channel))
            return;
        channel.Peer = renewed.Peer;
        if (!channel.InService)
            return;
        channel.InService = false;
        _rpl.HandleChannelDown(now, renewed.Channel);
        Grasp.HandleChannelDown(now, InterfaceOf(renewed.Channel));
    }

    // Nothing but the certificates changed.
    private void Reauthenticate(Instant now, Ikev2Action.ChannelReauthenticated again)
    {
        if (!_channels.TryGetValue(again.Channel, out var channel))
            return;
        channel.Peer = again.Peer;
        _adjacency.HandleChannelUp(now, again.Link, again.Remote, again.Peer, channel.WeDecide, again.Channel);
    }

    private void Install(Instant now, ChildSaParameters childSa, bool sendAtOnce)
    {
        if (!_channels.TryGetValue(childSa.Channel, out var channel))
        {
            // The link went away between the answer and now; nobody else will wipe these.
            childSa.InboundKey.Dispose();
            childSa.OutboundKey.Dispose();
            return;
        }

        channel.ChildSas.Add((childSa.InboundSpi, childSa.OutboundSpi, childSa.Algorithm, childSa.ExtendedSequenceNumbers, now));
        Actions.Add(new NodeAction.InstallChildSa(childSa, sendAtOnce));
        if (channel.InService)
            return;
        channel.InService = true;
        _rpl.HandleChannelUp(now, childSa.Channel, channel.Spec.InnerLinkLocal, SpeedOf(channel.Spec.Link), RankFactorOf(channel.Spec.Link));
        Grasp.HandleChannelUp(
            now, new GraspInterface(InterfaceOf(childSa.Channel), GraspInterfaceKind.Channel, channel.Spec.InnerLinkLocal));
    }

    private void Close(Instant now, Ikev2Action.ChannelClosed closed)
    {
        if (!_channels.Remove(closed.Channel, out var channel))
            return;
        Milestones = Milestones with { LastChannel = now };
        if (channel.InService)
        {
            _rpl.HandleChannelDown(now, closed.Channel);
            Grasp.HandleChannelDown(now, InterfaceOf(closed.Channel));
        }

        Actions.Add(new NodeAction.CloseChannel(closed.Channel));
        if (_links.TryGetValue(closed.Link, out var link))
            link.Dull?.ClearAuthenticated(closed.Remote);
        _adjacency.HandleChannelDown(now, closed.Link, closed.Remote, closed.Channel, ChannelCloseWords.Of(closed.Reason), closed.ByPeerDelete);
        Facts.Add(new NodeFact.ChannelDown(channel.Spec, closed.Reason));
    }

    /// <summary>GRASP's number for a channel is the channel's.</summary>
    private static GraspInterfaceId InterfaceOf(ChannelId channel) => new(channel.Value);

    private Channel? Find(LinkId link, Ipv6Address remote) =>
        _channels.Values.FirstOrDefault(c => c.Spec.Link == link && c.Spec.Remote == remote);

    private int MtuOf(NodeLink link, Ikev2Action.ChannelEstablished established) => EspOverhead.ChannelMtu(
        link.IsHostNetwork && _remotes.TryGetValue(established.Remote, out var remote) ? Math.Min(remote.Mtu, _options.RemoteMtu) : link.Mtu,
        established.Remote.IsIpv4Mapped,
        established.Encapsulation is not null);

    /// <summary>0 when the operator did not say.</summary>
    private int RankFactorOf(LinkId link) =>
        _links.TryGetValue(link, out var state) ? _options.RankFactors.GetValueOrDefault(state.Link.Parent) : 0;

    private int SpeedOf(LinkId link) => _links.TryGetValue(link, out var state) ? state.Link.SpeedMbps : 0;
}
