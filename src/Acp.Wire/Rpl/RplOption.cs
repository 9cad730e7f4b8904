namespace Acp.Wire.Rpl;

/// <summary>One option of a RPL control message (RFC 6550 §6.7). Padding and unknown options are not kept.</summary>
public abstract record RplOption;
