using System.Globalization;
using Acp.Core;
using Acp.Core.Esp;
using Acp.Core.Grasp;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Simulation.Clock;
using Acp.Simulation.Grasp;
using Acp.Simulation.Reports;
using Acp.Simulation.Security;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Simulation.Network;

/// <summary>A box without a kernel: performs a node's actions on simulated links, and keeps its routing table and SAs.</summary>
public sealed class SimulatedNode : DeadlineItem
{
    /// <summary>IPv6 and UDP headers.</summary>
    private const int UdpOverhead = 40 + 8;

    private const int Ipv6Header = 40;

    private readonly Simulation _simulation;
    private readonly NodeOptions _options;
    private readonly List<SimulatedPort> _ports = [];
    private readonly Dictionary<ChannelId, SimulatedChannel> _channels = [];
    private readonly Dictionary<uint, SimulatedChannel> _inbound = [];
    private readonly TrafficMeter _meter = new();
    private Node? _node;
    private SimulatedCredentials? _credentials;
    private TimeSpan _clockOffset;
    private ReadOnlyMemory<byte>? _lastSent;
    private long _calls;
    private long _performed;
    private long _channelVersion;
    private Instant _lastWake;
    private int _wakesAtOnce;

    internal SimulatedNode(Simulation simulation, int number, NodeOptions options, int factLimit)
    {
        _simulation = simulation;
        _options = options;
        Number = number;
        Name = "n" + number.ToString(CultureInfo.InvariantCulture);
        // The Manual scheme's neighbour: one registrar (0200::6400), numbered boxes of two addresses each (RFC 8994 §6.11.5).
        AcpAddress = new Ipv6Address(0xfd89_b714_f3db_0000, 0x0200_0000_6400_0000 + 2 * (ulong)(number + 1));
        Facts = new FactLog(factLimit);
        Routes = new SimulatedRoutingTable(simulation.FindOwner);
    }

    /// <summary>Its number in the topology, from 0.</summary>
    public int Number { get; }

    public string Name { get; }

    public Ipv6Address AcpAddress { get; }

    public Ipv6Prefix Prefix => new(AcpAddress, 127);

    /// <summary>How often it was started.</summary>
    public int Life { get; private set; }

    /// <summary>Its certificate is of another domain.</summary>
    public bool IsRogue { get; private set; }

    /// <summary>Since when it has been off; null while it is on.</summary>
    public Instant? OffSince { get; private set; } = Instant.Zero;

    /// <summary>What carries its GRASP; null while it is off, and in simulations without.</summary>
    public SimulatedSubstrate? Substrate { get; private set; }

    public bool IsRunning => _node is not null;

    public Node Node => _node ?? throw new InvalidOperationException($"{Name} is not running");

    public FactLog Facts { get; }

    public SimulatedRoutingTable Routes { get; }

    public IReadOnlyList<SimulatedPort> Ports => _ports;

    /// <summary>When it wants to be woken, as it said after the last thing that happened to it.</summary>
    public Instant? NextDeadline { get; private set; }

    /// <summary>Channels that are open.</summary>
    public IReadOnlyCollection<SimulatedChannel> Channels => _channels.Values;

    /// <summary>All that it sent, in all its lives.</summary>
    public TrafficReport Sent => _meter.Report;

    /// <summary>The date that it believes.</summary>
    internal DateTimeOffset Date => _simulation.Date + _clockOffset;

    internal TrafficMeter Meter => _meter;

    /// <summary>Grows with every change of where its own packets can go: of its table and channels, and of what the other ends open.</summary>
    internal long RoutingVersion => Routes.Version + _channelVersion;

    internal NodeOptions Options => _options;

    /// <summary>Switches it on, with nothing remembered.</summary>
    public void Start() => Start(false);

    /// <summary>Power off: nothing is said to anybody.</summary>
    public void Kill()
    {
        if (_node is null)
            return;
        _node = null;
        Substrate = null;
        OffSince = _simulation.Now;
        _channels.Clear();
        _ports.ForEach(p => p.Open.Clear());
        _inbound.Clear();
        Routes.Clear();
        NextDeadline = null;
        _simulation.SetDeadline(this, null);
        NoteLife(0);
    }

    /// <summary>An event for the machine, and whatever it then wants done.</summary>
    public void Tell(Action<Node, Instant> happen)
    {
        if (_node is null)
            return;
        happen(_node, _simulation.Now);
        Settle();
    }

