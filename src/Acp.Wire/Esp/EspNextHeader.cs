namespace Acp.Wire.Esp;

/// <summary>The next header octet of the ESP trailer (RFC 4303 §2.6), an IP protocol number. Only what we tell apart is named.</summary>
public enum EspNextHeader : byte
{
    /// <summary>Tunnel mode with an IPv4 packet inside: never in the ACP.</summary>
    Ipv4 = 4,

    /// <summary>Tunnel mode with an IPv6 packet inside: the only one the ACP carries (RFC 8994 §6.8.3.1).</summary>
    Ipv6 = 41,

    /// <summary>"No next header": a dummy packet, cover traffic to be discarded (RFC 4303 §2.6).</summary>
    None = 59,
}
