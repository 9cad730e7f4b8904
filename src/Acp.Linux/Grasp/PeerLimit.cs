using Acp.Wire;

namespace Acp.Linux.Grasp;

/// <summary>Counts something that peers cause: so many in all, and so many of one.</summary>
internal sealed class PeerLimit(int max, int maxPerPeer)
{
    private readonly Dictionary<Ipv6Address, int> _byPeer = [];

    public int Count { get; private set; }

    /// <summary>Whether one more is too many.</summary>
    public SubstrateRefusal Check(Ipv6Address peer) =>
        Count >= max ? SubstrateRefusal.TooMany
        : _byPeer.GetValueOrDefault(peer) >= maxPerPeer ? SubstrateRefusal.TooManyOfPeer
        : SubstrateRefusal.None;

    public void Add(Ipv6Address peer)
    {
        Count++;
        _byPeer[peer] = _byPeer.GetValueOrDefault(peer) + 1;
    }

    public void Remove(Ipv6Address peer)
    {
        Count--;
        if (--_byPeer[peer] == 0)
            _byPeer.Remove(peer);
    }
}