    /// <summary>The channel that the longest matching route uses.</summary>
    public ChannelId? Lookup(Ipv6Address destination) => Routes.Lookup(destination)?.Channel;

    /// <summary>Where a packet into a channel comes out, if the other end holds the SA it would use.</summary>
    public SimulatedNode? OtherEnd(ChannelId channel) => ArrivalOf(channel)?.Port.Node;

    /// <summary>The channel of the other end that a packet into this one comes out of.</summary>
    public SimulatedChannel? ArrivalOf(ChannelId channel) =>
        _channels.TryGetValue(channel, out var from) && from.Sender is { } sa && from.Port.Link is { IsWhole: true } link
            ? link.Opposite(from.Port).Node.ChannelThatOpens(sa)
            : null;

    public SimulatedChannel? FindChannel(ChannelId channel) => _channels.GetValueOrDefault(channel);

    /// <summary>A call of an ASA on this node; its answer will be in <see cref="SimulatedSubstrate.Answers"/>.</summary>
    public CommandId Call(GraspCommand command)
    {
        var id = new CommandId(++_calls);
        Tell((node, now) => node.HandleGrasp(now, at => node.Grasp.Engine.HandleCommand(at, id, command)));
        return id;
    }

    public override string ToString() => Name;

    internal SimulatedPort Attach(SimulatedLink link)
    {
        var port = new SimulatedPort(this, link, _ports.Count + 1, _simulation.Options.Seed);
        _ports.Add(port);
        return port;
    }

    internal void Start(bool asRogue)
    {
        Kill();
        Life++;
        OffSince = null;
        IsRogue = asRogue;
        _credentials = _simulation.Enroll(this, asRogue);
        var random = new SeededRandom(_simulation.Random.NextUInt64());
        _node = new Node(_options, SelfOf(_credentials), _simulation.Options.Crypto(random), random);
        _lastWake = default;
        NoteLife(Life);
        _node.HandleWallClock(_simulation.Now, new WallClock(Date, _simulation.Now));
        if (_simulation.Options.Grasp)
        {
            Substrate = new SimulatedSubstrate(_simulation, this);
            _node.HandleGraspSubstrate(_simulation.Now, true, GraspConstants.GRASP_LISTEN_PORT);
        }

        Settle();
        foreach (var port in _ports)
        {
            if (port.Link.IsUp)
                port.Up();
        }
    }

    /// <summary>A new certificate. The machine is told, and shows it to its neighbours.</summary>
    internal void RenewCertificate()
    {
        if (_node is null)
            return;
        var credentials = _credentials = _simulation.Enroll(this, IsRogue);
        Tell((node, now) => node.HandleIdentity(now, SelfOf(credentials)));
    }

    internal void SetClock(TimeSpan offset)
    {
        _clockOffset = offset;
        Tell((node, now) => node.HandleWallClock(now, new WallClock(Date, now)));
    }

    internal void HandleLinkUp(NodeLink link)
    {
        if (_node is null)
            return;
        _node.HandleLinkUp(_simulation.Now, link);
        Settle();
    }

    internal void HandleLinkDown(LinkId link)
    {
        if (_node is null)
            return;
        _node.HandleLinkDown(_simulation.Now, link);
        Settle();
    }

    /// <summary>Its packets may go elsewhere now, or nowhere.</summary>
    internal void NoteRoutingChanged() => _channelVersion++;

    /// <summary>What it asked to be woken for.</summary>
    internal void Wake()
    {
        if (_node is null)
            return;
        var now = _simulation.Now;
        _simulation.Trace.Add(now, TraceKind.Wake, Number);
        var before = _performed;
        _node.HandleTime(now);
        Settle();
        _wakesAtOnce = _lastWake == now ? _wakesAtOnce + 1 : 0;
        _lastWake = now;
        if (NextDeadline is { } next && next <= now && (_wakesAtOnce >= 1000 || (_wakesAtOnce >= 2 && _performed == before)))
            _simulation.Wakes.NoteSleepless(this, next);
    }

