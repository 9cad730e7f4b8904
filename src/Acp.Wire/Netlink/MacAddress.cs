using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Acp.Wire.Netlink;

/// <summary>An EUI-48 as a value; the first octet on the wire is the most significant of 48 bits.</summary>
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>Octets.</summary>
    public const int Size = 6;

    /// <summary>All zero: the loopback's, or none.</summary>
    public bool IsZero => Value == 0;

    /// <summary>The U/L bit of the first octet.</summary>
    public bool IsLocallyAdministered => (Value >> 41 & 1) != 0;

    /// <summary>The I/G bit of the first octet.</summary>
    public bool IsGroup => (Value >> 40 & 1) != 0;

    /// <summary>
    /// The modified EUI-64 of RFC 4291 Appendix A under fe80::/64: what the kernel makes of this MAC address with
    /// addr_gen_mode 0.
    /// </summary>
    public Ipv6Address LinkLocal
    {
        get
        {
            var flipped = Value ^ (0x02ul << 40);
            var interfaceId = (flipped >> 24 << 40) | 0x000000fffe000000ul | (flipped & 0xffffff);
            return new Ipv6Address(0xfe80_0000_0000_0000, interfaceId);
        }
    }

    /// <summary>Reads exactly six octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out MacAddress address)
    {
        address = default;
        if (bytes.Length != Size)
            return false;
        ulong value = 0;
        foreach (var octet in bytes)
            value = value << 8 | octet;
        address = new MacAddress(value);
        return true;
    }

    public static MacAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not a MAC address");

    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress address)
    {
        address = default;
        var parts = text?.Split(':');
        if (parts is not { Length: Size })
            return false;
        ulong value = 0;
        foreach (var part in parts)
        {
            if (part.Length != 2 || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
                return false;
            value = value << 8 | octet;
        }

        address = new MacAddress(value);
        return true;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        for (var i = 0; i < Size; i++)
            bytes[i] = (byte)(Value >> (40 - 8 * i));
        return bytes;
    }

    public override string ToString() => string.Join(':', ToBytes().Select(octet => octet.ToString("x2", CultureInfo.InvariantCulture)));
}
