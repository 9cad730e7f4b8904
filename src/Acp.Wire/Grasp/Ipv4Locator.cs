namespace Acp.Wire.Grasp;

/// <summary><c>[O_IPv4_LOCATOR, ipv4-address, transport-proto, port-number]</c></summary>
/// <param name="Address">Big-endian: 192.0.2.1 is 0xc0000201.</param>
public sealed record Ipv4Locator(uint Address, TransportProtocol Protocol, ushort Port) : Locator;
