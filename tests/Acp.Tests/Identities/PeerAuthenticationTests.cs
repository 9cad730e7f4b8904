using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core;
using Acp.Core.Identity;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Identities;

/// <summary>A-17, A-26, A-27, D-22 … D-29: signing, and judging the peer's signature, certificate and ID.</summary>
public sealed class PeerAuthenticationTests : IDisposable
{
    private static readonly byte[] Octets = [.. Enumerable.Range(0, 300).Select(i => (byte)(i * 3))];
    private static readonly SignatureHash[] AllHashes = [SignatureHash.Sha2_256, SignatureHash.Sha2_384, SignatureHash.Sha2_512];
    private readonly Pki _pki = new();
    private readonly NodeIdentity _own;
    private readonly PeerAuthentication _authentication;

    public PeerAuthenticationTests()
    {
        _own = _pki.Identity(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        _authentication = new PeerAuthentication(_own);
    }

    public void Dispose()
    {
        _own.Dispose();
        _pki.Dispose();
    }

    [Theory]
    [InlineData("nistP256", "300A06082A8648CE3D040302")]
    [InlineData("nistP384", "300A06082A8648CE3D040303")]
    [InlineData("nistP521", "300A06082A8648CE3D040304")]
    public void D25_ecdsa_signs_with_the_hash_that_fits_the_curve(string curve, string algorithm)
    {
        using var identity = _pki.Identity(ECDsa.Create(ECCurve.CreateFromFriendlyName(curve)));
        var signed = new PeerAuthentication(identity).Sign(Octets, AllHashes);
        Assert.NotNull(signed);
        Assert.Equal(algorithm, Convert.ToHexString(signed.AlgorithmIdentifier));
        Assert.True(VerifyOurs(signed, identity.CertificatePayloads(false)).Accepted);
    }

    [Fact]
    public void D22_D25_the_next_best_hash_when_the_peer_lacks_the_best()
    {
        using var identity = _pki.Identity(ECDsa.Create(ECCurve.NamedCurves.nistP384));
        var signed = new PeerAuthentication(identity).Sign(Octets, [SignatureHash.Sha1, SignatureHash.Sha2_512]);
        Assert.Equal("300A06082A8648CE3D040304", Convert.ToHexString(signed!.AlgorithmIdentifier));
        Assert.True(VerifyOurs(signed, identity.CertificatePayloads(false)).Accepted);
    }

    [Fact]
    public void D22_nothing_is_signed_for_a_peer_without_sha2()
    {
        Assert.Null(_authentication.Sign(Octets, []));
        Assert.Null(_authentication.Sign(Octets, [SignatureHash.Sha1, SignatureHash.Identity]));
    }

    [Fact]
    public void D24_rsa_signs_pss_with_sha256()
    {
        using var identity = _pki.Identity(RSA.Create(2048));
        var signed = new PeerAuthentication(identity).Sign(Octets, AllHashes);
        Assert.True(SignatureAlgorithm.TryDecode(signed!.AlgorithmIdentifier, out var algorithm));
        Assert.Equal(new SignatureAlgorithm(SignatureScheme.RsaPss, HashAlgorithmName.SHA256, 32), algorithm);
        Assert.True(VerifyOurs(signed, identity.CertificatePayloads(false)).Accepted);
    }

    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void D23_D24_rsa_peers_in_both_paddings(string hash)
    {
        using var key = RSA.Create(2048);
        var name = new HashAlgorithmName(hash);
        using var leaf = _pki.Leaf(key);
        var pkcs1 = new SignatureAlgorithm(SignatureScheme.RsaPkcs1, name);
        Assert.True(Verify(leaf, pkcs1.Encode(), key.SignData(Octets, name, RSASignaturePadding.Pkcs1)).Accepted);
        var pss = new SignatureAlgorithm(SignatureScheme.RsaPss, name, pkcs1.HashLength);
        Assert.True(Verify(leaf, pss.Encode(), key.SignData(Octets, name, RSASignaturePadding.Pss)).Accepted);
        // One padding's signature is not the other's.
        Assert.Equal(PeerRefusal.SignatureMismatch, Verify(leaf, pkcs1.Encode(), key.SignData(Octets, name, RSASignaturePadding.Pss)).Refusal);
    }

    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void D23_D25_p256_with_any_hash(string hash)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new HashAlgorithmName(hash);
        var verdict = Verify(_pki.Leaf(key), new SignatureAlgorithm(SignatureScheme.Ecdsa, name).Encode(),
            key.SignData(Octets, name, DSASignatureFormat.Rfc3279DerSequence));
        Assert.True(verdict.Accepted);
    }

