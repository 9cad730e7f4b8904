namespace Acp.Wire.Rpl;

/// <summary>Why octets are not a RPL control message that we read. Usable as a counter index.</summary>
public enum RplRefusal
{
    None = 0,

    /// <summary>Fewer octets than the ICMPv6 header or the message's base object needs.</summary>
    TooShort,

    /// <summary>ICMPv6, but not type 155.</summary>
    NotRpl,

    /// <summary>Codes 0x80 to 0x83 and 0x8A: RPL's own security, which RFC 8994 §6.12.1.9 does not use.</summary>
    SecureVariant,

    /// <summary>Any other code that is not DIS, DIO, DAO or DAO-ACK.</summary>
    UnknownCode,

    /// <summary>An option whose length runs past the end of the message.</summary>
    TruncatedOption,

    /// <summary>An option too short for the fields of its type.</summary>
    BadOptionLength,

    /// <summary>A prefix length above 128, or more prefix bits than the option carries.</summary>
    BadPrefixLength,
}
