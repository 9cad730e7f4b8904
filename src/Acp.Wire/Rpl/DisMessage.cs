namespace Acp.Wire.Rpl;

/// <summary>DODAG Information Solicitation (RFC 6550 §6.2).</summary>
public sealed record DisMessage : RplMessage;
