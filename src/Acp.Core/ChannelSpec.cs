using Acp.Wire;

namespace Acp.Core;

/// <summary>What the shell must build for one secure channel: the virtual interface that RPL and GRASP will see.</summary>
/// <param name="Link">The abutment link whose ESP packets carry it.</param>
/// <param name="Local">Our underlay link-local address on that link.</param>
/// <param name="Remote">The neighbour's.</param>
/// <param name="InterfaceName">Name in the acp namespace, at most 15 octets.</param>
/// <param name="Mtu">Inner MTU in octets: link MTU less the ESP overhead (E-17), never below 1280.</param>
/// <param name="InnerLinkLocal">Our link-local address inside the channel; not derived from the underlay's (F-21).</param>
public sealed record ChannelSpec(
    ChannelId Channel,
    LinkId Link,
    Ipv6Address Local,
    Ipv6Address Remote,
    string InterfaceName,
    int Mtu,
    Ipv6Address InnerLinkLocal)
{
    /// <summary>What the channel began with: ESP in UDP, or null for native ESP. Each child SA says its own.</summary>
    public UdpEncapsulation? Encapsulation { get; init; }
}
