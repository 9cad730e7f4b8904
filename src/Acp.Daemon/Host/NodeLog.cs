using Acp.Core;
using Acp.Core.Dull;
using Acp.Core.Grasp;
using Acp.Core.Ikev2;
using Acp.Core.Node;
using Acp.Core.Rpl;
using Acp.Core.Time;
using Acp.Linux.Grasp;
using Acp.Linux.Links;
using Acp.Linux.Loop;
using Acp.Wire;
using Microsoft.Extensions.Logging;

namespace Acp.Daemon.Host;

/// <summary>
/// The node's facts as log lines. Event ids are stable; every line about a tunnel carries its SPIs or its channel, so
/// that one search tells one story.
/// </summary>
internal sealed partial class NodeLog(ILogger logger)
{
    // Interface names say more than numbers, also in the lines that follow a link's end.
    private readonly Dictionary<LinkId, string> _names = [];

    // Announcements are cheap to forge; a full disk is not to be had for them.
    private readonly TokenBucket _neighborLines = new(20);
    private readonly TokenBucket _ikeLines = new(20);
    private readonly TokenBucket _dropLines = new(100);
    private readonly TokenBucket _graspLines = new(20);
    private readonly TokenBucket _rplAlarms = new(1, 10);

    // The network at large knocks at port 500: each address has one line, up to a number.
    private readonly HashSet<Ipv6Address> _strangers = [];
    private const int MaxStrangers = 256;
    private int _unlisted;

    public void Write(NodeFact fact)
    {
        switch (fact)
        {
            case NodeFact.LinkUp up:
                _names[up.Link.Id] = up.Link.Name;
                LinkUp(up.Link.Name, up.Link.Parent, up.Link.LinkLocal.ToString(), up.Link.Mtu);
                break;
            case NodeFact.LinkDown down:
                LinkDown(down.Link.Name);
                break;
            case NodeFact.ChannelUp up:
                ChannelUp(
                    up.Channel.Channel.ToString(), up.Channel.InterfaceName, NameOf(up.Channel.Link), up.Peer.NodeName,
                    up.Channel.Remote.ToEndpointText(), up.Channel.Mtu, up.WeDecide ? "Decider" : "Follower");
                break;
            case NodeFact.ChannelDown down:
                ChannelDown(down.Channel.Channel.ToString(), down.Channel.InterfaceName, down.Reason.ToString());
                break;
            case NodeFact.ChannelBroken broken:
                ChannelBroken(broken.Channel.Channel.ToString(), broken.Channel.InterfaceName, broken.Reason);
                break;
            case NodeFact.StrangerIgnored stranger when _strangers.Count < MaxStrangers && _strangers.Add(stranger.Remote):
                StrangerIgnored(stranger.Remote.ToEndpointText(), stranger.RemotePort);
                break;
            case NodeFact.RouteSet set:
                RouteSet(set.Prefix.ToString(), set.NextHop.ToString(), set.Channel.ToString());
                break;
            case NodeFact.RouteRemoved removed:
                RouteRemoved(removed.Prefix.ToString());
                break;
            case NodeFact.DullNoted dull:
                Write(dull.Link.Name, dull.Fact);
                break;
            case NodeFact.AdjacencyNoted adjacency:
                Write(adjacency.Fact);
                break;
            case NodeFact.Ikev2Noted ike:
                Write(ike.Fact);
                break;
            case NodeFact.GraspNoted { Fact: GraspFact.FloodSignature signature }:
                FloodSignature(signature.Objective, signature.Initiator.ToString(), signature.Status.ToString(), signature.Detail,
                    signature.Taken ? "taken all the same" : "not taken");
                break;
            case NodeFact.RplNoted rpl:
                Write(rpl.Fact);
                break;
            case NodeFact.GraspNoted grasp:
                Write(grasp.Fact);
                break;
        }
    }

    public void Write(LinkFact fact)
    {
        switch (fact)
        {
            case LinkFact.InterfaceIgnored ignored:
                InterfaceIgnored(ignored.Name, ignored.Reason);
                break;
            case LinkFact.LinkProblem problem:
                LinkProblem(problem.Name, problem.Reason);
                break;
            case LinkFact.Resynchronized:
                Resynchronized();
                break;
        }
    }

