using Acp.Wire;

namespace Acp.Core.Dull;

/// <summary>What a <see cref="DullMachine"/> wants done.</summary>
public abstract record DullAction(LinkId Link)
{
    /// <summary>
    /// Send to ff02::13, UDP port 7017, on this link, from its link-local address (B-07). Never relayed, never larger
    /// than fits a 1280-octet packet (B-31). Hop limit 1 suffices, nothing may pass a router.
    /// </summary>
    public sealed record SendMulticast(LinkId Link, ByteString Payload) : DullAction(Link);

    /// <summary>A neighbour announced AN_ACP, or what it offers has shrunk.</summary>
    /// <param name="Methods">All it offers now, the well-known ports first (B-37), then by age.</param>
    /// <param name="Ttl">Of the newest flood; zero for ever.</param>
    /// <param name="IsNew">It was not in the cache.</param>
    /// <param name="AnnouncementChanged">New, or it offers something it did not offer before (C-15).</param>
    public sealed record NeighborHeard(LinkId Link, Ipv6Address Peer, ValueList<ChannelMethod> Methods, TimeSpan Ttl,
        bool IsNew, bool AnnouncementChanged) : DullAction(Link);

    /// <summary>Everything it announced has expired, was evicted, or the link is gone.</summary>
    public sealed record NeighborExpired(LinkId Link, Ipv6Address Peer) : DullAction(Link);

    /// <summary>A join proxy announced itself; only while we have no certificate (B-26, L-05).</summary>
    /// <param name="Ports">TCP ports at <paramref name="Peer"/>.</param>
    public sealed record ProxyHeard(LinkId Link, Ipv6Address Peer, ValueList<ushort> Ports, TimeSpan Ttl, bool IsNew) : DullAction(Link);

    /// <summary>As <see cref="NeighborExpired"/>, of a join proxy.</summary>
    public sealed record ProxyExpired(LinkId Link, Ipv6Address Peer) : DullAction(Link);
}
