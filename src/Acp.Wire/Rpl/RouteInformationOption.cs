namespace Acp.Wire.Rpl;

/// <summary>
/// Route Information (RFC 6550 §6.7.5). <paramref name="Preference"/> is the two-bit RFC 4191 value;
/// <paramref name="LifetimeSeconds"/> 0xffffffff is infinite.
/// </summary>
public sealed record RouteInformationOption(Ipv6Prefix Prefix, byte Preference, uint LifetimeSeconds) : RplOption;
