using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core;
using Acp.Core.Identity;

namespace Acp.Tests.Identities;

/// <summary>A-19, A-20, A-22: what CRLs at hand say, and what must not be believed.</summary>
public sealed class RevocationTests : IDisposable
{
    private static readonly X509Extension Distribution =
        CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(["http://crl.example/ca.crl"]);

    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _middle;
    private readonly X509Certificate2 _leaf;

    public RevocationTests()
    {
        _root = Pki.Authority("CN=root", _rootKey, null, null);
        _middle = Pki.Authority("CN=middle", _middleKey, _root, _rootKey);
        using var pki = new Pki();
        _leaf = pki.Leaf(_key, issuer: _middle, issuerKey: _middleKey, more: Distribution);
    }

    public void Dispose()
    {
        foreach (var certificate in new[] { _root, _middle, _leaf })
            certificate.Dispose();
        foreach (var key in new[] { _rootKey, _middleKey, _key })
            key.Dispose();
    }

    [Fact]
    public void A20_without_a_list_the_check_is_skipped_and_that_is_remembered()
    {
        var result = Check();
        Assert.True(result.IsMember, result.Detail);
        Assert.True(result.RevocationUnchecked);
        Assert.False(result.KnownGood);
    }

    [Fact]
    public void A19_with_current_lists_of_all_its_issuers_it_is_known_to_be_good()
    {
        Assert.True(Check(Crl(_middle, _middleKey)).RevocationUnchecked);
        var result = Check(Crl(_middle, _middleKey, "01"), Crl(_root, _rootKey, "02"));
        Assert.True(result.IsMember, result.Detail);
        Assert.True(result.KnownGood);
        Assert.False(result.RevocationUnchecked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A22_a_revoked_leaf_or_intermediate_is_refused(bool leaf)
    {
        var result = leaf
            ? Check(Crl(_root, _rootKey), Crl(_middle, _middleKey, "05", _leaf.SerialNumber))
            : Check(Crl(_root, _rootKey, _middle.SerialNumber));
        Assert.Equal(PeerRefusal.Revoked, result.Refusal);
        Assert.Contains(leaf ? "CN=peer" : "CN=middle", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_list_out_of_date_names_stays_revoked_and_what_it_does_not_is_unknown()
    {
        var old = Pki.Now.AddDays(-3);
        Assert.Equal(PeerRefusal.Revoked, Check(Crl(_middle, _middleKey, [_leaf.SerialNumber], old)).Refusal);
        Assert.True(Check(Crl(_middle, _middleKey, [], old), Crl(_root, _rootKey)).RevocationUnchecked);
        // Without a date nothing is out of date.
        Assert.True(Check((DateTimeOffset?)null, Crl(_middle, _middleKey, [], old), Crl(_root, _rootKey)).KnownGood);
    }

    /// <summary>The right name and another key; the right key, which may not make CRLs; another issuer's list with our serial.</summary>
    [Fact]
    public void What_its_issuer_did_not_sign_revokes_nothing()
    {
        Assert.True(Check(Crl(_middle, _rootKey, _leaf.SerialNumber)).IsMember);
        Assert.True(Check(Crl(_root, _rootKey, _leaf.SerialNumber)).IsMember);

        using var meek = Pki.Authority("CN=meek", _middleKey, _root, _rootKey, usage: X509KeyUsageFlags.KeyCertSign);
        using var pki = new Pki();
        using var leaf = pki.Leaf(_key, issuer: meek, issuerKey: _middleKey);
        var lists = Lists(Crl(_middleKey, meek.SubjectName, [leaf.SerialNumber], Pki.Now));
        var check = new DomainMembershipCheck(Pki.OwnName, [_root]) { Revocation = lists };
        Assert.True(check.Check([leaf.RawDataMemory, meek.RawDataMemory], Pki.Now, MembershipPurpose.SecureChannel).IsMember);
    }

    [Fact]
    public void Every_truncation_and_bent_lists_never_throw_nor_say_something_else()
    {
        var crl = Crl(_middle, _middleKey, "05", "0102030405");
        for (var length = 0; length < crl.Length; length++)
            Assert.False(RevocationList.TryDecode(crl.AsMemory(0, length), out _, out _));
        Assert.False(RevocationList.TryDecode(crl.Append((byte)0).ToArray(), out _, out var refusal));
        Assert.Equal(RevocationListRefusal.Malformed, refusal);

        var random = new SeededRandom(9);
        for (var i = 0; i < 2000; i++)
        {
            var bent = crl.ToArray();
            bent[random.Next(bent.Length)] ^= (byte)(1 << random.Next(8));
            if (RevocationList.TryDecode(bent, out var list, out _))
                Assert.False(list.IsSignedBy(_middle), "a bent list is believed");
        }
    }

    [Fact]
    public void A_delta_and_a_weak_signature_are_not_used()
    {
        Assert.False(RevocationList.TryDecode(WithExtension("2.5.29.27", critical: true), out _, out var refusal));
        Assert.Equal(RevocationListRefusal.CriticalExtension, refusal);
        Assert.True(RevocationList.TryDecode(WithExtension("2.5.29.27", critical: false), out _, out _));

        using var rsa = RSA.Create(2048);
        var weak = new CertificateRevocationListBuilder().Build(
            _middle.SubjectName, new Sha1Generator(rsa), 7, Pki.Now.AddDays(1), HashAlgorithmName.SHA1,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new byte[20]), Pki.Now);
        Assert.False(RevocationList.TryDecode(weak, out _, out refusal));
        Assert.Equal(RevocationListRefusal.SignatureAlgorithm, refusal);
    }

    /// <summary>An unsigned CRL with one extension: the framework makes no such thing.</summary>
    private byte[] WithExtension(string oid, bool critical)
    {
        var ecdsaWithSha256 = Convert.FromHexString("300a06082a8648ce3d040302");
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                writer.WriteEncodedValue(ecdsaWithSha256);
                writer.WriteEncodedValue(_middle.SubjectName.RawData);
                writer.WriteUtcTime(Pki.Now);
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                using (writer.PushSequence())
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(oid);
                    if (critical)
                        writer.WriteBoolean(true);
                    writer.WriteOctetString([2, 1, 1]);
                }
            }

            writer.WriteEncodedValue(ecdsaWithSha256);
            writer.WriteBitString([0]);
        }

        return writer.Encode();
    }

