using System.Globalization;
using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Linux.Crypto;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Sim;

/// <summary>A box without a kernel: performs a node's actions on virtual links and keeps its routing table and SAs.</summary>
public sealed class VirtualNode
{
    private readonly VirtualNetwork _network;
    private readonly NodeOptions _options;
    private readonly List<VirtualPort> _ports = [];
    private readonly Dictionary<ChannelId, VirtualChannel> _channels = [];
    private readonly Dictionary<Ipv6Prefix, ChannelId> _routes = [];
    private Node? _node;
    private long _calls;

    internal VirtualNode(VirtualNetwork network, string name, int number, NodeOptions options)
    {
        _network = network;
        _options = options;
        Name = name;
        Number = number;
        AcpAddress = Ipv6Address.Parse($"fd89:b714:f3db:0:200:0:6400:{(number * 2).ToString("x", CultureInfo.InvariantCulture)}");
    }

    public string Name { get; }

    public int Number { get; }

    public Ipv6Address AcpAddress { get; }

    /// <summary>How often it was started.</summary>
    public int Life { get; private set; }

    /// <summary>What carries its GRASP; null while it is off.</summary>
    public VirtualSubstrate? Substrate { get; private set; }

    public bool IsRunning => _node is not null;

    public Node Node => _node ?? throw new InvalidOperationException($"{Name} is not running");

    public List<NodeFact> Facts { get; } = [];

    public IReadOnlyDictionary<Ipv6Prefix, ChannelId> Routes => _routes;

    public Instant? NextDeadline => _node?.NextDeadline;

    /// <summary>Channels that are open, each with its child SAs as (inbound, outbound) SPIs.</summary>
    public IEnumerable<VirtualChannel> Channels => _channels.Values;

    internal VirtualPort Attach(VirtualLink link)
    {
        var port = new VirtualPort(this, link, _ports.Count + 1);
        _ports.Add(port);
        return port;
    }

    public void Start()
    {
        Life++;
        var self = new NodeSelf(AcpAddress, new Ipv6Prefix(AcpAddress, 127), [ToyAuthority.CertificateOf(this)], []);
        _node = new Node(_options, self, new PlatformIkeCrypto(), new SeededRandom(_network.Random.NextUInt64()));
        Substrate = new VirtualSubstrate(_network, this);
        Tell((node, now) => node.HandleGraspSubstrate(now, true, GraspConstants.GRASP_LISTEN_PORT));
        foreach (var port in _ports.Where(p => p.Link.IsUp))
            port.Up();
    }

    /// <summary>Power off: nothing is said to anybody.</summary>
    public void Kill()
    {
        _node = null;
        Substrate = null;
        _channels.Clear();
        _routes.Clear();
    }

    /// <summary>An event for the machine, and whatever it then wants done.</summary>
    public void Tell(Action<Node, Instant> happen)
    {
        if (_node is null)
            return;
        happen(_node, _network.Now);
        Perform();
    }

    public void Wake() => Tell((machine, now) => machine.HandleTime(now));

    /// <summary>The channel that the longest matching route uses.</summary>
    public ChannelId? Lookup(Ipv6Address destination)
    {
        (int Length, ChannelId Channel)? best = null;
        foreach (var (prefix, channel) in _routes)
        {
            if (prefix.Contains(destination) && (best is null || prefix.Length > best.Value.Length))
                best = (prefix.Length, channel);
        }

        return best?.Channel;
    }

    /// <summary>Where a packet into a channel comes out, if the other end holds the SA it would use.</summary>
    public VirtualNode? OtherEnd(ChannelId channel) =>
        _channels.TryGetValue(channel, out var from) && from.Sender is { } sa && PortOf(from.Spec.Link) is { Link: { IsUp: true, IsSilent: false } } port
        && port.Link.Opposite(port).Node is { IsRunning: true } other && other.ChannelOfInbound(sa) is not null
            ? other
            : null;

    /// <summary>The channel of the other end that a packet into this one comes out of.</summary>
    public VirtualChannel? ArrivalOf(ChannelId channel) =>
        OtherEnd(channel) is { } other && _channels[channel].Sender is { } sa ? other.ChannelOfInbound(sa) : null;

    /// <summary>A call of an ASA on this node; its answer will be in <see cref="VirtualSubstrate.Answers"/>.</summary>
    public CommandId Call(GraspCommand command)
    {
        var id = new CommandId(++_calls);
        Tell((node, now) => node.HandleGrasp(now, at => node.Grasp.Engine.HandleCommand(at, id, command)));
        return id;
    }

