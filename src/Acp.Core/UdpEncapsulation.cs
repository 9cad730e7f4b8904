namespace Acp.Core;

/// <summary>The ports of ESP in UDP (RFC 3948): ours, and what the peer or its NAT sends from.</summary>
public readonly record struct UdpEncapsulation(ushort LocalPort, ushort RemotePort);