    private static byte[] Crl(X509Certificate2 issuer, ECDsa key, params string[] serials) => Crl(key, issuer.SubjectName, serials, Pki.Now);

    private static byte[] Crl(X509Certificate2 issuer, ECDsa key, string[] serials, DateTimeOffset at) => Crl(key, issuer.SubjectName, serials, at);

    private static byte[] Crl(ECDsa key, X500DistinguishedName issuer, string[] serials, DateTimeOffset at)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in serials)
            builder.AddEntry(Convert.FromHexString(serial), at, X509RevocationReason.KeyCompromise);
        return builder.Build(
            issuer, X509SignatureGenerator.CreateForECDsa(key), BigInteger.One, at.AddDays(1), HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new byte[20]), at);
    }

    private static RevocationLists Lists(params byte[][] crls) => new([.. crls.Select(der =>
    {
        Assert.True(RevocationList.TryDecode(der, out var list, out var refusal), refusal.ToString());
        return list;
    })]);

    private MembershipResult Check(params byte[][] crls) => Check(Pki.Now, crls);

    private MembershipResult Check(DateTimeOffset? date, params byte[][] crls) =>
        new DomainMembershipCheck(Pki.OwnName, [_root]) { Revocation = Lists(crls) }
            .Check([_leaf.RawDataMemory, _middle.RawDataMemory], date, MembershipPurpose.SecureChannel);
}
