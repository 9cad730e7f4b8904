using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core;
using Acp.Core.Identity;
using Acp.Daemon.Ca;
using Acp.Daemon.Identity;
using Acp.Tests.Identities;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ca;

/// <summary>A-08, A-10, A-16, A-35, A-41, F-14, F-27, F-31, F-32: what the CA issues is what nodes accept.</summary>
public sealed class DomainCaTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256, KeyAlgorithm.EcdsaP256, false)]
    [InlineData(KeyAlgorithm.EcdsaP256, KeyAlgorithm.Rsa2048, true)]
    [InlineData(KeyAlgorithm.EcdsaP384, KeyAlgorithm.EcdsaP384, true)]
    [InlineData(KeyAlgorithm.Rsa2048, KeyAlgorithm.EcdsaP256, true)]
    [InlineData(KeyAlgorithm.Rsa2048, KeyAlgorithm.Rsa2048, false)]
    public void A08_two_nodes_of_one_ca_accept_each_other(KeyAlgorithm caAlgorithm, KeyAlgorithm nodeAlgorithm, bool withIntermediate)
    {
        using var ca = Init("ca", caAlgorithm, withIntermediate);
        Issue(ca, "a", algorithm: nodeAlgorithm);
        Issue(ca, "b", rsub: "area51.research");
        using var a = Load("a");
        using var b = Load("b");
        Assert.Equal(withIntermediate ? 1 : 0, a.Intermediates.Count);
        Assert.Equal(AcpAddress.UlaOf("acp.example.com"), a.AcpAddress.Ula);
        Assert.Equal("fd89:b714:f3db::/48", b.AcpAddress.Ula.ToString());

        var octets = new byte[64];
        var signed = new PeerAuthentication(a).Sign(octets, [SignatureHash.Sha2_256, SignatureHash.Sha2_384])!;
        var verdict = new PeerAuthentication(b).Verify(a.CertificatePayloads(withTrustAnchors: true), IdType.Ipv6Address, a.Address.ToBytes(),
            octets, signed.AlgorithmIdentifier, signed.Signature, new Core.Time.WallClock(Now, default), default);
        Assert.True(verdict.Accepted, verdict.RefusalText);
        Assert.Equal(a.Address, verdict.Identity!.AcpAddress);
    }

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256, false)]
    [InlineData(KeyAlgorithm.EcdsaP384, true)]
    [InlineData(KeyAlgorithm.Rsa2048, true)]
    public void A10_openssl_verifies_strictly_and_reads_the_name(KeyAlgorithm algorithm, bool withIntermediate)
    {
        using var ca = Init("ca", algorithm, withIntermediate);
        Issue(ca, "a", rsub: "area51.research");
        string[] chain = withIntermediate ? ["-untrusted", _directory["a/chain.crt"]] : [];
        var verified = OpenSsl.Run(["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", _directory["a/ta.crt"], .. chain, _directory["a/node.crt"]]);
        Assert.Equal(0, verified.Code);
        Assert.Equal(0, OpenSsl.Run(["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", _directory["a/ta.crt"], .. chain, _directory["a/node.crt"]]).Code);
        Assert.Equal(0, OpenSsl.Run("pkey", "-in", _directory["a/node.key"], "-check", "-noout").Code);

        var text = OpenSsl.Run("x509", "-in", _directory["a/node.crt"], "-noout", "-text").Output;
        using var node = Load("a");
        Assert.Contains($"othername: 1.3.6.1.5.5.7.8.10::{node.Name}", text, StringComparison.Ordinal);
        Assert.Contains("IP Address:FD89:B714:F3DB:0:", text, StringComparison.Ordinal);
        Assert.Contains("Digital Signature", text, StringComparison.Ordinal);
        Assert.Contains("Authority Key Identifier", text, StringComparison.Ordinal);
        Assert.Contains("Subject Key Identifier", text, StringComparison.Ordinal);

        var key = OpenSsl.Run("pkey", "-in", _directory["a/node.key"], "-pubout").Output;
        Assert.Equal(OpenSsl.Run("x509", "-in", _directory["a/node.crt"], "-noout", "-pubkey").Output, key);
    }

    [Theory]
    [InlineData(AcpAddressField.Zero, NodeIdentityRefusal.NoAcpAddress, PeerRefusal.None)]
    [InlineData(AcpAddressField.Omitted, NodeIdentityRefusal.NoAcpAddress, PeerRefusal.NoAcpAddress)]
    public void A16_A25_certificates_without_an_address(AcpAddressField field, NodeIdentityRefusal own, PeerRefusal peer)
    {
        using var ca = Init("ca");
        using var certificate = ca.Issue(new IssueRequest { Directory = _directory["x"], Address = field }, Now);
        Assert.Equal(own, StateDirectory.Load(_directory["x"], Now).IdentityRefusal);
        Assert.Equal(peer, Check(ca, certificate).Refusal);
        // No number is used up.
        Assert.Equal(0, ca.Registrar.Allocate(AcpAddressScheme.Zone, "").NodeNumber);
    }

    [Fact]
    public void A18_an_expired_certificate_can_be_made_for_tests()
    {
        using var ca = Init("ca");
        using var expired = ca.Issue(new IssueRequest { Directory = _directory["x"], NotAfter = Now.AddYears(-3) }, Now);
        Assert.Equal(PeerRefusal.Expired, Check(ca, expired).Refusal);
        using var future = ca.Issue(new IssueRequest { Directory = _directory["y"], NotBefore = Now.AddDays(3) }, Now);
        Assert.Equal(PeerRefusal.NotYetValid, Check(ca, future).Refusal);
        using var ordinary = ca.Issue(new IssueRequest { Directory = _directory["z"], NotAfter = Now.AddYears(500) }, Now);
        Assert.Equal(ca.Root.NotAfter, ordinary.NotAfter);
    }

    [Fact]
    public void F27_another_registrar_of_the_same_ca_has_another_id_and_its_nodes_are_members()
    {
        using var first = Init("ca", withIntermediate: true);
        using var second = DomainCa.InitSecond(_directory["ca2"], _directory["ca"]);
        Assert.NotEqual(first.Registrar.RegistrarId, second.Registrar.RegistrarId);
        Assert.Throws<CaException>(() => DomainCa.InitSecond(_directory["ca3"], _directory["ca"], first.Registrar.RegistrarId));
        Issue(second, "n");
        using var node = Load("n");
        Assert.Equal(second.Registrar.RegistrarId, node.AcpAddress.RegistrarId);
        var result = new DomainMembershipCheck(node.Name, [first.Root]).Check(node.CertificatePayloads(false), Now, MembershipPurpose.SecureChannel);
        Assert.True(result.IsMember, result.Detail);
    }

    [Fact]
    public void F31_F32_renewal_keeps_the_name_also_by_another_registrar_and_after_expiry()
    {
        using var first = Init("ca");
        using var second = DomainCa.InitSecond(_directory["ca2"], _directory["ca"]);
        using var old = first.Issue(new IssueRequest { Directory = _directory["old"], Rsub = "r", NotAfter = Now.AddDays(-3) }, Now);
        var kept = second.NameForRenewal(_directory["old/node.crt"]);
        using var renewed = second.Issue(new IssueRequest { Directory = _directory["new"], Keep = kept }, Now);
        Assert.True(AcpNodeNameExtension.TryRead(old, out var before, out _));
        Assert.True(AcpNodeNameExtension.TryRead(renewed, out var after, out _));
        Assert.Equal(before, after);
        Assert.Equal(0, second.Registrar.Allocate(AcpAddressScheme.Zone, "").NodeNumber);

        using var foreign = Init("foreign");
        Issue(foreign, "f");
        Assert.Throws<CaException>(() => first.NameForRenewal(_directory["f/node.crt"]));
    }

    [Fact]
    public void A41_subject_serial_number_and_name()
    {
        using var ca = Init("ca");
        using var certificate = ca.Issue(new IssueRequest { Directory = _directory["x"], Name = "box 7, rack \"A\"", SerialNumber = "PID:X SN:0815" }, Now);
        Assert.Contains("serialNumber=PID:X SN:0815", OpenSsl.Run("x509", "-in", _directory["x/node.crt"], "-noout", "-subject", "-nameopt", "multiline").Output.Replace(" = ", "=", StringComparison.Ordinal).Replace("             ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("box 7, rack \"A\"", certificate.GetNameInfo(X509NameType.SimpleName, false));
        Assert.Contains("name", Assert.Throws<CaException>(() => ca.Issue(new IssueRequest { Directory = _directory["y"], Name = new string('x', 65) }, Now)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["y"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("dömain.example")]
    [InlineData("under_score.example")]
    [InlineData("trailing.")]
    [InlineData("two..dots")]
    public void A35_a_domain_that_is_none_is_refused_before_anything_is_written(string domain)
    {
        Assert.Throws<CaException>(() => DomainCa.Init(_directory["ca"], domain, KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(1), false, Now));
        Assert.False(Directory.Exists(_directory["ca"]));
    }

    [Fact]
    public void F30_an_existing_ca_is_not_overwritten()
    {
        using var ca = Init("ca");
        var before = File.ReadAllText(_directory["ca/ca.key"]);
        Assert.Throws<CaException>(() => Init("ca"));
        Assert.Throws<CaException>(() => DomainCa.InitSecond(_directory["ca"], _directory["ca"]));
        Assert.Equal(before, File.ReadAllText(_directory["ca/ca.key"]));
        Issue(ca, "a");
        Assert.Throws<CaException>(() => Issue(ca, "a"));
        // The refused one took no number.
        Assert.Equal(1, ca.Registrar.Allocate(AcpAddressScheme.Zone, "").NodeNumber);
    }

    /// <summary>
    /// What being killed between the two steps looks like, each time: the number is on disk as taken before there is a
    /// certificate, so the one whose certificate could not be written is never given to another node.
    /// </summary>
    [Fact]
    public void F30_a_number_whose_certificate_was_never_written_is_not_used_again()
    {
        using var ca = Init("ca");
        // A file stands where the directory's parent should be.
        File.WriteAllText(_directory["file"], "");
        Assert.Throws<CaException>(() => Issue(ca, "file/n"));
        Issue(ca, "a");
        using var node = Load("a");
        Assert.Equal(1, node.AcpAddress.NodeNumber);
    }

    [Fact]
    public void F30_a_damaged_ca_is_named_by_file()
    {
        using (Init("ca"))
        {
        }

        foreach (var file in new[] { "ca.key", "ca.crt", "registrar.json" })
        {
            var path = _directory["ca/" + file];
            var whole = File.ReadAllText(path);
            File.WriteAllText(path, whole[..(whole.Length / 2)]);
            Assert.StartsWith(path, Assert.Throws<CaException>(() => DomainCa.Open(_directory["ca"])).Message, StringComparison.Ordinal);
            File.Delete(path);
            Assert.StartsWith(path, Assert.Throws<CaException>(() => DomainCa.Open(_directory["ca"])).Message, StringComparison.Ordinal);
            File.WriteAllText(path, whole);
        }

        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(_directory["ca/ca.key"], other.ExportPkcs8PrivateKeyPem());
        Assert.Contains("does not belong", Assert.Throws<CaException>(() => DomainCa.Open(_directory["ca"])).Message, StringComparison.Ordinal);
    }

    private DomainCa Init(string name, KeyAlgorithm algorithm = KeyAlgorithm.EcdsaP256, bool withIntermediate = false) =>
        DomainCa.Init(_directory[name], "ACP.example.com", algorithm, TimeSpan.FromDays(100), withIntermediate, Now);

    private void Issue(DomainCa ca, string name, KeyAlgorithm algorithm = KeyAlgorithm.EcdsaP256, string rsub = "")
    {
        using var certificate = ca.Issue(new IssueRequest { Directory = _directory[name], Algorithm = algorithm, Rsub = rsub }, Now);
    }

    private NodeIdentity Load(string name)
    {
        var loaded = StateDirectory.Load(_directory[name], Now);
        Assert.True(loaded.IsLoaded, loaded.Error);
        Assert.Empty(loaded.Warnings);
        return loaded.Identity;
    }

    private static MembershipResult Check(DomainCa ca, X509Certificate2 certificate) =>
        new DomainMembershipCheck(Pki.OwnName, [ca.Root]).Check([certificate.RawDataMemory], Now, MembershipPurpose.SecureChannel);
}
