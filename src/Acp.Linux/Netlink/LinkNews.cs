using Acp.Wire.Netlink;

namespace Acp.Linux.Netlink;

/// <summary>What the watcher heard. News tells the whole new state, so hearing it twice does no harm.</summary>
public abstract record LinkNews
{
    /// <summary>An interface came or changed.</summary>
    public sealed record LinkChanged(NetworkPlace Place, LinkMessage Link) : LinkNews;

    /// <summary>An interface went, or moved to another namespace.</summary>
    public sealed record LinkGone(NetworkPlace Place, LinkMessage Link) : LinkNews;

    /// <summary>An IPv6 address came or changed.</summary>
    public sealed record AddressChanged(NetworkPlace Place, AddressMessage Address) : LinkNews;

    /// <summary>An IPv6 address went.</summary>
    public sealed record AddressGone(NetworkPlace Place, AddressMessage Address) : LinkNews;

    /// <summary>The kernel had to drop news. What is known may be wrong: dump everything and reconcile.</summary>
    public sealed record Overflow : LinkNews;
}
