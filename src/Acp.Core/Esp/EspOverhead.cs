using Acp.Wire.Esp;

namespace Acp.Core.Esp;

/// <summary>
/// What ESP costs: tunnel mode, IPv6 in IPv6 or IPv4, an AEAD with 8-octet IV and 16-octet ICV, perhaps in UDP. Both
/// algorithms of <see cref="EspAlgorithm"/> cost the same.
/// </summary>
public static class EspOverhead
{
    /// <summary>The smallest MTU IPv6 allows (RFC 8200 §5).</summary>
    public const int MinimumIpv6Mtu = 1280;

    /// <summary>The longest outer packet that is counted with: jumbo frames.</summary>
    public const int MaximumOuterMtu = 9216;

    private const int Ipv6Header = 40;
    private const int Ipv4Header = 20;
    private const int UdpHeader = 8;

    /// <summary>Octets of the outer packet for an inner packet of <paramref name="innerLength"/>.</summary>
    public static int OuterLength(int innerLength, bool overIpv4 = false, bool inUdp = false) =>
        OuterHeaders(overIpv4, inUdp) + EspHeader.Size + EspTrailer.PlaintextLength(innerLength) + EspHeader.IcvSize;

    /// <summary>
    /// The MTU of a channel over a link (E-17): the longest inner packet whose outer packet fits, 1426 for 1500 over IPv6.
    /// Never below 1280 (E-18): on a link with less than 1356 the outer packets of the longest inner ones are fragmented at
    /// our end and put together at the other, which RFC 4303 §3.3.4 allows for tunnel mode.
    /// </summary>
    public static int ChannelMtu(int linkMtu, bool overIpv4 = false, bool inUdp = false)
    {
        var outer = Math.Min(linkMtu, MaximumOuterMtu);
        var plaintext = (outer - OuterHeaders(overIpv4, inUdp) - EspHeader.Size - EspHeader.IcvSize) & -EspTrailer.Alignment;
        return Math.Max(MinimumIpv6Mtu, plaintext - EspTrailer.MinimumSize);
    }

    private static int OuterHeaders(bool overIpv4, bool inUdp) => (overIpv4 ? Ipv4Header : Ipv6Header) + (inUdp ? UdpHeader : 0);
}
