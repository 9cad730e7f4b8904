using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core;
using Acp.Core.Identity;

namespace Acp.Tests.Identities;

/// <summary>A-02 … …: one negative certificate per cause.</summary>
public sealed class DomainMembershipCheckTests : IDisposable
{
    private readonly Pki _pki = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _pki.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void A18_a_member_is_one()
    {
        var result = Check(_pki.Leaf(_key));
        Assert.True(result.IsMember, result.Detail);
        Assert.Equal(Pki.PeerName, result.Name);
        Assert.False(result.RevocationUnchecked);
        Assert.Equal(Pki.Now.AddDays(30), result.NotAfter);
    }

    [Fact]
    public void A42_no_certificate_and_too_many()
    {
        Assert.Equal(PeerRefusal.NoCertificate, _pki.Check.Check([], Pki.Now, MembershipPurpose.SecureChannel).Refusal);
        var der = _pki.Leaf(_key).RawDataMemory;
        Assert.Equal(PeerRefusal.TooManyCertificates,
            _pki.Check.Check([.. Enumerable.Repeat(der, DomainMembershipCheck.MaxCertificates + 1)], Pki.Now, MembershipPurpose.SecureChannel).Refusal);
        Assert.Equal(PeerRefusal.TooManyCertificates,
            _pki.Check.Check([new byte[DomainMembershipCheck.MaxCertificateLength + 1]], Pki.Now, MembershipPurpose.SecureChannel).Refusal);
    }

    [Fact]
    public void A42_every_truncation_and_bent_certificates_never_pass_nor_throw()
    {
        var der = _pki.Leaf(_key).RawData;
        for (var length = 0; length < der.Length; length++)
        {
            Assert.Equal(PeerRefusal.MalformedCertificate,
                _pki.Check.Check([der.AsMemory(0, length)], Pki.Now, MembershipPurpose.SecureChannel).Refusal);
        }

        var random = new SeededRandom(4);
        for (var i = 0; i < 400; i++)
        {
            var bent = der.ToArray();
            bent[random.Next(bent.Length)] ^= (byte)(1 << random.Next(8));
            var refusal = _pki.Check.Check([bent], Pki.Now, MembershipPurpose.SecureChannel).Refusal;
            Assert.NotEqual(PeerRefusal.None, refusal);
        }
    }

    [Fact]
    public void A42_octets_after_the_certificate_are_refused() =>
        Assert.Equal(PeerRefusal.MalformedCertificate,
            _pki.Check.Check([_pki.Leaf(_key).RawData.Append((byte)0).ToArray()], Pki.Now, MembershipPurpose.SecureChannel).Refusal);

    [Fact]
    public void A02_version_1_is_refused()
    {
        // Made by hand: .NET makes none.
        Assert.Equal(PeerRefusal.NotX509v3, _pki.Check.Check([VersionOne()], Pki.Now, MembershipPurpose.SecureChannel).Refusal);
    }

    [Theory]
    [InlineData(1024, PeerRefusal.WeakKey)]
    [InlineData(2047, PeerRefusal.WeakKey)]
    [InlineData(2048, PeerRefusal.None)]
    [InlineData(3072, PeerRefusal.None)]
    public void A03_rsa_needs_2048_bits(int bits, PeerRefusal expected)
    {
        // openssl makes the odd size too.
        using var rsa = RSA.Create();
        rsa.ImportFromPem(OpenSsl.Run("genrsa", bits.ToString(System.Globalization.CultureInfo.InvariantCulture)).Output);
        Assert.Equal(expected, Check(_pki.Leaf(rsa)).Refusal);
    }

