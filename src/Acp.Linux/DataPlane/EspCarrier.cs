using Acp.Core;
using Acp.Wire;

namespace Acp.Linux.DataPlane;

/// <summary>What carries ESP packets: each has its own socket and pump.</summary>
internal enum EspCarrier
{
    /// <summary>Native ESP on one link of the abutment namespace.</summary>
    Link,

    /// <summary>Native ESP over IPv6 in the host's network.</summary>
    HostIpv6,

    /// <summary>Native ESP over IPv4 in the host's network.</summary>
    HostIpv4,

    /// <summary>ESP in UDP in the host's network, on the port that IKE shares (RFC 3948).</summary>
    HostUdp,
}

internal static class EspCarriers
{
    public static EspCarrier For(LinkId link, Ipv6Address remote, UdpEncapsulation? encapsulation) =>
        link != LinkId.HostNetwork ? EspCarrier.Link
        : encapsulation is not null ? EspCarrier.HostUdp
        : remote.IsIpv4Mapped ? EspCarrier.HostIpv4
        : EspCarrier.HostIpv6;
}
