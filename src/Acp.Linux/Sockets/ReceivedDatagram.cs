using Acp.Wire;

namespace Acp.Linux.Sockets;

/// <summary>How a datagram arrived.</summary>
/// <param name="Length">Octets in the buffer.</param>
/// <param name="Truncated">It was longer than the buffer.</param>
/// <param name="HopLimit">0 to 255, or −1 when the kernel did not say.</param>
public readonly record struct ReceivedDatagram(
    int Length, bool Truncated, Ipv6Address Source, ushort SourcePort, Ipv6Address Destination, int InterfaceIndex, int HopLimit);
