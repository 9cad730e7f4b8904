namespace Acp.Wire.Rpl;

/// <summary>
/// Prefix Information (RFC 6550 §6.7.10, RFC 4861 §4.6.2). The address is kept whole: with R set it is a router's.
/// Lifetimes in seconds, 0xffffffff infinite. Without effect here: addresses come from the AcpNodeName.
/// </summary>
public sealed record PrefixInformationOption(
    byte PrefixLength,
    bool OnLink,
    bool Autonomous,
    bool RouterAddress,
    uint ValidLifetimeSeconds,
    uint PreferredLifetimeSeconds,
    Ipv6Address Prefix) : RplOption;
