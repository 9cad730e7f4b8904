namespace Acp.Wire.Rpl;

/// <summary>RPL Target Descriptor (RFC 6550 §6.7.11): an opaque tag of the target before it.</summary>
public sealed record TargetDescriptorOption(uint Descriptor) : RplOption;
