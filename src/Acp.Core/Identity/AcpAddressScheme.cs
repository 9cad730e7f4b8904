namespace Acp.Core.Identity;

/// <summary>Which sub-scheme the bits of an ACP address follow (RFC 8994 §6.11).</summary>
public enum AcpAddressScheme
{
    /// <summary>Type 00, Z 0: prefix /127 (§6.11.3).</summary>
    Zone,

    /// <summary>Type 00, Z 1: prefix /64 (§6.11.4).</summary>
    Manual,

    /// <summary>Type 01, F 0: 8 V bits, prefix /120 (§6.11.5).</summary>
    Vlong8,

    /// <summary>Type 01, F 1: 16 V bits, prefix /112 (§6.11.5).</summary>
    Vlong16,

    /// <summary>Type 10 or 11: not defined. Refused as our own, tolerated in peers (F-11).</summary>
    Reserved,
}
