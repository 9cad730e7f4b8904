using Acp.Wire;

namespace Acp.Core.Grasp;

/// <summary>
/// Session ids in use. Ours are drawn at random, never one that is in use here or was recently (H-19); those of others are
/// told apart by where they come from (H-20).
/// </summary>
internal sealed class SessionTable(RandomSource random, int maxRecent)
{
    private readonly HashSet<uint> _own = [];
    private readonly HashSet<uint> _recent = [];
    private readonly Queue<uint> _recentByAge = new();
    private readonly HashSet<(uint SessionId, Ipv6Address Peer)> _foreign = [];
    private readonly Dictionary<uint, int> _foreignIds = [];

    public int RecentCount => _recent.Count;

    /// <summary>A new id of our own, in use until <see cref="Release"/>.</summary>
    public uint New()
    {
        uint id;
        do
        {
            id = random.NextUInt32();
        }
        while (_own.Contains(id) || _recent.Contains(id) || _foreignIds.ContainsKey(id));
        _own.Add(id);
        return id;
    }

    public bool IsOwn(uint id) => _own.Contains(id);

    public void Release(uint id)
    {
        if (!_own.Remove(id) || !_recent.Add(id))
            return;
        _recentByAge.Enqueue(id);
        if (_recentByAge.Count > maxRecent)
            _recent.Remove(_recentByAge.Dequeue());
    }

    /// <summary>
    /// A request with this id came from there. False when the id is already active locally (H-22): one of ours, unless the
    /// request is from this very node, or one from the same peer.
    /// </summary>
    public bool TryEnter(uint id, Ipv6Address peer, bool fromOurselves)
    {
        if ((!fromOurselves && _own.Contains(id)) || !_foreign.Add((id, peer)))
            return false;
        _foreignIds[id] = _foreignIds.GetValueOrDefault(id) + 1;
        return true;
    }

    public void Leave(uint id, Ipv6Address peer)
    {
        if (!_foreign.Remove((id, peer)))
            return;
        if (_foreignIds[id] == 1)
            _foreignIds.Remove(id);
        else
            _foreignIds[id]--;
    }
}
