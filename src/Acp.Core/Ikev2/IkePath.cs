using Acp.Wire;

namespace Acp.Core.Ikev2;

/// <summary>Where an IKE SA lives: link, both addresses, both ports. Messages from elsewhere are not its own (D-52).</summary>
public readonly record struct IkePath(LinkId Link, Ipv6Address Local, ushort LocalPort, Ipv6Address Remote, ushort RemotePort)
{
    /// <summary>What a channel is keyed by (trap 17).</summary>
    public (LinkId Link, Ipv6Address Remote) Neighbor => (Link, Remote);
}
