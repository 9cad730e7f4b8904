namespace Acp.Wire.Ikev2;

/// <summary>One traffic selector (RFC 7296 §3.13.1). IPv4 addresses stand in the low 32 bits; other types keep only their type.</summary>
/// <param name="Protocol">IP protocol, 0 for any.</param>
public readonly record struct TrafficSelector(TrafficSelectorType Type, byte Protocol, ushort StartPort, ushort EndPort,
    Ipv6Address StartAddress, Ipv6Address EndAddress)
{
    /// <summary>All of IPv6, any protocol, any port (D-33).</summary>
    public static readonly TrafficSelector AnyIpv6 = new(TrafficSelectorType.Ipv6AddressRange, 0, 0, ushort.MaxValue,
        Ipv6Address.Unspecified, Ipv6Address.AllOnes);

    /// <summary>Whether every packet of <paramref name="other"/> is one of ours.</summary>
    public bool Contains(TrafficSelector other) =>
        Type == other.Type
        && (Protocol == 0 || Protocol == other.Protocol)
        && StartPort <= other.StartPort && EndPort >= other.EndPort
        && StartAddress.CompareTo(other.StartAddress) <= 0 && EndAddress.CompareTo(other.EndAddress) >= 0;
}
