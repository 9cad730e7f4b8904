namespace Acp.Wire.Grasp;

/// <summary>transport-proto of a locator, an IP protocol number (RFC 8990 §2.9.5). Others are kept as numbers.</summary>
public enum TransportProtocol : ushort
{
    Tcp = 6,
    Udp = 17,
}