    [Fact]
    public void D25_a_signature_that_is_not_der_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var raw = key.SignData(Octets, HashAlgorithmName.SHA256);
        Assert.Equal(PeerRefusal.SignatureMismatch, Verify(_pki.Leaf(key), Convert.FromHexString("300A06082A8648CE3D040302"), raw).Refusal);
    }

    [Theory]
    [InlineData("300D06092A864886F70D0101050500")]
    [InlineData("300D06092A864886F70D01010A3000")]
    public void D24_sha1_and_empty_pss_parameters_are_refused(string algorithm)
    {
        using var key = RSA.Create(2048);
        var signature = key.SignData(Octets, HashAlgorithmName.SHA1, algorithm.Length > 30 ? RSASignaturePadding.Pkcs1 : RSASignaturePadding.Pss);
        var verdict = Verify(_pki.Leaf(key), Convert.FromHexString(algorithm), signature);
        Assert.Equal(PeerRefusal.UnsupportedSignatureAlgorithm, verdict.Refusal);
        Assert.Equal("unsupported-signature-algorithm", verdict.RefusalCode);
    }

    [Fact]
    public void A17_a_stolen_certificate_with_another_key_fails()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var thief = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(PeerRefusal.SignatureMismatch, Verify(_pki.Leaf(key), EcdsaSha256, SignDer(thief)).Refusal);
        // Nor does a key of the other family.
        using var rsa = RSA.Create(2048);
        Assert.Equal(PeerRefusal.SignatureMismatch, Verify(_pki.Leaf(rsa), EcdsaSha256, SignDer(key)).Refusal);
    }

    [Fact]
    public void A17_every_bent_signature_and_other_octets_fail()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = _pki.Leaf(key);
        var good = SignDer(key);
        Assert.True(Verify(leaf, EcdsaSha256, good).Accepted);
        for (var length = 0; length < good.Length; length++)
            Assert.Equal(PeerRefusal.SignatureMismatch, Verify(leaf, EcdsaSha256, good[..length]).Refusal);
        for (var i = 0; i < good.Length; i++)
        {
            var bent = good.ToArray();
            bent[i] ^= 0x10;
            Assert.Equal(PeerRefusal.SignatureMismatch, Verify(leaf, EcdsaSha256, bent).Refusal);
        }

        Assert.Equal(PeerRefusal.SignatureMismatch, _authentication.Verify([leaf.RawDataMemory], IdType.Ipv6Address, Pki.PeerAddress.ToBytes(),
            Octets.AsSpan(1), EcdsaSha256, good, Pki.Clock, Pki.At).Refusal);
    }

    [Fact]
    public void D27_D28_the_id_is_the_address_of_the_certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = _pki.Leaf(key);
        Assert.Equal(PeerRefusal.IdMismatch, Verify(leaf, EcdsaSha256, SignDer(key), id: Pki.OwnAddress.ToBytes()).Refusal);
        Assert.Equal(PeerRefusal.WrongIdType, Verify(leaf, EcdsaSha256, SignDer(key), id: Pki.PeerAddress.ToBytes()[..15]).Refusal);
        Assert.Equal(PeerRefusal.WrongIdType, Verify(leaf, EcdsaSha256, SignDer(key), idType: (IdType)9).Refusal);
        var accepted = Verify(leaf, EcdsaSha256, SignDer(key));
        Assert.Equal(Pki.PeerAddress, accepted.Identity!.AcpAddress);
        Assert.Equal(Pki.PeerName.ToString(), accepted.Identity.NodeName);
        Assert.Equal(leaf.RawData, accepted.Identity.Certificate.ToArray());
    }

    [Fact]
    public void D29_with_0_any_address_is_taken_and_none_believed()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = AcpNodeName.CreateWithoutAddress(AcpAddressField.Zero, "", Pki.Domain);
        var verdict = Verify(_pki.Leaf(key, AcpNodeNameExtension.Create(name)), EcdsaSha256, SignDer(key), id: Ipv6Address.Parse("fd00::77").ToBytes());
        Assert.True(verdict.Accepted);
        Assert.Null(verdict.Identity!.AcpAddress);
    }

    [Fact]
    public void A26_A27_dates_count_once_the_clock_is_known()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = _pki.Leaf(key, until: Pki.Now.AddMinutes(1));
        Assert.True(Verify(leaf, EcdsaSha256, SignDer(key)).Accepted);
        Assert.Equal(PeerRefusal.Expired, Verify(leaf, EcdsaSha256, SignDer(key), now: Pki.At + TimeSpan.FromMinutes(2)).Refusal);
        Assert.True(Verify(leaf, EcdsaSha256, SignDer(key), clock: WallClock.Unknown, now: Pki.At + TimeSpan.FromDays(999)).Accepted);
    }

    [Fact]
    public void A20_revocation_unchecked_is_in_the_verdict()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var crl = CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(["http://crl.example.com/ca.crl"]);
        Assert.True(Verify(_pki.Leaf(key, more: crl), EcdsaSha256, SignDer(key)).RevocationUnchecked);
        Assert.False(Verify(_pki.Leaf(key), EcdsaSha256, SignDer(key)).RevocationUnchecked);
    }

    [Fact]
    public void D30_D31_certificates_in_order_and_authorities_by_hash()
    {
        Assert.Equal(2, _own.CertificatePayloads(true).Count);
        Assert.Equal(_own.Certificate.RawData, _own.CertificatePayloads(true)[0].ToArray());
        Assert.Equal(_pki.Root.RawData, _own.CertificatePayloads(true)[^1].ToArray());
        Assert.Single(_own.CertificatePayloads(false));
        Assert.Equal(SHA1.HashData(_pki.Root.PublicKey.ExportSubjectPublicKeyInfo()), _own.CertificationAuthorities());
    }

    private static byte[] EcdsaSha256 => Convert.FromHexString("300A06082A8648CE3D040302");

    private static byte[] SignDer(ECDsa key) => key.SignData(Octets, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    [Fact]
    public void C19_a_known_peer_is_refused_from_the_second_after_its_certificate_ended_and_before_it_began()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = _pki.Leaf(key, until: Pki.Now.AddMinutes(10));
        var signature = key.SignData(Octets, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        PeerVerdict At(TimeSpan later) => Verify(leaf, EcdsaSha256, signature, now: Pki.At + later);
        Assert.True(At(TimeSpan.Zero).Accepted);
        Assert.True(At(TimeSpan.FromMinutes(10)).Accepted);
        Assert.Equal(PeerRefusal.Expired, At(TimeSpan.FromSeconds(601)).Refusal);
        Assert.True(At(TimeSpan.Zero).Accepted);
        Assert.Equal(PeerRefusal.NotYetValid, At(TimeSpan.FromDays(-2)).Refusal);
    }

    [Fact]
    public void A17_D28_a_known_peer_still_has_to_sign_and_to_name_itself()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = _pki.Leaf(key);
        var signature = key.SignData(Octets, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var first = Verify(leaf, EcdsaSha256, signature);
        var second = Verify(leaf, EcdsaSha256, signature);
        Assert.Equal(first.Identity, second.Identity);
        var other = key.SignData([1, 2, 3], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.Equal(PeerRefusal.SignatureMismatch, Verify(leaf, EcdsaSha256, other).Refusal);
        Assert.Equal(PeerRefusal.IdMismatch, Verify(leaf, EcdsaSha256, signature, id: Pki.OwnAddress.ToBytes()).Refusal);
        Assert.True(Verify(leaf, EcdsaSha256, signature).Accepted);
    }

    [Fact]
    public void A30_certificates_that_differ_in_one_octet_are_not_known()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = _pki.Leaf(key);
        var signature = key.SignData(Octets, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.True(Verify(leaf, EcdsaSha256, signature).Accepted);
        var forged = leaf.RawData;
        forged[^1] ^= 1;
        Assert.Equal(PeerRefusal.NoTrustAnchorPath, _authentication.Verify([forged], IdType.Ipv6Address, Pki.PeerAddress.ToBytes(), Octets,
            EcdsaSha256, signature, Pki.Clock, Pki.At).Refusal);
    }

    [Fact]
    public void More_peers_than_are_remembered_are_all_still_let_in()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signature = key.SignData(Octets, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var leaves = Enumerable.Range(0, 140).Select(_ => _pki.Leaf(key)).ToList();
        foreach (var leaf in leaves.Concat(leaves.Take(2)))
            Assert.True(Verify(leaf, EcdsaSha256, signature).Accepted);
        leaves.ForEach(l => l.Dispose());
    }

    /// <summary>RFC 5280 §4.1.2.5: 99991231235959Z says that a certificate has no well-defined end.</summary>
    [Fact]
    public void A27_a_certificate_without_end_is_good()
    {
        var end = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
        using var pki = new Pki(until: end);
        using var own = pki.Identity(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = pki.Leaf(key, until: end);
        var signature = key.SignData(Octets, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var authentication = new PeerAuthentication(own);
        for (var i = 0; i < 2; i++)
        {
            var verdict = authentication.Verify([leaf.RawDataMemory], IdType.Ipv6Address, Pki.PeerAddress.ToBytes(), Octets, EcdsaSha256, signature,
                Pki.Clock, Pki.At);
            Assert.Equal(end, verdict.Identity?.NotAfter);
        }
    }

    /// <summary>As the peer of <paramref name="signed"/>'s maker, who has our own name's address.</summary>
    private PeerVerdict VerifyOurs(AuthSignature signed, IReadOnlyList<ReadOnlyMemory<byte>> certificates) =>
        _authentication.Verify(certificates, IdType.Ipv6Address, Pki.OwnAddress.ToBytes(), Octets, signed.AlgorithmIdentifier, signed.Signature, Pki.Clock, Pki.At);

    private PeerVerdict Verify(X509Certificate2 leaf, byte[] algorithm, byte[] signature, byte[]? id = null, IdType idType = IdType.Ipv6Address,
        WallClock? clock = null, Instant? now = null) =>
        _authentication.Verify([leaf.RawDataMemory], idType, id ?? Pki.PeerAddress.ToBytes(), Octets, algorithm, signature, clock ?? Pki.Clock, now ?? Pki.At);
}
