using System.Security.Cryptography;
using Acp.Core;
using Acp.Core.Identity;

namespace Acp.Linux.Tls;

/// <summary>
/// The domain membership check for TLS: rules 1 to 4 of RFC 8994 §6.2.3, of which the handshake is the first (J-04). A chain
/// takes a millisecond the first time; after that it is known by its octets, and only its dates are looked at. Not
/// thread-safe.
/// </summary>
/// <param name="date">Of today; null when unknown.</param>
internal sealed class TlsMembership(NodeIdentity own, Func<DateTimeOffset?> date)
{
    private const int MaxKnown = 256;

    private readonly DomainMembershipCheck _check = own.MembershipCheck();
    private readonly Dictionary<string, (AcpNodeName Name, DateTimeOffset NotBefore, DateTimeOffset NotAfter)> _known = [];
    private readonly Queue<string> _order = new();

    /// <summary>Told of each chain that passes for the first time.</summary>
    public Action<IReadOnlyList<ReadOnlyMemory<byte>>>? Met { get; set; }

    /// <param name="chain">DER, leaf first.</param>
    public TlsPeer Check(IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        var now = date();
        var key = KeyOf(chain);
        if (_known.TryGetValue(key, out var known) && (now is null || (now >= known.NotBefore && now - known.NotAfter < TimeSpan.FromSeconds(1))))
            return new TlsPeer(PeerRefusal.None, known.Name, "") { NotAfter = known.NotAfter };
        var result = _check.Check(chain, now, MembershipPurpose.EndToEnd);
        using var leaf = result.Leaf;
        if (!result.IsMember)
            return new TlsPeer(result.Refusal, null, result.Detail);
        // Dates that nobody could look at are looked at when there is a date.
        if (now is not null)
            Remember(key, (result.Name, result.NotBefore, result.NotAfter));
        Met?.Invoke(chain);
        return new TlsPeer(PeerRefusal.None, result.Name, "") { NotAfter = result.NotAfter };
    }

    /// <summary>How much longer both that peer's certificates and ours are good; null without a date.</summary>
    public TimeSpan? TimeLeft(TlsPeer peer)
    {
        if (date() is not { } now)
            return null;
        var end = peer.NotAfter < own.NotAfter ? peer.NotAfter : own.NotAfter;
        // To the end of that second, as above.
        return end == DateTimeOffset.MaxValue ? TimeSpan.MaxValue : end - now + TimeSpan.FromSeconds(1);
    }

    /// <summary>What this node knows of revocation from now on.</summary>
    public void SetRevocation(RevocationLists lists)
    {
        _check.Revocation = lists;
        _known.Clear();
        _order.Clear();
    }

    private static string KeyOf(IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var certificate in chain)
        {
            hash.AppendData(BitConverter.GetBytes(certificate.Length));
            hash.AppendData(certificate.Span);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private void Remember(string key, (AcpNodeName, DateTimeOffset, DateTimeOffset) known)
    {
        if (!_known.ContainsKey(key))
        {
            if (_known.Count >= MaxKnown)
                _known.Remove(_order.Dequeue());
            _order.Enqueue(key);
        }
        _known[key] = known;
    }
}
