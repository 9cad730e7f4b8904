using Acp.Core.Grasp;
using Acp.Core.Ikev2;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>What a node wants done. The shell performs them in order.</summary>
public abstract record NodeAction
{
    private NodeAction()
    {
    }

    /// <summary>UDP from the link's own address, port 7017, to ff02::13 port 7017 on that link.</summary>
    public sealed record SendDull(LinkId Link, ReadOnlyMemory<byte> Payload) : NodeAction;

    /// <summary>
    /// Ask the system from which address and with which MTU the host's network reaches this one; the answer is
    /// <see cref="Node.HandleRoute"/>.
    /// </summary>
    public sealed record FindRoute(Ipv6Address Remote) : NodeAction;

    /// <summary>A channel's ESP in UDP goes to another port from now on.</summary>
    public sealed record MoveChannel(ChannelId Channel, UdpEncapsulation Encapsulation) : NodeAction;

    /// <summary>UDP between two link-local addresses on one link, or over the host's network; the local port says on which socket.</summary>
    public sealed record SendIke(
        LinkId Link, Ipv6Address Local, ushort LocalPort, Ipv6Address Remote, ushort RemotePort,
        ReadOnlyMemory<byte> Payload) : NodeAction;

    /// <summary>A question for whoever holds the private key; the answer is <see cref="Node.HandleSigned"/>.</summary>
    public sealed record SignAuth(Ikev2Action.SignAuth Question) : NodeAction;

    /// <summary>A question for whoever checks certificates; the answer is <see cref="Node.HandlePeerVerdict"/>.</summary>
    public sealed record VerifyPeer(Ikev2Action.VerifyPeer Question) : NodeAction;

    /// <summary>Note the keys for a protocol analyser, and wipe them. Only when the options ask for it.</summary>
    public sealed record RevealIkeKeys(Ikev2Action.RevealIkeKeys Keys) : NodeAction;

    /// <summary>Build the channel's virtual interface in the acp namespace.</summary>
    public sealed record OpenChannel(ChannelSpec Channel) : NodeAction;

    /// <summary>
    /// Install both directions. When <paramref name="SendAtOnce"/> is false the channel goes on sending on what it has, until
    /// <see cref="SwitchOutbound"/>: the peer may not have its half yet.
    /// </summary>
    public sealed record InstallChildSa(ChildSaParameters ChildSa, bool SendAtOnce) : NodeAction;

    /// <summary>From now on the channel sends on this child SA.</summary>
    public sealed record SwitchOutbound(ChannelId Channel, uint InboundSpi) : NodeAction;

    public sealed record RemoveChildSa(ChannelId Channel, uint InboundSpi) : NodeAction;

    /// <summary>Remove the virtual interface and every SA that is left in it.</summary>
    public sealed record CloseChannel(ChannelId Channel) : NodeAction;

    /// <summary>An ICMPv6 message (type 155) inside a channel; the kernel fills in the checksum.</summary>
    public sealed record SendRpl(ChannelId Channel, Ipv6Address Destination, ReadOnlyMemory<byte> Message) : NodeAction;

    /// <summary>A route of the acp namespace, new or replacing the one for the same prefix.</summary>
    public sealed record SetRoute(Ipv6Prefix Prefix, ChannelId Channel, Ipv6Address NextHop) : NodeAction;

    public sealed record RemoveRoute(Ipv6Prefix Prefix) : NodeAction;

    /// <summary>
    /// What GRASP inside the ACP wants of its substrate, in the acp namespace; the answers go to <see cref="Node.HandleGrasp"/>.
    /// </summary>
    public sealed record PerformGrasp(GraspAction Action) : NodeAction;
}
