using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Acp.Wire;

/// <summary>An IPv6 prefix. Bits beyond <see cref="Length"/> (0 to 128) are zero: the constructor clears them.</summary>
public readonly record struct Ipv6Prefix
{
    /// <summary>The default route, <c>::/0</c>.</summary>
    public static readonly Ipv6Prefix Default;

    public Ipv6Prefix(Ipv6Address address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 128);
        Length = length;
        Address = First(address, length);
    }

    /// <summary>The first address of the prefix.</summary>
    public Ipv6Address Address { get; }

    /// <summary>Significant bits, 0 to 128.</summary>
    public int Length { get; }

    /// <summary>One address, /128.</summary>
    public static Ipv6Prefix Host(Ipv6Address address) => new(address, 128);

    public bool Contains(Ipv6Address address) => First(address, Length) == Address;

    public bool Contains(Ipv6Prefix other) => other.Length >= Length && Contains(other.Address);

    /// <summary>Parses <c>fd89::/48</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ipv6Prefix prefix)
    {
        prefix = default;
        var slash = text?.IndexOf('/') ?? -1;
        if (slash < 0 || !Ipv6Address.TryParse(text![..slash], out var address)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length > 128)
            return false;
        prefix = new Ipv6Prefix(address, length);
        return true;
    }

    /// <summary>Parses a literal known to be right; throws <see cref="FormatException"/> otherwise.</summary>
    public static Ipv6Prefix Parse(string text) =>
        TryParse(text, out var prefix) ? prefix : throw new FormatException($"'{text}' is not an IPv6 prefix");

    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{Length.ToString(CultureInfo.InvariantCulture)}";

    private static Ipv6Address First(Ipv6Address address, int length) =>
        new(address.High & Mask(length), address.Low & Mask(length - 64));

    /// <summary>The mask of one half; lengths beyond either end of it are fine.</summary>
    private static ulong Mask(int length) => length <= 0 ? 0 : length >= 64 ? ulong.MaxValue : ulong.MaxValue << (64 - length);
}
