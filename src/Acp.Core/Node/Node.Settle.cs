using Acp.Core.Dull;
using Acp.Core.Esp;
using Acp.Core.Grasp;
using Acp.Core.Ikev2;
using Acp.Core.Rpl;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>What one room of the node wants from another, or from the box.</summary>
public sealed partial class Node
{
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
