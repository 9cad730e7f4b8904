using Acp.Core;
using Acp.Core.Esp;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Sockets;
using Acp.Linux.Tun;
using Acp.Wire.Netlink;

namespace Acp.Linux.DataPlane;

/// <summary>
/// ESP inside acpd: a TUN per channel in the acp namespace, a raw ESP socket per link in the abutment namespace, one
/// pump thread for each. For boxes whose kernel lacks esp6 or xfrm interfaces; on the wire nobody sees the difference.
/// </summary>
/// <remarks>
/// Not thread-safe; the loop's. The pumps see what the loop decides through single references, replaced: the table of a
/// link's inbound SAs, the sending SA of a channel. What is replaced is disposed by the pump that used it.
/// </remarks>
public sealed class UserspaceDataPlane : IDataPlane
{
    private const byte AddrGenModeNone = 1;

    private readonly NetworkNamespace _abutment;
    private readonly NetworkNamespace _acp;
    private readonly IDataPlaneNews _news;
    private readonly RouteSocket _route;
    private readonly SortedDictionary<ChannelId, UserspaceChannel> _channels = [];
    private readonly Dictionary<(LinkId Link, EspCarrier Carrier), UserspaceLink> _links = [];
    private HostNetwork? _host;

    /// <param name="abutment">Where the links are; must outlive this object.</param>
    /// <param name="acp">Where the channel interfaces appear; likewise.</param>
    public UserspaceDataPlane(NetworkNamespace abutment, NetworkNamespace acp, IDataPlaneNews news)
    {
        _abutment = abutment;
        _acp = acp;
        _news = news;
        _route = new RouteSocket(acp);
    }

    public DataPlaneKind Kind => DataPlaneKind.Userspace;

    /// <summary>ESP packets on that link for no SA of ours.</summary>
    public long UnknownSpis(LinkId link) => _links.Where(l => l.Key.Link == link).Sum(l => l.Value.Pump.UnknownSpis);

    /// <summary>What all pumps together ever took from the managed heap: flat under traffic.</summary>
    public long AllocatedByPumps() =>
        _links.Values.Sum(link => link.Pump.AllocatedOctets) + _channels.Values.Sum(channel => channel.Pump?.AllocatedOctets ?? 0);

    /// <summary>
    /// Lets channels run over the host's network, and from now on reads its UDP socket for ESP and IKE
    /// (<see cref="IDataPlaneNews.IkeArrived"/>).
    /// </summary>
    /// <param name="host">Must outlive this object.</param>
    /// <exception cref="DataPlaneException">The system refused.</exception>
    public void UseHostNetwork(HostNetwork host)
    {
        _host = host;
        UseLink(LinkId.HostNetwork, EspCarrier.HostUdp);
    }

    public int OpenChannel(ChannelSpec channel)
    {
        if (_channels.ContainsKey(channel.Channel))
            throw new DataPlaneException($"{channel.Channel} is open already");
        TunDevice? tun = null;
        UserspaceLink? link = null;
        try
        {
            tun = TunDevice.Create(_acp, channel.InterfaceName);
            Configure(tun, channel);
            link = UseLink(channel.Link, EspCarriers.For(channel.Link, channel.Remote, channel.Encapsulation));
            var opened = new UserspaceChannel(channel, tun, link);
            opened.Pump = new OutboundPump(channel, tun, opened.Out, _news);
            opened.Pump.Start();
            _channels.Add(channel.Channel, opened);
            return tun.Index;
        }
        catch (Exception e) when (e is SystemCallException or NetlinkException or DataPlaneException)
        {
            if (link is not null)
                ReleaseLink(link);
            tun?.Dispose();
            if (e is DataPlaneException)
                throw;
            throw new DataPlaneException($"cannot make the interface {channel.InterfaceName} for {channel.Channel}: {e.Message}", e);
        }
    }

