using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>A link of the abutment namespace that is up and has its link-local address.</summary>
/// <param name="Name">The interface in the abutment namespace, such as <c>abut_eth0</c>.</param>
/// <param name="Parent">The host's interface behind it, such as <c>eth0</c>.</param>
/// <param name="Mtu">Octets of an IP packet that the link carries.</param>
/// <param name="SpeedMbps">0 when unknown; chooses RPL's rank factor (G-25).</param>
public sealed record NodeLink(LinkId Id, string Name, string Parent, Ipv6Address LinkLocal, int Mtu, int SpeedMbps)
{
    /// <summary>
    /// The host's own network, where configured neighbours are met and nobody is heard. Each of them has its own local address
    /// and MTU: see <see cref="NodeAction.FindRoute"/>.
    /// </summary>
    public static readonly NodeLink HostNetwork = new(LinkId.HostNetwork, "host", "host", Ipv6Address.Unspecified, 1500, 0);

    public bool IsHostNetwork => Id == LinkId.HostNetwork;
}