    private string NameOf(LinkId link) => _names.TryGetValue(link, out var name) ? name : link.ToString();

    private void Write(string link, DullFact fact)
    {
        switch (fact)
        {
            case DullFact.NeighborFound found when _neighborLines.TryTake(BootClock.Now):
                if (_unlisted > 0)
                    DullNeighborsUnlisted(_unlisted);
                _unlisted = 0;
                DullNeighborFound(link, found.Peer.ToEndpointText(), string.Join(", ", found.Methods));
                break;
            case DullFact.NeighborFound:
                _unlisted++;
                break;
            case DullFact.NeighborLost { Evicted: false } lost when _neighborLines.TryTake(BootClock.Now):
                DullNeighborLost(link, lost.Peer.ToEndpointText(), "fell silent");
                break;
        }
    }

    private void Write(AdjacencyFact fact)
    {
        if (fact is AdjacencyFact.Changed changed)
            AdjacencyChanged(NameOf(changed.Link), changed.Peer.ToEndpointText(), changed.From.ToString(), changed.To.ToString(), changed.Reason);
        else if (logger.IsEnabled(LogLevel.Debug))
            AdjacencyNoted(fact.ToString());
    }

    private void Write(Ikev2Fact fact)
    {
        switch (fact)
        {
            case Ikev2Fact.Traced:
                // For readers of `acpd ike trace`, not for the log.
                break;
            case Ikev2Fact.IkeSaEstablished up:
                IkeEstablished(
                    up.IkeSa.ToString(), NameOf(up.Link), up.Remote.ToEndpointText(), up.Peer, up.Suite, up.WeInitiated ? "initiated" : "responded");
                break;
            case Ikev2Fact.IkeSaClosed closed:
                IkeClosed(closed.IkeSa.ToString(), NameOf(closed.Link), closed.Remote.ToEndpointText(), closed.Reason.ToString());
                break;
            case Ikev2Fact.ChildSaEstablished child:
                ChildEstablished(
                    child.IkeSa.ToString(), child.Channel.ToString(), child.InboundSpi, child.OutboundSpi,
                    child.Algorithm + (child.ExtendedSequenceNumbers ? " ESN" : ""));
                break;
            case Ikev2Fact.ChildSaRemoved child:
                ChildRemoved(child.IkeSa.ToString(), child.Channel.ToString(), child.InboundSpi, child.OutboundSpi);
                break;
            case Ikev2Fact.PeerRefused refused:
                PeerRefused(refused.IkeSa.ToString(), NameOf(refused.Link), refused.Remote.ToEndpointText(), refused.Code, refused.Text);
                break;
            case Ikev2Fact.InitiationEnded ended:
                IkeInitiationEnded(ended.IkeSa.ToString(), NameOf(ended.Link), ended.Remote.ToEndpointText(), ended.Reason.ToString(), ended.Text);
                break;
            case Ikev2Fact.RequestRefused or Ikev2Fact.ErrorReceived or Ikev2Fact.ChildSaRefused or Ikev2Fact.NatDetected
                or Ikev2Fact.PpkNotUsed:
                // Some of these anybody on the link can provoke as often as they like; the counters have them all.
                if (logger.IsEnabled(LogLevel.Warning) && _ikeLines.TryTake(BootClock.Now))
                    IkeError(fact.ToString());
                break;
            case Ikev2Fact.NatTraversed nat:
                IkeNatTraversed(
                    nat.IkeSa.ToString(), nat.Remote.ToEndpointText(),
                    nat.Nat is { PeerIsBehind: true, WeAreBehind: true } ? "both ends seem to be behind NATs"
                    : nat.Nat.PeerIsBehind ? "it seems to be behind a NAT" : nat.Nat.WeAreBehind ? "we seem to be behind a NAT" : "as configured");
                break;
            case Ikev2Fact.PathMoved moved:
                IkePathMoved(moved.IkeSa.ToString(), moved.Remote.ToEndpointText(), moved.LocalPort, moved.RemotePort);
                break;
            case Ikev2Fact.Dropped or Ikev2Fact.Malformed when !_dropLines.TryTake(BootClock.Now):
                break;
            default:
                if (logger.IsEnabled(LogLevel.Debug))
                    IkeNoted(fact.ToString());
                break;
        }
    }