    public void InstallChildSa(ChildSaParameters childSa, bool sendAtOnce = true)
    {
        try
        {
            if (!_channels.TryGetValue(childSa.Channel, out var channel))
                throw new DataPlaneException($"{childSa.Channel} is not open: no child SA can be installed");
            if (channel.Spec.Link != childSa.Link || channel.Spec.Local != childSa.Local || channel.Spec.Remote != childSa.Remote)
                throw new DataPlaneException($"the child SA {childSa.InboundSpi:x8} has other addresses than {childSa.Channel}");
            if (_links.Any(l => l.Key.Link == childSa.Link && l.Value.Receiving.ContainsKey(childSa.InboundSpi)))
                throw new DataPlaneException($"the SPI {childSa.InboundSpi:x8} is in use on {childSa.Link}");

            var link = UseLink(childSa.Link, EspCarriers.For(childSa.Link, childSa.Remote, childSa.Encapsulation));
            var esn = childSa.ExtendedSequenceNumbers;
            var inbound = new EspInboundSa(childSa.InboundSpi, childSa.Algorithm, esn, childSa.InboundKey, limits: childSa.Limits);
            var outbound = new EspOutboundSa(childSa.OutboundSpi, childSa.Algorithm, esn, childSa.OutboundKey, limits: childSa.Limits);

            // Receive before sending: the peer answers at once.
            var entry = new InboundSa(childSa.Channel, inbound, childSa.Local, childSa.Remote, channel.Tun, channel.In)
            {
                Port = childSa.Encapsulation?.RemotePort ?? 0,
            };
            foreach (var receiver in ReceiversOf(link))
                receiver.Publish(table => table.Add(childSa.InboundSpi, entry));
            var destination = new EspDestination(
                link.Socket, childSa.Link, childSa.Local, childSa.Remote, childSa.Encapsulation?.RemotePort ?? 0);
            // The last one sends.
            var place = sendAtOnce || channel.Sending.Count == 0 ? channel.Sending.Count : channel.Sending.Count - 1;
            channel.Sending.Insert(place, new OutboundSa(outbound, childSa.InboundSpi, link, destination));
            channel.Pump!.Use(channel.Sending[^1]);
        }
        finally
        {
            childSa.InboundKey.Dispose();
            childSa.OutboundKey.Dispose();
        }
    }

    public void SwitchOutbound(ChannelId channel, uint inboundSpi)
    {
        if (!_channels.TryGetValue(channel, out var found) || found.Sending.Find(sa => sa.InboundSpi == inboundSpi) is not { } chosen)
            return;
        found.Sending.Remove(chosen);
        found.Sending.Add(chosen);
        found.Pump!.Use(chosen);
    }

    public void MoveChannel(ChannelId channel, UdpEncapsulation encapsulation)
    {
        if (!_channels.TryGetValue(channel, out var found))
            return;
        foreach (var sa in found.Sending.Where(sa => sa.Destination.Port != 0))
        {
            sa.Destination = new EspDestination(
                sa.Link.Socket, found.Spec.Link, found.Spec.Local, found.Spec.Remote, encapsulation.RemotePort);
        }
    }

    public void RemoveChildSa(ChannelId channel, uint inboundSpi)
    {
        if (_channels.TryGetValue(channel, out var found) && Remove(found, inboundSpi) is { } link)
            ReleaseLink(link);
    }

    public void CloseChannel(ChannelId channel)
    {
        if (!_channels.Remove(channel, out var closing))
            return;
        List<UserspaceLink> links = [closing.Link];
        while (closing.Sending.Count > 0)
            links.Add(Remove(closing, closing.Sending[^1].InboundSpi)!);
        closing.Pump!.Dispose();

        // A link's pump may be writing to the TUN at this moment; after this it cannot know it any more.
        foreach (var link in links.Distinct())
            link.Pump.Synchronize();
        closing.Tun.Dispose();
        links.ForEach(ReleaseLink);
    }