    [Theory]
    [InlineData("", PeerRefusal.None)]
    [InlineData("off the curve", PeerRefusal.UnsupportedKey)]
    [InlineData("beyond the field", PeerRefusal.UnsupportedKey)]
    [InlineData("at infinity", PeerRefusal.UnsupportedKey)]
    [InlineData("uncompressed and at infinity", PeerRefusal.UnsupportedKey)]
    [InlineData("compressed", PeerRefusal.UnsupportedKey)]
    [InlineData("hybrid", PeerRefusal.UnsupportedKey)]
    [InlineData("too short", PeerRefusal.UnsupportedKey)]
    [InlineData("too long", PeerRefusal.UnsupportedKey)]
    [InlineData("nothing", PeerRefusal.UnsupportedKey)]
    public void A04_a_key_is_a_point_of_its_curve(string how, PeerRefusal expected)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var good = Pki.Request("CN=peer", ecdsa);
        var point = good.PublicKey.EncodedKeyValue.RawData;
        byte[] bent = how switch
        {
            "off the curve" => [.. point[..^1], (byte)(point[^1] ^ 1)],
            "beyond the field" => [4, .. Enumerable.Repeat((byte)0xff, 32), .. point[33..]],
            "at infinity" => [0],
            "uncompressed and at infinity" => [4, .. new byte[64]],
            "compressed" => [(byte)(2 + (point[^1] & 1)), .. point[1..33]],
            "hybrid" => [(byte)(6 + (point[^1] & 1)), .. point[1..]],
            "too short" => point[..^1],
            "too long" => [.. point, 0],
            "nothing" => [],
            _ => point,
        };
        var key = new PublicKey(good.PublicKey.Oid, good.PublicKey.EncodedParameters!, new AsnEncodedData(bent));
        var request = new CertificateRequest(good.SubjectName, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(AcpNodeNameExtension.Create(Pki.PeerName));
        using var leaf = Pki.Sign(request, _pki.Root.SubjectName, _pki.RootKey, Pki.Now.AddDays(-1), Pki.Now.AddDays(1));
        Assert.Equal(expected, Check(leaf).Refusal);
    }