    private void Write(RplFact fact)
    {
        if (fact is BecameRoot or DodagJoined or DodagLeft or ParentChanged)
        {
            if (logger.IsEnabled(LogLevel.Information))
                RplNoted(fact.ToString());
        }
        else if (fact is PathTableFull or DaoParentFailed && _rplAlarms.TryTake(BootClock.Now))
        {
            RplAlarm(fact.ToString());
        }
        else if (logger.IsEnabled(LogLevel.Debug))
        {
            RplDetail(fact.ToString());
        }
    }

    // What ASAs do is theirs to log; here it is for whoever looks closely.
    private void Write(GraspFact fact)
    {
        switch (fact)
        {
            case GraspFact.NeighborUp up:
                GraspNeighborUp(up.Interface.Value, up.Neighbor.Address.ToString(), up.WeOpened ? "we connected" : "it connected");
                break;
            case GraspFact.NeighborDown down:
                GraspNeighborDown(down.Interface.Value, down.Neighbor.Address.ToString());
                break;
            default:
                if (logger.IsEnabled(LogLevel.Debug))
                    GraspDetail(fact.ToString());
                break;
        }
    }

    /// <summary>What carries GRASP inside the ACP noticed something.</summary>
    public void Write(SubstrateFact fact)
    {
        if (!_graspLines.TryTake(BootClock.Now))
            return;
        switch (fact)
        {
            case SubstrateFact.PeerRefused refused:
                GraspPeerRefused(refused.Remote.ToString(), refused.Refusal.ToString(), refused.Detail);
                break;
            case SubstrateFact.PeerElsewhere elsewhere:
                GraspPeerElsewhere(elsewhere.Remote.ToString(), elsewhere.Name);
                break;
            case SubstrateFact.Failed failed:
                GraspStreamFailed(failed.WeConnected ? "to" : "from", failed.Remote.ToString(), failed.Refusal.ToString(), failed.Detail);
                break;
        }
    }

    [LoggerMessage(100, LogLevel.Information, "{Link} is up (over {Parent}): {Address}, MTU {Mtu}")]
    private partial void LinkUp(string link, string parent, string address, int mtu);

    [LoggerMessage(101, LogLevel.Information, "{Link} is down")]
    private partial void LinkDown(string link);

    [LoggerMessage(102, LogLevel.Warning, "{Link} cannot be used yet: {Reason}")]
    public partial void LinkUnusable(string link, string reason);

    [LoggerMessage(103, LogLevel.Information, "{Channel} {Name} is up on {Link} to {Peer} at {Address}, MTU {Mtu}; we are the {Role}")]
    private partial void ChannelUp(string channel, string name, string link, string peer, string address, int mtu, string role);

    [LoggerMessage(104, LogLevel.Information, "{Channel} {Name} is down: {Reason}")]
    private partial void ChannelDown(string channel, string name, string reason);

    [LoggerMessage(105, LogLevel.Error, "{Channel} {Name} is broken: {Reason}")]
    private partial void ChannelBroken(string channel, string name, string reason);

    [LoggerMessage(106, LogLevel.Information, "route {Prefix} via {Via} on {Channel}")]
    private partial void RouteSet(string prefix, string via, string channel);

    [LoggerMessage(107, LogLevel.Information, "route {Prefix} removed")]
    private partial void RouteRemoved(string prefix);

    [LoggerMessage(108, LogLevel.Warning, "the kernel refused the route {Prefix} on {Name}: {Reason}")]
    public partial void RouteRefused(Ipv6Prefix prefix, string name, string reason);

    [LoggerMessage(109, LogLevel.Information, "{Channel}: the child SA with inbound SPI {Spi:x8} has carried so much that it gets a successor")]
    public partial void LifetimeNear(ChannelId channel, uint spi);

