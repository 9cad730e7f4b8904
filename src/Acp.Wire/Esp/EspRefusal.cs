namespace Acp.Wire.Esp;

/// <summary>Why octets are not an ESP packet or not its plaintext.</summary>
public enum EspRefusal
{
    None = 0,

    /// <summary>Shorter than header, IV, trailer and ICV together, or not a multiple of four octets where it must be.</summary>
    TooShort,

    /// <summary>The pad length points before the payload, or the pad octets are not 1, 2, 3 … (RFC 4303 §2.4).</summary>
    BadPadding,
}
