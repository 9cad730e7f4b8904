using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>An ASA_locator (RFC 8991 §2.3.2.5): where a peer for an objective is (I-25).</summary>
/// <param name="Interface">It was learnt here; null for one of our own node, or given by the caller.</param>
/// <param name="Expires">When it is to be forgotten; null for one that does not age.</param>
/// <param name="IsDiverted">Somebody other than the peer said so (O_DIVERT).</param>
public sealed record AsaLocator(Locator Locator, GraspInterfaceId? Interface = null, Instant? Expires = null, bool IsDiverted = false)
{
    public bool IsIpv6 => Locator is Ipv6Locator;

    public bool IsIpv4 => Locator is Ipv4Locator;

    public bool IsFqdn => Locator is FqdnLocator;

    public bool IsUri => Locator is UriLocator;

    /// <summary>Names lead wherever their resolver says, so never assume that they lie inside the ACP (H-50).</summary>
    public bool MayBeOutsideAcp => IsFqdn || IsUri;

    /// <summary>Only of use on <see cref="Interface"/>.</summary>
    public bool IsLinkLocal => Locator is Ipv6Locator { Address.IsLinkLocal: true };

    public TransportProtocol? Protocol => Locator.GivenProtocol();

    public ushort? Port => Locator.GivenPort();

    /// <summary>Unicast GRASP needs a reliable transport (H-51): anything but UDP.</summary>
    public bool IsReliable => Protocol != TransportProtocol.Udp;

    /// <summary>A locator for an IPv6 address and a TCP port.</summary>
    public static AsaLocator Tcp(Ipv6Address address, ushort port, GraspInterfaceId? onInterface = null) =>
        new(new Ipv6Locator(address, TransportProtocol.Tcp, port), onInterface);
}
