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
/// <remarks>This file holds what happens to a node; <c>Node.Settle.cs</c> carries the news that follow from room to room.</remarks>
public sealed partial class Node : IMachine
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
}
