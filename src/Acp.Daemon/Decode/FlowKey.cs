using Acp.Wire;

namespace Acp.Daemon.Decode;

/// <summary>One direction of a TCP connection; IPv4 addresses in their IPv6-mapped form.</summary>
internal readonly record struct FlowKey(Ipv6Address Source, int SourcePort, Ipv6Address Destination, int DestinationPort);
