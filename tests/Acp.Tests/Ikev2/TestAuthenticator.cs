using System.Security.Cryptography;
using Acp.Core;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>
/// Signs and judges as certificates would, without X.509: a "certificate" is 16 octets of ACP address (all zero for "0")
/// and a P-256 SubjectPublicKeyInfo; the chain is that plus one octet string standing for the trust anchor.
/// </summary>
internal sealed class TestAuthenticator : IDisposable
{
    /// <summary>ecdsa-with-SHA256.</summary>
    public static readonly byte[] AlgorithmIdentifier = Convert.FromHexString("300a06082a8648ce3d040302");

    public static readonly byte[] TrustAnchor = "the one trust anchor"u8.ToArray();

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthenticator(Ipv6Address address)
    {
        Address = address;
        Certificate = [.. address.ToBytes(), .. _key.ExportSubjectPublicKeyInfo()];
    }

    public Ipv6Address Address { get; }

    public byte[] Certificate { get; }

    public DateTimeOffset NotAfter { get; set; } = new(2031, 5, 17, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What stands between leaf and trust anchor, to make a chain as long as real ones. Not judged.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Intermediates { get; set; } = [];

    /// <summary>Refuse whoever comes.</summary>
    public bool RefuseAll { get; set; }

    /// <summary>Make signatures that do not verify.</summary>
    public bool SignBadly { get; set; }

    /// <summary>Make no signatures.</summary>
    public bool SignNothing { get; set; }

    /// <summary>Makes something else of an accepted peer.</summary>
    public Func<PeerIdentity, PeerIdentity> Alter { get; set; } = peer => peer;

    public byte[] Sign(ReadOnlySpan<byte> octets)
    {
        if (SignNothing)
            return [];
        var signature = _key.SignData(octets, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        if (SignBadly)
            signature[^1] ^= 1;
        return signature;
    }

    public PeerVerdict Judge(IReadOnlyList<ReadOnlyMemory<byte>> certificates, IdType idType, ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> octets, ReadOnlySpan<byte> algorithm, ReadOnlySpan<byte> signature)
    {
        if (RefuseAll)
            return PeerVerdict.Refuse("policy", "we do not like anybody");
        if (certificates.Count < 2 || !certificates[^1].Span.SequenceEqual(TrustAnchor))
            return PeerVerdict.Refuse("chain", "not our trust anchor");
        var leaf = certificates[0].Span;
        if (idType != IdType.Ipv6Address || !id.SequenceEqual(leaf[..16]))
            return PeerVerdict.Refuse("id", "ID is not the certificate's address");
        if (!algorithm.SequenceEqual(AlgorithmIdentifier))
            return PeerVerdict.Refuse("algorithm", "not ecdsa-with-SHA256");
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(leaf[16..], out _);
        if (!key.VerifyData(octets, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
            return PeerVerdict.Refuse("signature", "bad signature");
        var address = Ipv6Address.Read(leaf);
        return PeerVerdict.Accept(Alter(new PeerIdentity(address, $"{address}@acp.test", $"CN={address}", NotAfter, leaf.ToArray())));
    }

    public void Dispose() => _key.Dispose();
}
