namespace Acp.Wire.Ikev2;

/// <summary>A transform attribute (RFC 7296 §3.3.5): a two-octet value (AF bit set), or octets with a length.</summary>
/// <param name="Type">15 bits; 14 is Key Length.</param>
/// <param name="Value">The value when the AF bit is set, else null.</param>
/// <param name="Octets">The value when the AF bit is clear.</param>
public readonly record struct TransformAttribute(ushort Type, ushort? Value, ReadOnlyMemory<byte> Octets)
{
    /// <summary>Key Length in bits.</summary>
    public const ushort KeyLength = 14;
}