    [LoggerMessage(117, LogLevel.Warning, "{Channel}: the child SA with inbound SPI {Spi:x8} has carried all that it may")]
    public partial void LifetimeOver(ChannelId channel, uint spi);

    [LoggerMessage(110, LogLevel.Debug, "{Link}: ESP from {Source} with SPI {Spi:x8}, which nobody installed")]
    public partial void UnknownSpi(LinkId link, Ipv6Address source, uint spi);

    [LoggerMessage(111, LogLevel.Information, "{Name} is left alone: {Reason}")]
    private partial void InterfaceIgnored(string name, string reason);

    [LoggerMessage(112, LogLevel.Warning, "{Name}: {Reason}")]
    private partial void LinkProblem(string name, string reason);

    [LoggerMessage(113, LogLevel.Warning, "news of the kernel was lost: everything was read again")]
    private partial void Resynchronized();

    [LoggerMessage(114, LogLevel.Warning, "cannot put back what somebody took away: {Reason}; trying again")]
    public partial void RepairFailed(string reason);

    [LoggerMessage(115, LogLevel.Information, "IKE from {Remote} port {Port} was not looked at: no neighbour is configured by that address")]
    private partial void StrangerIgnored(string remote, ushort port);

    [LoggerMessage(116, LogLevel.Information, "channels to remote neighbours are carried in user space: kernel ESP is made for links only")]
    public partial void RemoteInUserspace();

    [LoggerMessage(120, LogLevel.Information, "{Link}: heard {Peer}, which offers {Methods}")]
    private partial void DullNeighborFound(string link, string peer, string methods);

    [LoggerMessage(121, LogLevel.Information, "{Link}: {Peer} {How}")]
    private partial void DullNeighborLost(string link, string peer, string how);

    [LoggerMessage(122, LogLevel.Warning, "{Count} more neighbours were heard than are listed here: somebody may be making them up")]
    private partial void DullNeighborsUnlisted(int count);

    [LoggerMessage(130, LogLevel.Debug, "{Link}: {Peer} goes from {From} to {To}: {Reason}")]
    private partial void AdjacencyChanged(string link, string peer, string from, string to, string reason);

    [LoggerMessage(131, LogLevel.Debug, "{Fact}")]
    private partial void AdjacencyNoted(string fact);

    [LoggerMessage(140, LogLevel.Information, "IKE SA {Sa} on {Link} with {Remote} established: {Peer}, {Suite}, we {Role}")]
    private partial void IkeEstablished(string sa, string link, string remote, string peer, string suite, string role);

    [LoggerMessage(141, LogLevel.Information, "IKE SA {Sa} on {Link} with {Remote} closed: {Reason}")]
    private partial void IkeClosed(string sa, string link, string remote, string reason);

    [LoggerMessage(142, LogLevel.Information, "child SA {Inbound:x8}/{Outbound:x8} of {Channel} established under IKE SA {Sa}: {Algorithm}")]
    private partial void ChildEstablished(string sa, string channel, uint inbound, uint outbound, string algorithm);

    [LoggerMessage(143, LogLevel.Information, "child SA {Inbound:x8}/{Outbound:x8} of {Channel} removed under IKE SA {Sa}")]
    private partial void ChildRemoved(string sa, string channel, uint inbound, uint outbound);

    [LoggerMessage(144, LogLevel.Warning, "IKE SA {Sa} on {Link}: {Remote} refused ({Code}): {Text}")]
    private partial void PeerRefused(string sa, string link, string remote, string code, string text);

    [LoggerMessage(145, LogLevel.Warning, "IKE SA {Sa} on {Link} with {Remote} not established ({Reason}): {Text}")]
    private partial void IkeInitiationEnded(string sa, string link, string remote, string reason, string text);

    [LoggerMessage(146, LogLevel.Debug, "{Fact}")]
    private partial void IkeNoted(string fact);

    [LoggerMessage(147, LogLevel.Warning, "{Fact}")]
    private partial void IkeError(string fact);

