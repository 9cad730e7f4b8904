using Acp.Wire;

namespace Acp.Core;

/// <summary>
/// A child SA pair as IKEv2 hands it to a data plane: both directions of one tunnel-mode ESP SA between two link-local
/// addresses on one link, or two addresses of the host's network (IPv4 ones in their IPv6-mapped form), selectors ::/0 both ways. Whoever installs it owns the keys and disposes them.
/// </summary>
/// <param name="Channel">The channel whose virtual interface carries the packets.</param>
/// <param name="Link">The abutment link that the ESP packets use.</param>
/// <param name="Local">Our link-local address there.</param>
/// <param name="Remote">The neighbour's.</param>
/// <param name="InboundSpi">Chosen by us.</param>
/// <param name="OutboundSpi">Chosen by the neighbour.</param>
/// <param name="ExtendedSequenceNumbers">64-bit sequence numbers (RFC 4303 §2.2.1).</param>
/// <param name="InboundKey">Key and salt, 36 octets.</param>
/// <param name="OutboundKey">Key and salt, 36 octets.</param>
public sealed record ChildSaParameters(
    ChannelId Channel,
    LinkId Link,
    Ipv6Address Local,
    Ipv6Address Remote,
    uint InboundSpi,
    uint OutboundSpi,
    EspAlgorithm Algorithm,
    bool ExtendedSequenceNumbers,
    SecretBytes InboundKey,
    SecretBytes OutboundKey)
{
    /// <summary>ESP in UDP, on <see cref="LinkId.HostNetwork"/> only; null for native ESP.</summary>
    public UdpEncapsulation? Encapsulation { get; init; }

    /// <summary>How much either direction may carry.</summary>
    public ChildSaLimits Limits { get; init; } = ChildSaLimits.None;
}
