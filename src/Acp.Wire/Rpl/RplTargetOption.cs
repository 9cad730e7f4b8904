namespace Acp.Wire.Rpl;

/// <summary>RPL Target (RFC 6550 §6.7.7): a prefix reachable through the sender of the DAO.</summary>
public sealed record RplTargetOption(Ipv6Prefix Prefix) : RplOption;