    /// <summary>A packet came out of a link.</summary>
    internal void Receive(Packet packet, SimulatedPort at)
    {
        if (_node is null)
            return;
        var now = _simulation.Now;
        _simulation.Trace.Add(now, TraceKind.Packet, Number, packet.Payload.Span);
        switch (packet.Kind)
        {
            case MessageKind.Dull:
                _node.HandleDull(now, at.Id, packet.Source, 1, packet.Payload.Span);
                break;
            case MessageKind.Ike:
                if (packet.Destination == at.LinkLocal)
                {
                    _node.HandleIke(
                        now, at.Id, at.LinkLocal, packet.DestinationPort, packet.Source, packet.SourcePort, packet.Payload.Span);
                }

                break;
            case MessageKind.Rpl:
                if (packet.Sender is { } sender && ChannelThatOpens(sender) is { } channel
                    && (packet.Destination.IsMulticast || packet.Destination == channel.Spec.InnerLinkLocal))
                    _node.HandleRpl(now, channel.Spec.Channel, packet.Source, packet.Destination, packet.Payload.Span);
                break;
            default:
                throw new InvalidOperationException($"nobody takes {packet.Kind}");
        }

        Settle();
    }

    /// <summary>Sends what is no message, or one with a few bits wrong, over a link: whoever hears it must bear it.</summary>
    internal void SendGarbage(SimulatedPort port)
    {
        if (_node is null)
            return;
        var random = _simulation.Random;
        var dull = random.Next(2) == 0;
        byte[] bytes;
        if (_lastSent is { } sent && random.Next(2) == 0)
        {
            bytes = sent.ToArray();
            for (var i = random.Next(8); i >= 0; i--)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }
        else
        {
            bytes = random.Bytes(1 + random.Next(300));
        }

        var peer = port.Link.Opposite(port).LinkLocal;
        Send(
            dull
                ? new Packet(port, MessageKind.Dull, null, port.LinkLocal, Ipv6Address.AllGraspNeighbors, 7017, 7017, bytes)
                : new Packet(port, MessageKind.Ike, null, port.LinkLocal, peer, 500, 500, bytes),
            UdpOverhead);
    }

    /// <summary>An event of its GRASP substrate.</summary>
    internal void HandleGrasp(Action<AcpGrasp, Instant> happen)
    {
        if (_node is not { } node)
            return;
        node.HandleGrasp(_simulation.Now, at => happen(node.Grasp, at));
        Settle();
    }

    internal SimulatedChannel? ChannelThatOpens(SimulatedChildSa theirs) =>
        _inbound.TryGetValue(theirs.OutboundSpi, out var channel) && channel.Opens(theirs) ? channel : null;

    private static NodeSelf SelfOf(SimulatedCredentials credentials) => new(
        credentials.AcpAddress, new Ipv6Prefix(credentials.AcpAddress, 127), credentials.Chain, credentials.TrustAnchorKeyHashes);

    private SimulatedPort? PortOf(LinkId link) => link.Value >= 1 && link.Value <= _ports.Count ? _ports[link.Value - 1] : null;

    private void Settle()
    {
        while (_node is not null && _node.Actions.TryTake(out var action))
        {
            _performed++;
            Perform(action);
        }

        if (_node is null)
            return;
        while (_node.Facts.TryTake(out var fact))
        {
            Facts.Add(_simulation.Now, fact);
            _simulation.Options.OnFact?.Invoke(_simulation.Elapsed, Name, fact);
        }

        NextDeadline = _node.NextDeadline;
        _simulation.SetDeadline(this, NextDeadline);
    }

    private void Perform(NodeAction action)
    {
        switch (action)
        {
            case NodeAction.SendDull dull:
                if (PortOf(dull.Link) is { } port)
                    Send(new Packet(port, MessageKind.Dull, null, port.LinkLocal, Ipv6Address.AllGraspNeighbors, 7017, 7017, dull.Payload), UdpOverhead);
                break;
            case NodeAction.SendIke ike:
                if (PortOf(ike.Link) is { } from)
                    Send(new Packet(from, MessageKind.Ike, null, ike.Local, ike.Remote, ike.LocalPort, ike.RemotePort, ike.Payload), UdpOverhead);
                break;
            case NodeAction.SendRpl rpl:
                if (_channels.TryGetValue(rpl.Channel, out var way) && way.Sender is { } sender)
                {
                    var packet = new Packet(way.Port, MessageKind.Rpl, sender, way.Spec.InnerLinkLocal, rpl.Destination, 0, 0, rpl.Message);
                    Send(packet, EspOverhead.OuterLength(Ipv6Header + rpl.Message.Length) - rpl.Message.Length);
                }

                break;
            case NodeAction.SignAuth sign:
                var signed = _simulation.Options.Authority.Sign(_credentials!, sign.Question);
                Answer(n => n.HandleSigned(_simulation.Now, sign.Question.Request, signed.AlgorithmIdentifier, signed.Signature));
                break;
            case NodeAction.VerifyPeer verify:
                var verdict = _simulation.Options.Authority.Judge(_credentials!, verify.Question, Date);
                Answer(n => n.HandlePeerVerdict(_simulation.Now, verify.Question.Request, verdict));
                break;
            case NodeAction.PerformGrasp grasp:
                Substrate?.Perform(grasp.Action);
                break;
            case NodeAction.SetRoute set:
                Routes.Set(set.Prefix, set.Channel);
                NoteRoute(set.Prefix, set.Channel.Value);
                break;
            case NodeAction.RemoveRoute remove:
                if (!Routes.Remove(remove.Prefix))
                    throw new InvalidOperationException($"{Name}: route {remove.Prefix} removed but not there");
                NoteRoute(remove.Prefix, 0);
                break;
            default:
                PerformOnChannel(action);
                break;
        }
    }

