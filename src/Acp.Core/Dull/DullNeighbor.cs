using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Dull;

/// <summary>
/// One source address and what it offers. Offers are told apart by name and port: the (objective name, locator) tag of
/// RFC 8990 §2.8.11, with the method, since several methods may share a null locator.
/// </summary>
internal sealed class DullNeighbor(Ipv6Address peer)
{
    private readonly List<Offer> _offers = [];
    private ValueList<ChannelMethod>? _methods;

    public Ipv6Address Peer => peer;

    public Instant LastHeard { get; private set; }

    /// <summary>Has a secure channel: never evicted .</summary>
    public bool IsAuthenticated { get; set; }

    public bool IsEmpty => _offers.Count == 0;

    /// <summary>The well-known port first (B-37), then in the order of their first hearing.</summary>
    public ValueList<ChannelMethod> Methods => _methods ??= _offers
        .Select(o => o.Method)
        .OrderBy(m => m is { Name: ChannelMethod.IkeV2, Port: ChannelMethod.IkeV2DefaultPort } ? 0 : 1)
        .ToValueList();

    /// <summary>The next expiry; null when nothing expires.</summary>
    public Instant? NextExpiry
    {
        get
        {
            Instant? next = null;
            foreach (var offer in _offers)
                next = Instant.Earlier(next, offer.ExpiresAt);
            return next;
        }
    }

    /// <summary>Adds or refreshes; the newest ttl counts (B-25). True when the offer was not known.</summary>
    public bool Hear(Instant now, ChannelMethod method, TimeSpan ttl, int maxOffers)
    {
        LastHeard = now;
        Instant? expiresAt = ttl == TimeSpan.Zero ? null : now + ttl;
        var known = _offers.FindIndex(o => o.Method == method);
        if (known >= 0)
        {
            _offers[known] = _offers[known] with { HeardAt = now, ExpiresAt = expiresAt };
            return false;
        }
        if (_offers.Count >= maxOffers)
        {
            var oldest = 0;
            for (var i = 1; i < _offers.Count; i++)
            {
                if (_offers[i].HeardAt < _offers[oldest].HeardAt)
                    oldest = i;
            }
            _offers.RemoveAt(oldest);
        }
        _offers.Add(new Offer(method, now, expiresAt));
        _methods = null;
        return true;
    }

    /// <summary>Forgets what has expired; true when something had.</summary>
    public bool Expire(Instant now)
    {
        _methods = null;
        return _offers.RemoveAll(o => o.ExpiresAt <= now) > 0;
    }

    private sealed record Offer(ChannelMethod Method, Instant HeardAt, Instant? ExpiresAt);
}
