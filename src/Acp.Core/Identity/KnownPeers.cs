using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Acp.Core.Identity;

/// <summary>
/// Peers whose certificates passed the membership check and who proved to have the key. Building a path takes most of a handshake's time, and
/// a neighbour that comes back shows the same octets. Only good verdicts are kept, for the trust anchors they were found with,
/// and they are asked for the date each time. Not thread-safe.
/// </summary>
internal sealed class KnownPeers
{
    /// <summary>More neighbours than a box has; whoever was not met for longest gives way.</summary>
    internal const int Capacity = 128;

    private readonly Dictionary<string, (KnownPeer Peer, long Met)> _peers = [];
    private long _meetings;

    /// <summary>By every octet that the verdict depends on.</summary>
    public static string KeyOf(IReadOnlyList<ReadOnlyMemory<byte>> certificates)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var certificate in certificates)
        {
            // DER tells its own length, but nobody has looked at these yet.
            hash.AppendData(BitConverter.GetBytes(certificate.Length));
            hash.AppendData(certificate.Span);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>A verdict that does not hold at <paramref name="date"/> is forgotten; the check will say why.</summary>
    public bool TryFind(string key, DateTimeOffset? date, [NotNullWhen(true)] out KnownPeer? peer)
    {
        var found = _peers.TryGetValue(key, out var entry);
        peer = entry.Peer;
        if (!found)
            return false;
        if (!entry.Peer.IsValidAt(date))
        {
            _peers.Remove(key);
            entry.Peer.Dispose();
            peer = null;
            return false;
        }

        _peers[key] = (entry.Peer, ++_meetings);
        return true;
    }

    /// <summary>What is known of revocation changed: all are looked at again.</summary>
    public void Clear()
    {
        foreach (var (peer, _) in _peers.Values)
            peer.Dispose();
        _peers.Clear();
    }

    /// <summary>Takes over the peer.</summary>
    public void Add(string key, KnownPeer peer)
    {
        if (_peers.Count >= Capacity)
        {
            var oldest = _peers.MinBy(p => p.Value.Met);
            _peers.Remove(oldest.Key);
            oldest.Value.Peer.Dispose();
        }

        _peers.Add(key, (peer, ++_meetings));
    }
}