    private VirtualPort? PortOf(LinkId link) => _ports.FirstOrDefault(p => p.Id == link);

    private VirtualChannel? ChannelOfInbound(ChildSaParameters theirs) =>
        _channels.Values.FirstOrDefault(c => c.ChildSas.Any(sa =>
            sa.InboundSpi == theirs.OutboundSpi && sa.Remote == theirs.Local && sa.InboundKey.FixedTimeEquals(theirs.OutboundKey.Span)));

    private void Perform()
    {
        while (_node is not null && _node.Actions.TryTake(out var action))
            Perform(action);
        if (_node is not null)
            Facts.AddRange(_node.Facts.Drain());
    }

    private void Perform(NodeAction action)
    {
        switch (action)
        {
            case NodeAction.SendDull dull:
                if (PortOf(dull.Link) is { } port)
                    port.Link.Carry(port, Ipv6Address.AllGraspNeighbors, to => to.Node.Tell((n, now) => n.HandleDull(now, to.Id, port.LinkLocal, 1, dull.Payload.Span)));
                break;
            case NodeAction.SendIke ike:
                if (PortOf(ike.Link) is { } from)
                    from.Link.Carry(from, ike.Remote, to => to.Node.Tell((n, now) => n.HandleIke(now, to.Id, ike.Remote, ike.RemotePort, ike.Local, ike.LocalPort, ike.Payload.Span)));
                break;
            case NodeAction.SignAuth sign:
                var signed = ToyAuthority.Sign(sign.Question);
                Later(n => n.HandleSigned(_network.Now, sign.Question.Request, signed.AlgorithmIdentifier, signed.Signature));
                break;
            case NodeAction.VerifyPeer verify:
                var verdict = ToyAuthority.Verify(verify.Question);
                Later(n => n.HandlePeerVerdict(_network.Now, verify.Question.Request, verdict));
                break;
            case NodeAction.OpenChannel open:
                if (!_channels.TryAdd(open.Channel.Channel, new VirtualChannel(open.Channel)))
                    throw new InvalidOperationException($"{Name}: {open.Channel.Channel} opened twice");
                break;
            case NodeAction.InstallChildSa install:
                _channels[install.ChildSa.Channel].Install(install.ChildSa, install.SendAtOnce);
                break;
            case NodeAction.SwitchOutbound switching:
                _channels[switching.Channel].SwitchOutbound(switching.InboundSpi);
                break;
            case NodeAction.RemoveChildSa remove:
                _channels[remove.Channel].ChildSas.RemoveAll(sa => sa.InboundSpi == remove.InboundSpi);
                break;
            case NodeAction.CloseChannel close:
                if (!_channels.Remove(close.Channel))
                    throw new InvalidOperationException($"{Name}: {close.Channel} closed but not open");
                break;
            case NodeAction.SendRpl rpl:
                SendRpl(rpl);
                break;
            case NodeAction.PerformGrasp grasp:
                Substrate!.Perform(grasp.Action);
                break;
            case NodeAction.SetRoute set:
                _routes[set.Prefix] = set.Channel;
                break;
            case NodeAction.RemoveRoute remove:
                if (!_routes.Remove(remove.Prefix))
                    throw new InvalidOperationException($"{Name}: route {remove.Prefix} removed but not there");
                break;
            default:
                throw new InvalidOperationException($"nobody performs {action}");
        }
    }

    private void SendRpl(NodeAction.SendRpl rpl)
    {
        if (!_channels.TryGetValue(rpl.Channel, out var channel) || channel.Sender is not { } sa || PortOf(channel.Spec.Link) is not { } port)
            return;
        var source = channel.Spec.InnerLinkLocal;
        port.Link.Carry(port, channel.Spec.Remote, to =>
        {
            if (to.Node.ChannelOfInbound(sa) is { } arrived
                && (rpl.Destination.IsMulticast || rpl.Destination == arrived.Spec.InnerLinkLocal))
                to.Node.Tell((n, now) => n.HandleRpl(now, arrived.Spec.Channel, source, rpl.Destination, rpl.Message.Span));
        });
    }

    // Answers come as events of their own, as from a worker; never into a node that was restarted meanwhile.
    private void Later(Action<Node> answer)
    {
        var life = Life;
        _network.After(TimeSpan.FromMilliseconds(1), () =>
        {
            if (Life == life)
                Tell((n, _) => answer(n));
        });
    }
}
