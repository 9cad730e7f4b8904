using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Acp.Wire;

/// <summary>
/// An IPv6 address as a value: 128 bits in network order, no scope. Which link a link-local address belongs to is
/// said beside it (by a <c>LinkId</c>), never inside it. Compares as an unsigned big-endian number.
/// </summary>
/// <remarks>
/// Kept in two halves: the ahead-of-time compiler leaves out every method that touches a type with a
/// <see cref="UInt128"/> field, because that type's alignment is not settled, and addresses are in half of our types.
/// </remarks>
public readonly record struct Ipv6Address : IComparable<Ipv6Address>
{
    /// <summary>Octets on the wire.</summary>
    public const int Size = 16;

    /// <summary>The unspecified address, <c>::</c>.</summary>
    public static readonly Ipv6Address Unspecified;

    /// <summary>The highest address, all bits one.</summary>
    public static readonly Ipv6Address AllOnes = new(ulong.MaxValue, ulong.MaxValue);

    /// <summary>All nodes on the link, <c>ff02::1</c>.</summary>
    public static readonly Ipv6Address AllNodes = Parse("ff02::1");

    /// <summary>ALL_GRASP_NEIGHBORS, <c>ff02::13</c> (RFC 8990 §2.6).</summary>
    public static readonly Ipv6Address AllGraspNeighbors = Parse("ff02::13");

    /// <summary>All RPL nodes, <c>ff02::1a</c> (RFC 6550 §6).</summary>
    public static readonly Ipv6Address AllRplNodes = Parse("ff02::1a");

    public Ipv6Address(ulong high, ulong low)
    {
        High = high;
        Low = low;
    }

    public Ipv6Address(UInt128 value)
        : this((ulong)(value >> 64), (ulong)value)
    {
    }

    /// <summary>The first 64 bits.</summary>
    public ulong High { get; }

    /// <summary>The last 64 bits.</summary>
    public ulong Low { get; }

    /// <summary>The address as one number.</summary>
    public UInt128 Value => new(High, Low);

    /// <summary>fe80::/10 (RFC 4291 §2.4).</summary>
    public bool IsLinkLocal => (High >> 54) == 0x3fa;

    /// <summary>fc00::/7, unique local (RFC 4193).</summary>
    public bool IsUniqueLocal => (High >> 57) == 0x7e;

    /// <summary>ff00::/8.</summary>
    public bool IsMulticast => (High >> 56) == 0xff;

    /// <summary>The all-zero address.</summary>
    public bool IsUnspecified => (High | Low) == 0;

    /// <summary>::ffff:0:0/96, an IPv4 address in IPv6 form (RFC 4291 §2.5.5.2).</summary>
    public bool IsIpv4Mapped => High == 0 && Low >> 32 == 0xffff;

    /// <summary>The last octet; RFC 8994 §6.6 derives a delay from it.</summary>
    public byte LastOctet => (byte)Low;

    /// <summary>Reads the first 16 octets of <paramref name="bytes"/>, which must be there.</summary>
    public static Ipv6Address Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>The same address; an IPv4 one in its IPv6-mapped form. A scope is left out.</summary>
    public static Ipv6Address From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[Size];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return Read(bytes);
    }

    /// <summary>RFC 5952 text, and an IPv4-mapped address as IPv4 text.</summary>
    public string ToEndpointText() => IsIpv4Mapped ? ToIPAddress().MapToIPv4().ToString() : ToString();

    /// <summary>Writes 16 octets to the start of <paramref name="bytes"/>, which must hold them.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    /// <summary>The 16 octets in network order, newly allocated.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    /// <summary>The same address as the framework's type, with <paramref name="scope"/> as its interface index.</summary>
    public IPAddress ToIPAddress(long scope = 0)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return new IPAddress(bytes, scope);
    }

    /// <summary>Parses text such as <c>fd89:b714:f3db::1</c>; a scope (<c>%eth0</c>) is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ipv6Address address)
    {
        address = default;
        if (text is null || text.Contains('%') || !text.Contains(':') || !IPAddress.TryParse(text, out var parsed))
            return false;
        Span<byte> bytes = stackalloc byte[Size];
        if (!parsed.TryWriteBytes(bytes, out var written) || written != Size)
            return false;
        address = Read(bytes);
        return true;
    }

    /// <summary>Parses a literal known to be right; throws <see cref="FormatException"/> otherwise.</summary>
    public static Ipv6Address Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IPv6 address");

    /// <inheritdoc/>
    public int CompareTo(Ipv6Address other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>RFC 5952 text.</summary>
    public override string ToString() => ToIPAddress().ToString();
}
