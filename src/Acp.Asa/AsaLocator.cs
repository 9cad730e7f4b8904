using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Asa;

/// <summary>An ASA_locator (RFC 8991 §2.3.2.5): where a peer for an objective is.</summary>
/// <param name="Interface">The index of the interface it was learnt on, without which a link-local one is of no use; 0 for none.</param>
/// <param name="Ttl">How long it is good for, counted from when it was given out; null for one that does not age.</param>
/// <param name="IsDiverted">Somebody other than the peer said so.</param>
public sealed record AsaLocator(Locator Locator, int Interface = 0, TimeSpan? Ttl = null, bool IsDiverted = false)
{
    public bool IsIpAddress => Locator is Ipv6Locator or Ipv4Locator;

    /// <summary>A name, which leads wherever a resolver says: never assume that it lies inside the ACP.</summary>
    public bool IsFqdn => Locator is FqdnLocator;

    /// <summary>As <see cref="IsFqdn"/>.</summary>
    public bool IsUri => Locator is UriLocator;

    public TransportProtocol? Protocol => Locator.GivenProtocol();

    public ushort? Port => Locator.GivenPort();

    /// <summary>A TCP port of an IPv6 address.</summary>
    public static AsaLocator Tcp(Ipv6Address address, ushort port, int interfaceIndex = 0) =>
        new(new Ipv6Locator(address, TransportProtocol.Tcp, port), interfaceIndex);
}