    private void PerformOnChannel(NodeAction action)
    {
        switch (action)
        {
            case NodeAction.OpenChannel { Channel: var spec }:
                var opened = new SimulatedChannel(spec, PortOf(spec.Link)!);
                if (!_channels.TryAdd(spec.Channel, opened))
                    throw new InvalidOperationException($"{Name}: {spec.Channel} opened twice");
                opened.Port.Open.Add(opened);
                break;
            case NodeAction.InstallChildSa install:
                var channel = _channels[install.ChildSa.Channel];
                channel.Install(new SimulatedChildSa(install.ChildSa), install.SendAtOnce);
                _inbound.Add(install.ChildSa.InboundSpi, channel);
                NoteChannel(channel, install.ChildSa.InboundSpi);
                break;
            case NodeAction.SwitchOutbound switching:
                _channels[switching.Channel].SwitchOutbound(switching.InboundSpi);
                NoteChannel(_channels[switching.Channel], switching.InboundSpi);
                break;
            case NodeAction.RemoveChildSa remove:
                _channels[remove.Channel].Remove(remove.InboundSpi);
                _inbound.Remove(remove.InboundSpi);
                NoteChannel(_channels[remove.Channel], remove.InboundSpi);
                break;
            case NodeAction.CloseChannel close:
                if (!_channels.Remove(close.Channel, out var closed))
                    throw new InvalidOperationException($"{Name}: {close.Channel} closed but not open");
                closed.Port.Open.Remove(closed);
                foreach (var childSa in closed.ChildSas)
                    _inbound.Remove(childSa.InboundSpi);
                NoteChannel(closed, 0);
                break;
            default:
                throw new InvalidOperationException($"nobody performs {action}");
        }
    }

    private void Send(Packet packet, int overhead)
    {
        var octets = packet.Payload.Length + overhead;
        _meter.Count(packet.Kind, octets);
        if (packet.Kind is MessageKind.Dull or MessageKind.Ike)
            _lastSent = packet.Payload;
        packet.From.Link.Carry(packet, octets);
    }

    private void NoteRoute(Ipv6Prefix prefix, int channel) =>
        _simulation.NoteRouting(TraceKind.Route, Number, prefix.Address.Low ^ (ulong)channel << 32);

    private void NoteChannel(SimulatedChannel channel, uint spi)
    {
        NoteRoutingChanged();
        channel.Port.Link.Opposite(channel.Port).Node.NoteRoutingChanged();
        _simulation.NoteRouting(TraceKind.Channel, Number, (ulong)channel.Spec.Channel.Value << 32 | spi);
    }

    /// <summary>It went on or off: nothing at all is as it was, here and at the other ends of its links.</summary>
    private void NoteLife(int life)
    {
        NoteRoutingChanged();
        foreach (var port in _ports)
            port.Link.Opposite(port).Node.NoteRoutingChanged();
        _simulation.NoteRouting(TraceKind.Node, Number, (ulong)life);
    }

    // Answers come as events of their own, as from a worker; never into a node that was restarted meanwhile.
    private void Answer(Action<Node> answer)
    {
        var life = Life;
        _simulation.After(TimeSpan.FromMilliseconds(1), () =>
        {
            if (_node is null || Life != life)
                return;
            _simulation.Trace.Add(_simulation.Now, TraceKind.Answer, Number);
            answer(_node);
            Settle();
        });
    }
}