    /// <summary>Nothing: sockets bound to a link and its address outlive its going down.</summary>
    public void RestoreLink(LinkId link)
    {
    }

    public ChannelCounters ReadCounters(ChannelId channel) =>
        _channels.TryGetValue(channel, out var found) ? found.Read() : default;

    public void Dispose()
    {
        foreach (var channel in _channels.Keys.ToList())
            CloseChannel(channel);
        foreach (var link in _links.Values.ToList())
            link.Dispose();
        _links.Clear();
        _route.Dispose();
    }

    /// <summary>The link whose SA it was, which the caller releases; null for an unknown one.</summary>
    private UserspaceLink? Remove(UserspaceChannel channel, uint inboundSpi)
    {
        var index = channel.Sending.FindIndex(sa => sa.InboundSpi == inboundSpi);
        if (index < 0)
            return null;
        var outbound = channel.Sending[index];
        channel.Sending.RemoveAt(index);
        channel.Pump!.Use(channel.Sending.Count > 0 ? channel.Sending[^1] : null);
        channel.Pump.Retire(outbound.Sa);

        var link = outbound.Link;
        var inbound = link.Receiving[inboundSpi];
        foreach (var receiver in ReceiversOf(link))
        {
            receiver.Publish(table => table.Remove(inboundSpi));
            // Its own pump disposes it, when surely no other is at work with it.
            if (receiver != link)
                receiver.Pump.Synchronize();
        }

        link.Pump.Retire(inbound.Sa);
        return link;
    }

    /// <summary>
    /// What an SA is received on. The peer may put ESP in UDP at any time, also where no NAT was seen (RFC 7296 §2.23); where one
    /// was seen it must.
    /// </summary>
    private IEnumerable<UserspaceLink> ReceiversOf(UserspaceLink link)
    {
        yield return link;
        if (link.Socket.Carrier is EspCarrier.HostIpv4 or EspCarrier.HostIpv6)
            yield return _links[(LinkId.HostNetwork, EspCarrier.HostUdp)];
    }

    private UserspaceLink UseLink(LinkId id, EspCarrier carrier)
    {
        if (!_links.TryGetValue((id, carrier), out var link))
        {
            var socket = carrier == EspCarrier.Link ? EspSocket.Open(_abutment, id)
                : EspSocket.OpenHost(_host ?? throw new DataPlaneException("there are no sockets in the host's network"), carrier);
            var pump = new InboundPump(id, socket, _news);
            pump.Start();
            link = new UserspaceLink(socket, pump);
            _links.Add((id, carrier), link);
        }

        link.Users++;
        return link;
    }

    private void ReleaseLink(UserspaceLink link)
    {
        if (--link.Users > 0)
            return;
        _links.Remove(_links.First(l => l.Value == link).Key);
        link.Dispose();
    }

    /// <summary>
    /// A router's interface with one address of our choice: the kernel makes none of its own, and believes no router
    /// advertisement that comes through the tunnel.
    /// </summary>
    private void Configure(TunDevice tun, ChannelSpec channel)
    {
        Sysctl.Ensure(_acp, "net/ipv6/conf/all/forwarding", "1");
        var conf = $"net/ipv6/conf/{tun.Name}/";
        _route.SetAddrGenMode(tun.Index, AddrGenModeNone);
        _route.SetMtu(tun.Index, channel.Mtu);
        Sysctl.Ensure(_acp, conf + "disable_ipv6", "0");
        Sysctl.Ensure(_acp, conf + "forwarding", "1");
        Sysctl.Ensure(_acp, conf + "accept_ra", "0");
        Sysctl.Ensure(_acp, conf + "hop_limit", NamespaceSettings.HopLimit);
        Sysctl.EnsureIfKnown(_acp, conf + "accept_redirects", "0");
        _route.SetUp(tun.Index);
        _route.PutAddress(tun.Index, channel.InnerLinkLocal, 64, Rtnetlink.IFA_F_NODAD);
    }
}
