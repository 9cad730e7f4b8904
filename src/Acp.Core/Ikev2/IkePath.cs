using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// Where an IKE SA lives: link, both addresses, both ports. Messages from elsewhere are not its own (D-52), but that a
/// remote neighbour may change its port (RFC 7296 §2.23).
/// </summary>
public readonly record struct IkePath(LinkId Link, Ipv6Address Local, ushort LocalPort, Ipv6Address Remote, ushort RemotePort)
{
    /// <summary>What a channel is keyed by (trap 17).</summary>
    public (LinkId Link, Ipv6Address Remote) Neighbor => (Link, Remote);

    /// <summary>Over the host's network to a configured neighbour (RFC 8994 §8.2.1), where there may be NATs.</summary>
    public bool IsRemote => Link == LinkId.HostNetwork;

    /// <summary>Alike but for the ports.</summary>
    public bool HasAddressesOf(IkePath other) => (Link, Local, Remote) == (other.Link, other.Local, other.Remote);

    /// <summary>On this path every IKE message has the non-ESP marker before it (RFC 3948 §2.2).</summary>
    public bool HasMarker(Ikev2Options options) => IsRemote && LocalPort == options.NatTraversalPort;

    /// <summary>The datagram that carries a message.</summary>
    public Ikev2Action.SendDatagram Datagram(byte[] message, Ikev2Options options) =>
        new(Link, Local, LocalPort, Remote, RemotePort, HasMarker(options) ? NonEspMarker.Put(message) : message);
}
