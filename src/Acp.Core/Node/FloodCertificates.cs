using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Acp.Core.Identity;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>
/// Certificates of members, by the SHA-256 of the leaf. Only those that pass the domain membership check get in, so that
/// nobody outside the domain can fill it; who was not needed for longest gives way. What failed is remembered for its
/// reason, apart and briefly. Not thread-safe.
/// </summary>
internal sealed class FloodCertificates(DomainMembershipCheck check, IReadOnlyList<ReadOnlyMemory<byte>> intermediates, int capacity)
{
    private const int MaxRefused = 64;

    private readonly Dictionary<ByteString, LinkedListNode<FloodCertificate>> _known = [];
    private readonly LinkedList<FloodCertificate> _byUse = new();
    private readonly Dictionary<ByteString, (PeerRefusal Refusal, string Detail)> _refused = [];
    private readonly Queue<ByteString> _refusedByAge = new();

    public int Count => _known.Count;

    public static ByteString KeyIdOf(ReadOnlyMemory<byte> leaf) => SHA256.HashData(leaf.Span);

    public void Learn(IReadOnlyList<ReadOnlyMemory<byte>> chain, DateTimeOffset? date)
    {
        if (chain.Count == 0 || chain[0].Length > DomainMembershipCheck.MaxCertificateLength)
            return;
        var keyId = KeyIdOf(chain[0]);
        if (_known.ContainsKey(keyId))
            return;
        // Whoever showed it may have shown the leaf alone: our own intermediates are the domain's.
        var offered = chain.Concat(intermediates.Where(i => !chain.Any(c => c.Span.SequenceEqual(i.Span))))
            .Take(DomainMembershipCheck.MaxCertificates).ToList();
        var member = check.Check(offered, date, MembershipPurpose.EndToEnd);
        using var leaf = member.Leaf;
        if (!member.IsMember)
        {
            Refuse(keyId, member.Refusal, member.Detail);
            return;
        }
        if (SignatureVerifier.PublicKeyOf(member.Leaf) is not { } key)
        {
            Refuse(keyId, PeerRefusal.UnsupportedKey, "the public key cannot be read");
            return;
        }
        _refused.Remove(keyId);
        if (_known.Count >= capacity)
            Forget(_byUse.First!.Value);
        Ipv6Prefix? prefix = member.Name.Address is { } address ? AcpAddress.Decode(address).Prefix : null;
        var certificate = new FloodCertificate(keyId, [.. chain], member.Name.ToString(), prefix, key, member.NotBefore, member.NotAfter);
        _known.Add(keyId, _byUse.AddLast(certificate));
    }

    public bool TryFind(ByteString keyId, [NotNullWhen(true)] out FloodCertificate? certificate)
    {
        certificate = null;
        if (!_known.TryGetValue(keyId, out var node))
            return false;
        _byUse.Remove(node);
        _byUse.AddLast(node);
        certificate = node.Value;
        return true;
    }

    public bool TryFindRefused(ByteString keyId, out PeerRefusal refusal, out string detail)
    {
        var found = _refused.TryGetValue(keyId, out var why);
        (refusal, detail) = why;
        return found;
    }

    public void ForgetRefused()
    {
        _refused.Clear();
        _refusedByAge.Clear();
    }

    /// <summary>More is known of revocation: all are looked at again, when they are shown or needed.</summary>
    public void Recheck(RevocationLists revocation, DateTimeOffset? date)
    {
        check.Revocation = revocation;
        ForgetRefused();
        foreach (var certificate in _byUse.ToList())
        {
            Forget(certificate);
            Learn(certificate.Chain, date);
        }
    }

    private void Forget(FloodCertificate certificate)
    {
        _known.Remove(certificate.KeyId, out var node);
        _byUse.Remove(node!);
        certificate.Dispose();
    }

    private void Refuse(ByteString keyId, PeerRefusal refusal, string detail)
    {
        if (!_refused.ContainsKey(keyId))
            _refusedByAge.Enqueue(keyId);
        _refused[keyId] = (refusal, detail);
        if (_refusedByAge.Count > MaxRefused)
            _refused.Remove(_refusedByAge.Dequeue());
    }
}
