using Acp.Wire.Esp;

namespace Acp.Core.Esp;

/// <summary>
/// What ESP costs: tunnel mode, IPv6 in IPv6, an AEAD with 8-octet IV and 16-octet ICV. Both algorithms of
/// <see cref="EspAlgorithm"/> cost the same.
/// </summary>
public static class EspOverhead
{
    /// <summary>The smallest MTU IPv6 allows (RFC 8200 §5).</summary>
    public const int MinimumIpv6Mtu = 1280;

    private const int OuterHeader = 40;

    /// <summary>Octets of the outer packet for an inner packet of <paramref name="innerLength"/>.</summary>
    public static int OuterLength(int innerLength) =>
        OuterHeader + EspHeader.Size + EspTrailer.PlaintextLength(innerLength) + EspHeader.IcvSize;

    /// <summary>
    /// The MTU of a channel over a link (E-17): the longest inner packet whose outer packet fits, 1426 for 1500. Never
    /// below 1280 (E-18): on a link with less than 1356 the outer packets of the longest inner ones are fragmented at
    /// our end and put together at the other, which RFC 4303 §3.3.4 allows for tunnel mode.
    /// </summary>
    public static int ChannelMtu(int linkMtu)
    {
        var plaintext = (linkMtu - OuterHeader - EspHeader.Size - EspHeader.IcvSize) & -EspTrailer.Alignment;
        return Math.Max(MinimumIpv6Mtu, plaintext - EspTrailer.MinimumSize);
    }
}
