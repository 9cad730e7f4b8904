using System.Security.Cryptography;
using Acp.Core.Identity;
using Acp.Daemon.Identity;
using Acp.Tests.Identities;

namespace Acp.Tests.Ca;

/// <summary>A-01 and "identity at rest": a state directory gives an identity, or the file and the reason.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class StateDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Pki _pki = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _path;

    public StateDirectoryTests() => _path = _directory["node"];

    public void Dispose()
    {
        _pki.Dispose();
        _key.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A01_what_is_written_loads_and_signs()
    {
        Create();
        var loaded = Load();
        Assert.True(loaded.IsLoaded, loaded.Error);
        Assert.Empty(loaded.Warnings);
        using var identity = loaded.Identity;
        Assert.Equal(Pki.PeerAddress, identity.Address);
        Assert.True(identity.Certificate.HasPrivateKey);
        var signature = identity.Key.Sign([1, 2, 3], HashAlgorithmName.SHA256);
        Assert.True(_key.VerifyData((byte[])[1, 2, 3], signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    [Fact]
    public void A01_only_the_owner_may_look()
    {
        Create();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FileOf(StateDirectory.KeyFile)));
        Assert.DoesNotContain(Directory.GetFiles(_path), f => f.Contains(".tmp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ec", "-traditional")]
    [InlineData("ec", "")]
    [InlineData("rsa", "-traditional")]
    [InlineData("rsa", "")]
    public void A01_keys_in_the_forms_that_openssl_writes(string kind, string form)
    {
        using AsymmetricAlgorithm key = kind == "ec" ? ECDsa.Create(ECCurve.NamedCurves.nistP384) : RSA.Create(2048);
        StateDirectory.Create(_path, _pki.Leaf(key), [], [_pki.Root], key);
        var rewritten = _directory["key"];
        string[] arguments = ["pkey", "-in", FileOf(StateDirectory.KeyFile), "-out", rewritten];
        Assert.Equal(0, OpenSsl.Run(form.Length == 0 ? arguments : [.. arguments, form]).Code);
        File.WriteAllText(FileOf(StateDirectory.KeyFile), File.ReadAllText(rewritten));
        var loaded = Load();
        Assert.True(loaded.IsLoaded, loaded.Error);
        loaded.Identity.Dispose();
    }

    [Fact]
    public void A01_nothing_there_is_not_damage()
    {
        Assert.Equal(StateDirectoryProblem.NotEnrolled, Load().Problem);
        Directory.CreateDirectory(_path);
        Assert.Equal(StateDirectoryProblem.NotEnrolled, Load().Problem);
        Assert.Contains(_path, Load().Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StateDirectory.CertificateFile)]
    [InlineData(StateDirectory.KeyFile)]
    [InlineData(StateDirectory.TrustAnchorFile)]
    public void A01_a_missing_file_is_named(string file)
    {
        Create();
        File.Delete(FileOf(file));
        AssertProblem(StateDirectoryProblem.MissingFile, file, "missing");
    }

    /// <summary>However much of a file is left, it is never taken for a whole one, and never touched.</summary>
    [Theory]
    [InlineData(StateDirectory.CertificateFile, StateDirectoryProblem.BadCertificate)]
    [InlineData(StateDirectory.KeyFile, StateDirectoryProblem.BadKey)]
    [InlineData(StateDirectory.TrustAnchorFile, StateDirectoryProblem.BadCertificate)]
    public void A01_every_truncation_is_named(string file, StateDirectoryProblem problem)
    {
        Create();
        var whole = File.ReadAllText(FileOf(file));
        // The last characters are the line end, without which the PEM is whole.
        for (var length = 0; length < whole.TrimEnd().Length; length++)
        {
            File.WriteAllText(FileOf(file), whole[..length]);
            AssertProblem(problem, file, "");
            Assert.Equal(whole[..length], File.ReadAllText(FileOf(file)));
        }
    }

    [Fact]
    public void A01_half_a_list_of_trust_anchors_is_not_a_list()
    {
        using var second = new Pki(name: "CN=second root");
        StateDirectory.Create(_path, _pki.Leaf(_key), [], [_pki.Root, second.Root], _key);
        var whole = File.ReadAllText(FileOf(StateDirectory.TrustAnchorFile));
        File.WriteAllText(FileOf(StateDirectory.TrustAnchorFile), whole[..(whole.Length - 40)]);
        AssertProblem(StateDirectoryProblem.BadCertificate, StateDirectory.TrustAnchorFile, "block 2");
    }

    [Fact]
    public void A01_the_wrong_things_in_the_right_files()
    {
        Create();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = File.ReadAllText(FileOf(StateDirectory.KeyFile));

        File.WriteAllText(FileOf(StateDirectory.KeyFile), other.ExportPkcs8PrivateKeyPem());
        AssertProblem(StateDirectoryProblem.BadIdentity, StateDirectory.KeyFile, "does not belong");
        File.WriteAllText(FileOf(StateDirectory.KeyFile), _key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        AssertProblem(StateDirectoryProblem.BadKey, StateDirectory.KeyFile, "encrypted");
        File.WriteAllText(FileOf(StateDirectory.KeyFile), _pki.Root.ExportCertificatePem());
        AssertProblem(StateDirectoryProblem.BadKey, StateDirectory.KeyFile, "CERTIFICATE");
        File.WriteAllText(FileOf(StateDirectory.KeyFile), key);

        var certificate = File.ReadAllText(FileOf(StateDirectory.CertificateFile));
        File.WriteAllText(FileOf(StateDirectory.CertificateFile), certificate + certificate);
        AssertProblem(StateDirectoryProblem.BadCertificate, StateDirectory.CertificateFile, "2 certificates");
        File.WriteAllText(FileOf(StateDirectory.CertificateFile), key);
        AssertProblem(StateDirectoryProblem.BadCertificate, StateDirectory.CertificateFile, "PRIVATE KEY");
        Assert.DoesNotContain(key.Split('\n')[1], Load().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A16_a_certificate_without_an_address_is_named_with_its_reason()
    {
        var name = AcpNodeName.CreateWithoutAddress(AcpAddressField.Zero, "", Pki.Domain);
        StateDirectory.Create(_path, _pki.Leaf(_key, AcpNodeNameExtension.Create(name)), [], [_pki.Root], _key);
        Assert.Equal(NodeIdentityRefusal.NoAcpAddress, Load().IdentityRefusal);
        AssertProblem(StateDirectoryProblem.BadIdentity, StateDirectory.CertificateFile, "no acp-address");
    }

    [Fact]
    public void A01_no_node_name_and_no_path_are_told_apart()
    {
        StateDirectory.Create(_path, _pki.Leaf(_key, withoutName: true), [], [_pki.Root], _key);
        Assert.Equal(NodeIdentityRefusal.BadAcpNodeName, Load().IdentityRefusal);
        using var foreign = new Pki(name: "CN=foreign");
        var second = _directory["second"];
        StateDirectory.Create(second, _pki.Leaf(_key), [], [foreign.Root], _key);
        Assert.Equal(NodeIdentityRefusal.NoTrustAnchorPath, StateDirectory.Load(second, Pki.Now).IdentityRefusal);
    }

    [Fact]
    public void A01_a_key_that_others_may_read_is_refused()
    {
        Create();
        File.SetUnixFileMode(FileOf(StateDirectory.KeyFile), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        AssertProblem(StateDirectoryProblem.PermissionsTooOpen, StateDirectory.KeyFile, "640");
    }

    [Fact]
    public void A01_a_directory_that_others_may_enter_is_closed_with_a_warning()
    {
        Create();
        File.SetUnixFileMode(_path, (UnixFileMode)0x1ed); // 755
        var loaded = Load();
        Assert.True(loaded.IsLoaded);
        loaded.Identity.Dispose();
        Assert.Contains("755", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
        Assert.Equal((UnixFileMode)0x1c0, File.GetUnixFileMode(_path));
    }

    [Fact]
    public void A26_our_own_expired_certificate_is_a_warning()
    {
        StateDirectory.Create(_path, _pki.Leaf(_key, until: Pki.Now.AddHours(-1)), [], [_pki.Root], _key);
        var loaded = Load();
        Assert.True(loaded.IsLoaded);
        loaded.Identity.Dispose();
        Assert.Contains("expired", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
        var unknown = StateDirectory.Load(_path, null);
        Assert.Empty(unknown.Warnings);
        unknown.Identity!.Dispose();
    }

    [Fact]
    public void A01_nothing_is_ever_overwritten()
    {
        Create();
        var before = File.ReadAllText(FileOf(StateDirectory.KeyFile));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Throws<StateDirectoryException>(() => StateDirectory.Create(_path, _pki.Leaf(other), [], [_pki.Root], other));
        // One file of four is enough, damaged or not.
        File.Delete(FileOf(StateDirectory.CertificateFile));
        File.Delete(FileOf(StateDirectory.TrustAnchorFile));
        var error = Assert.Throws<StateDirectoryException>(() => StateDirectory.Create(_path, _pki.Leaf(other), [], [_pki.Root], other));
        Assert.Contains(StateDirectory.KeyFile, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(FileOf(StateDirectory.KeyFile)));
    }

    private void Create() => StateDirectory.Create(_path, _pki.Leaf(_key), [], [_pki.Root], _key);

    private StateDirectoryResult Load() => StateDirectory.Load(_path, Pki.Now);

    private string FileOf(string name) => Path.Combine(_path, name);

    private void AssertProblem(StateDirectoryProblem problem, string file, string word)
    {
        var loaded = Load();
        Assert.Null(loaded.Identity);
        Assert.Equal(problem, loaded.Problem);
        Assert.StartsWith(FileOf(file) + ": ", loaded.Error, StringComparison.Ordinal);
        Assert.Contains(word, loaded.Error, StringComparison.Ordinal);
    }
}