    [LoggerMessage(148, LogLevel.Information, "IKE SA {Sa} with {Remote}: ESP goes in UDP, {Why}")]
    private partial void IkeNatTraversed(string sa, string remote, string why);

    [LoggerMessage(149, LogLevel.Information, "IKE SA {Sa} with {Remote} goes on from our port {Local} to its port {Port}")]
    private partial void IkePathMoved(string sa, string remote, ushort local, ushort port);

    [LoggerMessage(150, LogLevel.Information, "{Fact}")]
    private partial void RplNoted(string fact);

    [LoggerMessage(151, LogLevel.Debug, "{Fact}")]
    private partial void RplDetail(string fact);

    [LoggerMessage(152, LogLevel.Warning, "we are the root, and {Count} packets came for addresses that nobody in the ACP has, most of them from {From}; {Total} so far")]
    public partial void UnknownDestinations(long count, string from, long total);

    [LoggerMessage(153, LogLevel.Warning, "{Fact}")]
    private partial void RplAlarm(string fact);

    public void Wished(string wish, LinkId link, Ipv6Address remote) => Wished(wish, NameOf(link), remote.ToString());

    [LoggerMessage(148, LogLevel.Information, "asked at the control socket: {Wish} of the channel on {Link} to {Remote}")]
    private partial void Wished(string wish, string link, string remote);

    public void NarrowLink(ChannelSpec channel) => NarrowLink(channel.Channel.ToString(), NameOf(channel.Link));

    [LoggerMessage(155, LogLevel.Information, "channel {Channel}: {Link} is too narrow for the kernel's ESP, which does not fragment; carried in user space")]
    private partial void NarrowLink(string channel, string link);

    public void RepairWished(string outcome, Ipv6Address dodag, int version) => RepairWished(outcome, dodag.ToString(), version);

    [LoggerMessage(154, LogLevel.Information, "asked at the control socket: global repair, {Outcome}; DODAG {Dodag}, version {Version}")]
    private partial void RepairWished(string outcome, string dodag, int version);

    public void LateRefusal(ChannelId channel, PeerVerdict refusal) => LateRefusal(channel.ToString(), refusal.RefusalCode ?? "refused", refusal.RefusalText ?? "");

    [LoggerMessage(149, LogLevel.Warning, "the peer of {Channel} is not acceptable any more ({Code}): {Text}")]
    private partial void LateRefusal(string channel, string code, string text);

    [LoggerMessage(170, LogLevel.Information, "GRASP: neighbour {Neighbor} in ch{Channel} ({How})")]
    private partial void GraspNeighborUp(int channel, string neighbor, string how);

    [LoggerMessage(171, LogLevel.Information, "GRASP: neighbour {Neighbor} in ch{Channel} is gone")]
    private partial void GraspNeighborDown(int channel, string neighbor);

    [LoggerMessage(172, LogLevel.Debug, "{Fact}")]
    private partial void GraspDetail(string fact);

    [LoggerMessage(173, LogLevel.Warning, "GRASP over TLS: {Remote} is refused ({Reason}): {Detail}")]
    private partial void GraspPeerRefused(string remote, string reason, string detail);

    [LoggerMessage(174, LogLevel.Warning, "GRASP over TLS: {Remote} has the certificate of '{Name}', whose address it is not")]
    private partial void GraspPeerElsewhere(string remote, string name);

    [LoggerMessage(175, LogLevel.Information, "GRASP over TLS {Direction} {Remote} failed ({Reason}): {Detail}")]
    private partial void GraspStreamFailed(string direction, string remote, string reason, string detail);

    [LoggerMessage(176, LogLevel.Error, "GRASP cannot be used inside the ACP: {Reason}")]
    public partial void GraspUnusable(string reason);

    [LoggerMessage(177, LogLevel.Warning, "the flood of {Objective} by {Initiator} has no good signature ({Status}: {Detail}): {How}")]
    private partial void FloodSignature(string objective, string initiator, string status, string detail, string how);

    [LoggerMessage(160, LogLevel.Warning, "cleaning up: {Reason}")]
    public partial void CleanUpFailed(string reason);
}
