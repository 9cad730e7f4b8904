using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>This node acts as root of its own DODAG: grounded, or floating when its preference is the default.</summary>
public sealed record BecameRoot(Ipv6Address DodagId, byte Version, byte Preference, bool Grounded) : RplFact;
