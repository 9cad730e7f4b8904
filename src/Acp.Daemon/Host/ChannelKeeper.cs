using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Linux.DataPlane;
using Acp.Linux.Grasp;
using Acp.Linux.Netlink;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Daemon.Host;

/// <summary>
/// A node's channels on this machine: their interfaces in the acp namespace, their child SAs in the data plane, and the routes through
/// them. Performs what the node decided; a channel that the system refuses is reported as broken. The loop's.
/// </summary>
/// <param name="rpl">Joins the group of all RPL nodes on each channel.</param>
/// <param name="acpRoutes">Requests in the acp namespace; the caller disposes it.</param>
/// <param name="tell">Gives the node an event at once.</param>
/// <param name="tellLater">Gives it one when it has finished telling us what to do.</param>
internal sealed class ChannelKeeper(
    Node node, Ipv6DatagramSocket rpl, RouteSocket acpRoutes, NodeLog log, KeyLog? keyLog, Action<Action<Instant>> tell,
    Action<Action<Instant>> tellLater)
{
    private readonly Dictionary<ChannelId, ChannelInterface> _channels = [];
    private readonly Dictionary<int, ChannelId> _channelAt = [];
    private IDataPlane? _dataPlane;

    /// <summary>Set once, before the first channel is opened.</summary>
    public IDataPlane DataPlane
    {
        get => _dataPlane ?? throw new InvalidOperationException("no data plane yet");
        set => _dataPlane = value;
    }

    /// <summary>What carries GRASP; null when its port is somebody else's.</summary>
    public AcpSubstrate? Substrate { get; set; }

    public IReadOnlyDictionary<ChannelId, ChannelInterface> All => _channels;

    public ChannelInterface? Find(ChannelId channel) => _channels.GetValueOrDefault(channel);

    /// <summary>Whose interface in the acp namespace that is; null for nobody's.</summary>
    public ChannelId? At(int interfaceIndex) => _channelAt.TryGetValue(interfaceIndex, out var channel) ? channel : null;

    public bool IsAt(int interfaceIndex) => _channelAt.ContainsKey(interfaceIndex);

    public void Open(ChannelSpec spec)
    {
        try
        {
            var index = DataPlane.OpenChannel(spec);
            _channels[spec.Channel] = new ChannelInterface(spec, index);
            _channelAt[index] = spec.Channel;
            rpl.Join(Ipv6Address.AllRplNodes, index);
            Substrate?.AddChannel(new GraspInterfaceId(spec.Channel.Value), index);
        }
        catch (Exception e) when (e is DataPlaneException or SocketSetupException)
        {
            Break(spec.Channel, e.Message);
        }
    }

    public void Install(ChildSaParameters childSa, bool sendAtOnce)
    {
        if (!_channels.ContainsKey(childSa.Channel))
        {
            childSa.InboundKey.Dispose();
            childSa.OutboundKey.Dispose();
            return;
        }

        // The data plane wipes them.
        keyLog?.Write(childSa);
        try
        {
            DataPlane.InstallChildSa(childSa, sendAtOnce);
        }
        catch (DataPlaneException e)
        {
            Break(childSa.Channel, e.Message);
        }
    }

    public void SwitchOutbound(NodeAction.SwitchOutbound switching)
    {
        if (!_channels.ContainsKey(switching.Channel))
            return;
        try
        {
            DataPlane.SwitchOutbound(switching.Channel, switching.InboundSpi);
        }
        catch (DataPlaneException e)
        {
            Break(switching.Channel, e.Message);
        }
    }

    public void Move(NodeAction.MoveChannel move)
    {
        if (_channels.ContainsKey(move.Channel))
            DataPlane.MoveChannel(move.Channel, move.Encapsulation);
    }

    public void Remove(NodeAction.RemoveChildSa remove)
    {
        if (_channels.ContainsKey(remove.Channel))
            TakeAway(() => DataPlane.RemoveChildSa(remove.Channel, remove.InboundSpi));
    }

    public void Close(ChannelId channel)
    {
        if (!_channels.Remove(channel, out var closing))
            return;
        _channelAt.Remove(closing.Index);
        Substrate?.RemoveChannel(new GraspInterfaceId(channel.Value));
        TakeAway(() => DataPlane.CloseChannel(channel));
    }

    public void SetRoute(NodeAction.SetRoute set)
    {
        if (!_channels.TryGetValue(set.Channel, out var through))
            return;
        try
        {
            acpRoutes.PutRoute(new RouteMessage(set.Prefix, through.Index, set.NextHop));
        }
        catch (NetlinkException e)
        {
            // The interface may be going away under us; the channel's end is on its way then.
            log.RouteRefused(set.Prefix, through.Spec.InterfaceName, e.Message);
        }
    }

    // The one that RPL made, not what lies behind it.
    public void RemoveRoute(NodeAction.RemoveRoute remove) =>
        acpRoutes.DeleteRoute(new RouteMessage(remove.Prefix, 0, Metric: Rtnetlink.IP6_RT_PRIO_USER));

    /// <summary>Makes the acp namespace's routes what the node wants, whatever they were: somebody may have flushed them.</summary>
    public void ReconcileRoutes()
    {
        var found = acpRoutes.Routes()
            .Where(r => r.Protocol == Rtnetlink.RTPROT_ACPD && r.Table == Rtnetlink.RT_TABLE_MAIN && r.Type == Rtnetlink.RTN_UNICAST)
            .ToLookup(r => r.Destination);
        foreach (var route in found.SelectMany(f => f))
        {
            if (_channelAt.ContainsKey(route.Interface) && !node.Routes.ContainsKey(route.Destination))
                acpRoutes.DeleteRoute(route);
        }

        foreach (var (prefix, route) in node.Routes)
        {
            if (!_channels.TryGetValue(route.Channel, out var through)
                || found[prefix].Any(f => f.Interface == through.Index && f.Gateway == route.NextHop))
                continue;
            SetRoute(new NodeAction.SetRoute(prefix, route.Channel, route.NextHop));
        }
    }

    /// <summary>
    /// Looks whether every channel's interface is as we made it. One that is not ends its channel: the node makes
    /// another, with all that hangs on it, which is simpler to get right than mending. What the kernel drops when the
    /// link under a channel bounces is put back.
    /// </summary>
    /// <exception cref="DataPlaneException">A link is down at the moment, or the system refuses otherwise.</exception>
    public void Check()
    {
        if (_channels.Count == 0)
            return;
        var links = acpRoutes.Links().ToDictionary(l => l.Index);
        var addresses = acpRoutes.Addresses().Select(a => (a.Index, a.Address)).ToHashSet();
        foreach (var (id, channel) in _channels.ToList())
        {
            if (!links.TryGetValue(channel.Index, out var link))
                BreakNow(id, "somebody removed its interface");
            else if (!link.IsUp)
                BreakNow(id, "somebody took its interface down");
            else if (!addresses.Contains((channel.Index, channel.Spec.InnerLinkLocal)))
                BreakNow(id, "somebody removed the address of its interface");
        }

        foreach (var link in _channels.Values.Select(c => c.Spec.Link).Distinct().ToList())
            DataPlane.RestoreLink(link);
    }

    // What cannot be taken away is said, and swept up at the next start; it is no reason to end.
    private void TakeAway(Action step)
    {
        try
        {
            step();
        }
        catch (DataPlaneException e)
        {
            log.CleanUpFailed(e.Message);
        }
    }

    // Not at once: the node is in the middle of telling us what to do.
    private void Break(ChannelId channel, string reason) => tellLater(now => node.HandleChannelBroken(now, channel, reason));

    private void BreakNow(ChannelId channel, string reason) => tell(now => node.HandleChannelBroken(now, channel, reason));
}
