using System.Security.Cryptography;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Core.Identity;

/// <summary>
/// Answers the IKEv2 machine's two questions, "sign this" and "is this peer let in?" (RFC 7427, RFC 8994 §6.8.3.1.2).
/// A peer met for the first time takes a millisecond; later its certificates are known. Not thread-safe.
/// </summary>
/// <param name="own">Kept by reference, not owned.</param>
public sealed class PeerAuthentication(NodeIdentity own)
{
    private readonly DomainMembershipCheck _check = own.MembershipCheck();
    private readonly KnownPeers _known = new();

    /// <summary>
    /// Rules 1 to 5 of the membership check and the ID check (D-27 … D-29). <paramref name="clock"/> unknown skips validity
    /// periods.
    /// </summary>
    /// <param name="certificates">DER, in the order received: leaf first.</param>
    /// <param name="signedOctets">What AUTH covers (RFC 7296 §2.15).</param>
    public PeerVerdict Verify(IReadOnlyList<ReadOnlyMemory<byte>> certificates, IdType idType, ReadOnlySpan<byte> idData,
        ReadOnlySpan<byte> signedOctets, ReadOnlyMemory<byte> algorithmIdentifier, ReadOnlySpan<byte> signature,
        WallClock clock, Instant now)
    {
        var date = clock.DateAt(now);
        var key = KnownPeers.KeyOf(certificates);
        if (_known.TryFind(key, date, out var known))
            return Verify(known, idType, idData, signedOctets, algorithmIdentifier, signature);

        var member = _check.Check(certificates, date, MembershipPurpose.SecureChannel);
        using var leaf = member.Leaf;
        if (!member.IsMember)
            return PeerVerdict.Refuse(member.Refusal, member.Detail);
        if (SignatureVerifier.PublicKeyOf(member.Leaf) is not { } publicKey)
            return PeerVerdict.Refuse(PeerRefusal.UnsupportedKey, "the public key cannot be read");
        var identity = new PeerIdentity(
            member.Name.Address, member.Name.ToString(), member.Leaf.Subject, member.NotAfter, certificates[0].ToArray());
        var met = new KnownPeer(member.Name, identity, publicKey, member.NotBefore, member.RevocationUnchecked, member.KnownGood);
        var verdict = Verify(met, idType, idData, signedOctets, algorithmIdentifier, signature);
        // Who merely shows somebody's certificate makes nobody give way.
        if (verdict.Accepted)
            _known.Add(key, met);
        else
            met.Dispose();
        return verdict;
    }

    /// <summary>What this node knows of revocation from now on; peers that are in already are looked at by <see cref="StillRefused"/>.</summary>
    public void SetRevocation(RevocationLists lists)
    {
        _check.Revocation = lists;
        _known.Clear();
    }

    /// <summary>
    /// Rules 2 to 5 once more, in mid-life (A-22, C-19), for a peer that was let in with these certificates: null while it may
    /// stay.
    /// </summary>
    public PeerVerdict? StillRefused(IReadOnlyList<ReadOnlyMemory<byte>> certificates, WallClock clock, Instant now)
    {
        var member = _check.Check(certificates, clock.DateAt(now), MembershipPurpose.SecureChannel);
        using var leaf = member.Leaf;
        return member.IsMember ? null : PeerVerdict.Refuse(member.Refusal, member.Detail);
    }

    /// <summary>
    /// Signs AUTH's octets with a hash that the peer takes: the one that fits the curve if it is among them, PSS with
    /// SHA-256 for RSA. Null when the peer named no SHA-2 (D-22).
    /// </summary>
    public AuthSignature? Sign(ReadOnlySpan<byte> octets, IReadOnlyList<SignatureHash> peerHashes)
    {
        var best = own.Key.KeySize switch
        {
            _ when own.Key.Scheme != SignatureScheme.Ecdsa => SignatureHash.Sha2_256,
            <= 256 => SignatureHash.Sha2_256,
            <= 384 => SignatureHash.Sha2_384,
            _ => SignatureHash.Sha2_512,
        };
        foreach (var hash in (ReadOnlySpan<SignatureHash>)[best, SignatureHash.Sha2_256, SignatureHash.Sha2_512, SignatureHash.Sha2_384])
        {
            if (!peerHashes.Contains(hash))
                continue;
            var name = hash switch
            {
                SignatureHash.Sha2_384 => HashAlgorithmName.SHA384,
                SignatureHash.Sha2_512 => HashAlgorithmName.SHA512,
                _ => HashAlgorithmName.SHA256,
            };
            var algorithm = new SignatureAlgorithm(own.Key.Scheme, name);
            if (own.Key.Scheme == SignatureScheme.RsaPss)
                algorithm = algorithm with { PssSaltLength = algorithm.HashLength };
            return new AuthSignature(algorithm.Encode(), own.Key.Sign(octets, name));
        }

        return null;
    }

    /// <summary>What depends on this exchange: the ID and the signature.</summary>
    private static PeerVerdict Verify(KnownPeer peer, IdType idType, ReadOnlySpan<byte> idData, ReadOnlySpan<byte> signedOctets,
        ReadOnlyMemory<byte> algorithmIdentifier, ReadOnlySpan<byte> signature)
    {
        if (idType != IdType.Ipv6Address || idData.Length != Ipv6Address.Size)
            return PeerVerdict.Refuse(PeerRefusal.WrongIdType, $"ID type {(int)idType} with {idData.Length} octets");
        var id = Ipv6Address.Read(idData);
        // D-29: with "0" in the certificate any address will do, and none is believed.
        if (peer.Name.Address is { } address && id != address)
            return PeerVerdict.Refuse(PeerRefusal.IdMismatch, $"ID is {id}, the certificate says {address}");

        if (!SignatureAlgorithm.TryDecode(algorithmIdentifier, out var algorithm) || !SignatureVerifier.CanVerify(algorithm))
        {
            return PeerVerdict.Refuse(PeerRefusal.UnsupportedSignatureAlgorithm,
                $"AlgorithmIdentifier {Convert.ToHexStringLower(algorithmIdentifier.Span[..Math.Min(64, algorithmIdentifier.Length)])}");
        }

        return SignatureVerifier.Verify(peer.PublicKey, algorithm, signedOctets, signature)
            ? PeerVerdict.Accept(peer.Identity) with { RevocationUnchecked = peer.RevocationUnchecked, KnownGood = peer.KnownGood }
            : PeerVerdict.Refuse(PeerRefusal.SignatureMismatch, $"AUTH does not verify with the key of '{peer.Name}'");
    }
}
