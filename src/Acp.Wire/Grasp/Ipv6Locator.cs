namespace Acp.Wire.Grasp;

/// <summary><c>[O_IPv6_LOCATOR, ipv6-address, transport-proto, port-number]</c></summary>
public sealed record Ipv6Locator(Ipv6Address Address, TransportProtocol Protocol, ushort Port) : Locator;
