namespace Acp.Wire.Ikev2;

/// <summary>Flags of the IKE header (RFC 7296 §3.1). All other bits are sent zero and ignored.</summary>
[Flags]
public enum IkeFlags : byte
{
    None = 0,

    /// <summary>I: sent by the original initiator of the IKE SA.</summary>
    Initiator = 0x08,

    /// <summary>V: the sender could speak a higher major version.</summary>
    Version = 0x10,

    /// <summary>R: this is a response.</summary>
    Response = 0x20,
}
