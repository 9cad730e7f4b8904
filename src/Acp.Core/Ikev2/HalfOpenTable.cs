using System.Security.Cryptography;

namespace Acp.Core.Ikev2;

/// <summary>
/// Half-open SAs that peers began, found by the whole IKE_SA_INIT packet (its hash), so that a retransmission is told
/// from a new attempt with the same SPI (RFC 7296 §2.1; D-54). Bounded by its user.
/// </summary>
internal sealed class HalfOpenTable
{
    private readonly Dictionary<string, (IkeSa Sa, byte[] Response)> _byPacket = [];
    private readonly Dictionary<IkeSa, string> _keys = [];
    private readonly Dictionary<(LinkId Link, Acp.Wire.Ipv6Address Remote), List<IkeSa>> _byNeighbor = [];

    public int Count => _keys.Count;

    public static string KeyOf(IkePath path, ReadOnlySpan<byte> packet) =>
        $"{path.Link.Value}/{path.Remote.Value:x}/{path.RemotePort}/{Convert.ToHexString(SHA256.HashData(packet))}";

    public bool TryFind(string key, out IkeSa sa, out byte[] response)
    {
        var found = _byPacket.TryGetValue(key, out var entry);
        (sa, response) = entry;
        return found;
    }

    public int CountFor(IkePath path) => _byNeighbor.TryGetValue(path.Neighbor, out var list) ? list.Count : 0;

    /// <summary>The oldest of one neighbour.</summary>
    public IkeSa? OldestOf(IkePath path) => _byNeighbor.TryGetValue(path.Neighbor, out var list) ? list[0] : null;

    public void Add(string key, IkeSa sa, byte[] response)
    {
        _byPacket[key] = (sa, response);
        _keys[sa] = key;
        if (!_byNeighbor.TryGetValue(sa.Path.Neighbor, out var list))
            _byNeighbor[sa.Path.Neighbor] = list = [];
        list.Add(sa);
    }

    public void Remove(IkeSa sa)
    {
        if (!_keys.Remove(sa, out var key))
            return;
        _byPacket.Remove(key);
        var list = _byNeighbor[sa.Path.Neighbor];
        list.Remove(sa);
        if (list.Count == 0)
            _byNeighbor.Remove(sa.Path.Neighbor);
    }
}