    [Theory]
    [InlineData("1.2.840.10045.3.1.1", PeerRefusal.WeakKey)] // P-192
    [InlineData("1.3.132.0.33", PeerRefusal.WeakKey)] // P-224
    [InlineData("1.2.840.10045.3.1.7", PeerRefusal.None)]
    [InlineData("1.3.132.0.34", PeerRefusal.None)]
    [InlineData("1.3.132.0.35", PeerRefusal.None)]
    [InlineData("1.3.132.0.10", PeerRefusal.UnsupportedKey)] // secp256k1
    public void A04_A05_curves(string oid, PeerRefusal expected)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue(oid));
        Assert.Equal(expected, Check(_pki.Leaf(key)).Refusal);
    }

    [Fact]
    public void A06_sha1_is_refused_in_leaf_and_intermediate()
    {
        using var pki = new Pki(RSA.Create(2048));
        Assert.Equal(PeerRefusal.WeakSignature, Check(pki, WithSha1(pki, Pki.Request("CN=peer", _key))).Refusal);
        using var key = RSA.Create(2048);
        var request = Pki.Request("CN=sub", key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var sub = WithSha1(pki, request);
        Assert.Equal(PeerRefusal.WeakSignature, Check(pki, pki.Leaf(_key, issuer: sub, issuerKey: key), sub).Refusal);
    }

    public static TheoryData<bool, string> Digests => new()
    {
        { false, "SHA256" }, { false, "SHA384" }, { false, "SHA512" }, { true, "SHA256" }, { true, "SHA384" }, { true, "SHA512" },
    };

    /// <summary>The issuer of the other kind than the leaf, so that the chains are mixed.</summary>
    [Theory]
    [MemberData(nameof(Digests))]
    public void A06_A07_A08_digests_and_mixed_chains(bool isRsaIssuer, string digest)
    {
        using var pki = new Pki(isRsaIssuer ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256));
        using AsymmetricAlgorithm key = isRsaIssuer ? ECDsa.Create(ECCurve.NamedCurves.nistP384) : RSA.Create(2048);
        var result = Check(pki, pki.Leaf(key, hash: new HashAlgorithmName(digest)));
        Assert.True(result.IsMember, result.Detail);
    }

    [Fact]
    public void A06_pss_signed_certificates_pass()
    {
        using var pki = new Pki(RSA.Create(2048));
        var request = Pki.Request("CN=peer", _key);
        request.CertificateExtensions.Add(AcpNodeNameExtension.Create(Pki.PeerName));
        using var leaf = Pki.Sign(request, pki.Root.SubjectName, pki.RootKey, Pki.Now.AddDays(-1), Pki.Now.AddDays(1), padding: RSASignaturePadding.Pss);
        var result = Check(pki, leaf);
        Assert.True(result.IsMember, result.Detail);
    }

    [Fact]
    public void A18_another_trust_anchor_is_not_ours()
    {
        using var foreign = new Pki(name: "CN=somebody else's root");
        Assert.Equal(PeerRefusal.NoTrustAnchorPath, Check(foreign.Leaf(_key)).Refusal);
        // Nor when the peer sends it along.
        Assert.Equal(PeerRefusal.NoTrustAnchorPath, Check(_pki, foreign.Leaf(_key), foreign.Root).Refusal);
    }

    [Fact]
    public void A18_an_impostor_root_of_the_same_name_is_not_ours()
    {
        using var impostor = new Pki();
        Assert.Equal(_pki.Root.Subject, impostor.Root.Subject);
        Assert.Equal(PeerRefusal.NoTrustAnchorPath, Check(impostor.Leaf(_key)).Refusal);
        Assert.Equal(PeerRefusal.NoTrustAnchorPath, Check(_pki, impostor.Leaf(_key), impostor.Root).Refusal);
    }

    [Fact]
    public void A18_a_self_signed_peer_is_nobody()
    {
        var request = Pki.Request("CN=peer", _key);
        request.CertificateExtensions.Add(AcpNodeNameExtension.Create(Pki.PeerName));
        Assert.Equal(PeerRefusal.NoTrustAnchorPath, Check(request.CreateSelfSigned(Pki.Now.AddDays(-1), Pki.Now.AddDays(1))).Refusal);
    }

    [Fact]
    public void A18_a_member_cannot_issue_certificates()
    {
        using var leaf = _pki.Leaf(_key, subject: "CN=member");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(PeerRefusal.InvalidPath, Check(_pki, _pki.Leaf(key, issuer: leaf, issuerKey: _key), leaf).Refusal);
    }

    [Fact]
    public void A18_an_unknown_critical_extension_is_refused() =>
        Assert.Equal(PeerRefusal.InvalidPath, Check(_pki.Leaf(_key, more: new X509Extension("1.2.3.4.5", [5, 0], true))).Refusal);

    [Fact]
    public void A18_A26_expired_and_not_yet_valid_are_told_apart()
    {
        Assert.Equal(PeerRefusal.Expired, Check(_pki.Leaf(_key, until: Pki.Now.AddSeconds(-1))).Refusal);
        Assert.Equal(PeerRefusal.None, Check(_pki.Leaf(_key, until: Pki.Now)).Refusal);
        Assert.Equal(PeerRefusal.None, _pki.Check.Check([_pki.Leaf(_key, until: Pki.Now).RawDataMemory], Pki.Now.AddMilliseconds(999), MembershipPurpose.SecureChannel).Refusal);
        Assert.Equal(PeerRefusal.NotYetValid, Check(_pki.Leaf(_key, from: Pki.Now.AddSeconds(1))).Refusal);
        Assert.Equal(PeerRefusal.None, Check(_pki.Leaf(_key, from: Pki.Now)).Refusal);
    }

    [Fact]
    public void A18_an_expired_authority_counts_too()
    {
        using var pki = new Pki(until: Pki.Now.AddDays(-2));
        Assert.Equal(PeerRefusal.Expired, Check(pki, pki.Leaf(_key)).Refusal);
    }

    [Fact]
    public void A27_without_a_clock_dates_do_not_count()
    {
        Assert.True(_pki.Check.Check([_pki.Leaf(_key, until: Pki.Now.AddYears(-3), from: Pki.Now.AddYears(-4)).RawDataMemory], null, MembershipPurpose.SecureChannel).IsMember);
        Assert.True(_pki.Check.Check([_pki.Leaf(_key, until: Pki.Now.AddYears(4), from: Pki.Now.AddYears(3)).RawDataMemory], null, MembershipPurpose.SecureChannel).IsMember);
        // Everything else still does.
        using var foreign = new Pki(name: "CN=other");
        Assert.Equal(PeerRefusal.NoTrustAnchorPath, _pki.Check.Check([foreign.Leaf(_key).RawDataMemory], null, MembershipPurpose.SecureChannel).Refusal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A30_intermediates(int count)
    {
        var (issuer, issuerKey) = (_pki.Root, _pki.RootKey);
        var chain = new List<X509Certificate2>();
        for (var i = 0; i < count; i++)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            issuer = Pki.Authority($"CN=sub {i}", key, issuer, issuerKey, until: Pki.Now.AddDays(20 - i));
            issuerKey = key;
            chain.Add(issuer);
        }

        var leaf = _pki.Leaf(_key, issuer: issuer, issuerKey: issuerKey);
        var result = Check(_pki, leaf, [.. chain]);
        Assert.True(result.IsMember, result.Detail);
        // C-19: the channel ends with whichever certificate of the path ends first.
        Assert.Equal(count == 0 ? Pki.Now.AddDays(30) : Pki.Now.AddDays(21 - count), result.NotAfter);
        Assert.True(Check(_pki, leaf, [.. Enumerable.Reverse(chain)]).IsMember);
        if (count > 0)
            Assert.Equal(PeerRefusal.NoTrustAnchorPath, Check(_pki, leaf).Refusal);
    }

    [Fact]
    public void A30_two_trust_anchors_during_a_migration()
    {
        using var next = new Pki(name: "CN=next root");
        var check = new DomainMembershipCheck(Pki.OwnName, [_pki.Root, next.Root]);
        Assert.True(check.Check([_pki.Leaf(_key).RawDataMemory], Pki.Now, MembershipPurpose.SecureChannel).IsMember);
        Assert.True(check.Check([next.Leaf(_key).RawDataMemory], Pki.Now, MembershipPurpose.SecureChannel).IsMember);
    }

    [Fact]
    public void A11_A42_names()
    {
        var text = Pki.PeerName.ToString();
        Assert.Equal(PeerRefusal.NoAcpNodeName, Check(_pki.Leaf(_key, withoutName: true)).Refusal);
        Assert.Equal(PeerRefusal.AcpNodeNameWrongEncoding,
            Check(_pki.Leaf(_key, AcpNodeNameTests.San(AcpNodeNameTests.OtherName(UniversalTagNumber.UTF8String, text)))).Refusal);
        Assert.Equal(PeerRefusal.AcpNodeNameWrongEncoding, Check(_pki.Leaf(_key, AcpNodeNameTests.San(AcpNodeNameTests.Mail(text)))).Refusal);
        Assert.Equal(PeerRefusal.AcpNodeNameWrongEncoding, Check(_pki.Leaf(_key, withoutName: true, subject: "CN=" + text)).Refusal);
        Assert.Equal(PeerRefusal.InvalidAcpNodeName,
            Check(_pki.Leaf(_key, AcpNodeNameTests.San(AcpNodeNameTests.OtherName(UniversalTagNumber.IA5String, "nobody@acp.example.com")))).Refusal);
    }

    [Theory]
    [InlineData("0@ACP.Example.COM", PeerRefusal.None)]
    [InlineData("0+area51@acp.example.com", PeerRefusal.None)]
    [InlineData("0+r+future1+future2@acp.example.com", PeerRefusal.None)]
    [InlineData("0@acp.example.org", PeerRefusal.OtherDomain)]
    [InlineData("0@example.com", PeerRefusal.OtherDomain)]
    [InlineData("0@x.acp.example.com", PeerRefusal.OtherDomain)]
    [InlineData("@acp.example.com", PeerRefusal.NoAcpAddress)]
    [InlineData("+r@acp.example.com", PeerRefusal.NoAcpAddress)]
    [InlineData("fd89b714f3db80000000000000000000@acp.example.com", PeerRefusal.None)] // F-11: a reserved type is tolerated
    public void A14_A24_A25_F11_domain_and_address(string text, PeerRefusal expected)
    {
        Assert.True(AcpNodeName.TryParse(text, out var name, out _));
        var leaf = _pki.Leaf(_key, AcpNodeNameExtension.Create(name));
        Assert.Equal(expected, Check(leaf).Refusal);
        // Rule 5 is for secure channels alone.
        var endToEnd = _pki.Check.Check([leaf.RawDataMemory], Pki.Now, MembershipPurpose.EndToEnd).Refusal;
        Assert.Equal(expected == PeerRefusal.NoAcpAddress ? PeerRefusal.None : expected, endToEnd);
    }

    [Fact]
    public void A34_key_agreement_is_not_needed_but_signatures_must_be_allowed()
    {
        Assert.True(Check(_pki.Leaf(_key, usage: X509KeyUsageFlags.DigitalSignature)).IsMember);
        Assert.Equal(PeerRefusal.KeyUsage, Check(_pki.Leaf(_key, usage: X509KeyUsageFlags.KeyAgreement)).Refusal);
    }

    [Fact]
    public void A20_a_named_crl_that_nobody_asked_is_remembered()
    {
        var crl = CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(["http://crl.example.com/ca.crl"]);
        var result = Check(_pki.Leaf(_key, more: crl));
        Assert.True(result.IsMember);
        Assert.True(result.RevocationUnchecked);
        var ocsp = new X509AuthorityInformationAccessExtension(["http://ocsp.example.com"], null);
        Assert.True(Check(_pki.Leaf(_key, more: ocsp)).RevocationUnchecked);
        var caIssuers = new X509AuthorityInformationAccessExtension(null, ["http://ca.example.com"]);
        Assert.False(Check(_pki.Leaf(_key, more: caIssuers)).RevocationUnchecked);
    }

    private static X509Certificate2 WithSha1(Pki pki, CertificateRequest request) =>
        request.Create(pki.Root.SubjectName, new Sha1Generator((RSA)pki.RootKey), Pki.Now.AddDays(-1), Pki.Now.AddDays(1), [1]);

    private MembershipResult Check(X509Certificate2 leaf) => Check(_pki, leaf);

    private static MembershipResult Check(Pki pki, X509Certificate2 leaf, params X509Certificate2[] others) =>
        pki.Check.Check([leaf.RawDataMemory, .. others.Select(c => c.RawDataMemory)], Pki.Now, MembershipPurpose.SecureChannel);

    /// <summary>tbsCertificate without version and extensions, signed by the root.</summary>
    private byte[] VersionOne()
    {
        var good = new AsnReader(_pki.Leaf(_key).RawData, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        var tbs = new AsnWriter(AsnEncodingRules.DER);
        using (tbs.PushSequence())
        {
            good.ReadEncodedValue(); // version
            for (var i = 0; i < 6; i++) // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
                tbs.WriteEncodedValue(good.ReadEncodedValue().Span);
        }

        var signed = tbs.Encode();
        var certificate = new AsnWriter(AsnEncodingRules.DER);
        using (certificate.PushSequence())
        {
            certificate.WriteEncodedValue(signed);
            using (certificate.PushSequence())
                certificate.WriteObjectIdentifier("1.2.840.10045.4.3.2");
            certificate.WriteBitString(((ECDsa)_pki.RootKey).SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }

        return certificate.Encode();
    }
}
