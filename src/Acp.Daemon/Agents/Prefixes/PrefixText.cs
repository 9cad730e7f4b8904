using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>Prefixes of both families as people write them. An IPv4 prefix is kept IPv4-mapped, 96 bits longer.</summary>
internal static class PrefixText
{
    public const int MappedBits = 96;

    public static bool IsIpv4(this Ipv6Prefix prefix) => prefix.Length >= MappedBits && prefix.Address.IsIpv4Mapped;

    public static Ipv6Prefix FromIpv4(uint address, int length) => new(new Ipv6Address(0, 0xffff_0000_0000UL | address), MappedBits + length);

    /// <summary>One holds the other, or they are the same.</summary>
    public static bool Overlaps(this Ipv6Prefix a, Ipv6Prefix b) => a.Contains(b) || b.Contains(a);

    public static string Of(Ipv6Prefix prefix) => prefix.IsIpv4()
        ? string.Create(CultureInfo.InvariantCulture, $"{prefix.Address.ToEndpointText()}/{prefix.Length - MappedBits}")
        : prefix.ToString();

    /// <summary>"2001:db8::/32" or "10.0.0.0/8"; no bits may be set beyond the length.</summary>
    public static bool TryParse(string? text, out Ipv6Prefix prefix)
    {
        prefix = default;
        if (text is null || text.IndexOf('/', StringComparison.Ordinal) is not (> 0 and var slash)
            || text.Contains('%') || !IPAddress.TryParse(text.AsSpan(0, slash), out var address)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            return false;
        var four = address.AddressFamily == AddressFamily.InterNetwork;
        if (length > (four ? 32 : 128))
            return false;
        var first = Ipv6Address.From(address);
        prefix = new Ipv6Prefix(first, length + (four ? MappedBits : 0));
        return prefix.Address == first;
    }
}
