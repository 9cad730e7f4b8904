using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Identity;

namespace Acp.Tests.Identities;

/// <summary>
/// D-23, D-24, D-25: signatures and AlgorithmIdentifiers that openssl made. The AlgorithmIdentifier is the one that openssl wrote
/// into a certificate which it signed in the same way.
/// </summary>
public sealed class OpenSslSignatureTests : IDisposable
{
    private static readonly byte[] Octets = [.. Enumerable.Range(0, 500).Select(i => (byte)(i * 7))];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("acp-openssl-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("rsa2048", "sha256", "pss", SignatureScheme.RsaPss)]
    [InlineData("rsa2048", "sha384", "pss", SignatureScheme.RsaPss)]
    [InlineData("rsa3072", "sha512", "pss", SignatureScheme.RsaPss)]
    [InlineData("rsa2048", "sha256", "pkcs1", SignatureScheme.RsaPkcs1)]
    [InlineData("rsa2048", "sha384", "pkcs1", SignatureScheme.RsaPkcs1)]
    [InlineData("rsa2048", "sha512", "pkcs1", SignatureScheme.RsaPkcs1)]
    [InlineData("P-256", "sha256", "", SignatureScheme.Ecdsa)]
    [InlineData("P-256", "sha384", "", SignatureScheme.Ecdsa)]
    [InlineData("P-256", "sha512", "", SignatureScheme.Ecdsa)]
    [InlineData("P-384", "sha256", "", SignatureScheme.Ecdsa)]
    [InlineData("P-384", "sha384", "", SignatureScheme.Ecdsa)]
    [InlineData("P-384", "sha512", "", SignatureScheme.Ecdsa)]
    [InlineData("P-521", "sha256", "", SignatureScheme.Ecdsa)]
    [InlineData("P-521", "sha384", "", SignatureScheme.Ecdsa)]
    [InlineData("P-521", "sha512", "", SignatureScheme.Ecdsa)]
    public void D23_D24_D25_what_openssl_signs_verifies(string key, string hash, string padding, SignatureScheme scheme)
    {
        var (certificate, identifier, signature) = Sign(key, hash, padding, "digest");
        using (certificate)
        {
            Assert.True(SignatureAlgorithm.TryDecode(identifier, out var algorithm), Convert.ToHexString(identifier));
            Assert.Equal((scheme, hash.ToUpperInvariant()), (algorithm.Scheme, algorithm.Hash.Name));
            Assert.True(SignatureVerifier.CanVerify(algorithm));
            Assert.True(SignatureVerifier.Verify(certificate, algorithm, Octets, signature));
            signature[^1] ^= 1;
            Assert.False(SignatureVerifier.Verify(certificate, algorithm, Octets, signature));
        }
    }

    /// <summary>
    /// D-24: other salts are read, and refused by name: the platform judges RSASSA-PSS only where the salt is as long as the hash, as
    /// RFC 4055 §3.1 recommends and both strongSwan and Libreswan do.
    /// </summary>
    [Theory]
    [InlineData("20")]
    [InlineData("0")]
    [InlineData("max")]
    public void D24_other_salt_lengths_are_refused(string salt)
    {
        var (certificate, identifier, signature) = Sign("rsa2048", "sha256", "pss", salt);
        using (certificate)
        {
            Assert.True(SignatureAlgorithm.TryDecode(identifier, out var algorithm));
            Assert.Equal(salt == "max" ? 222 : int.Parse(salt, System.Globalization.CultureInfo.InvariantCulture), algorithm.PssSaltLength);
            Assert.False(SignatureVerifier.CanVerify(algorithm));
            Assert.False(SignatureVerifier.Verify(certificate, algorithm, Octets, signature));
            // Nor does it pass under a salt length that it was not made with.
            Assert.False(SignatureVerifier.Verify(certificate, algorithm with { PssSaltLength = 32 }, Octets, signature));
        }
    }

    [Theory]
    [InlineData("rsa2048", "sha1", "pss")]
    [InlineData("rsa2048", "sha1", "pkcs1")]
    [InlineData("P-256", "sha1", "")]
    public void D24_sha1_by_openssl_is_refused(string key, string hash, string padding)
    {
        var (certificate, identifier, _) = Sign(key, hash, padding, "digest");
        certificate.Dispose();
        Assert.False(SignatureAlgorithm.TryDecode(identifier, out _));
    }

    /// <summary>The other direction: openssl accepts what we sign.</summary>
    [Theory]
    [InlineData("rsa2048", "sha256")]
    [InlineData("P-256", "sha256")]
    [InlineData("P-384", "sha384")]
    [InlineData("P-521", "sha512")]
    public void D24_D25_openssl_verifies_what_we_sign(string key, string hash)
    {
        MakeKey(key);
        var pem = File.ReadAllText(At("key"));
        var rsa = key.StartsWith("rsa", StringComparison.Ordinal);
        using ISigningKey signer = rsa ? new RsaSigningKey(Import(RSA.Create(), pem)) : new EcdsaSigningKey(Import(ECDsa.Create(), pem));
        File.WriteAllBytes(At("signature"), signer.Sign(Octets, new HashAlgorithmName(hash.ToUpperInvariant())));
        File.WriteAllBytes(At("octets"), Octets);
        Run(["pkey", "-in", At("key"), "-pubout", "-out", At("public")]);
        string[] options = rsa ? ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"] : [];
        var (code, output, error) = OpenSsl.Run(["dgst", "-" + hash, "-verify", At("public"), .. options, "-signature", At("signature"), At("octets")]);
        Assert.True(code == 0 && output.Contains("Verified OK", StringComparison.Ordinal), output + error);
    }

    private static T Import<T>(T key, string pem)
        where T : AsymmetricAlgorithm
    {
        key.ImportFromPem(pem);
        return key;
    }

    private (X509Certificate2 Certificate, byte[] Identifier, byte[] Signature) Sign(string key, string hash, string padding, string salt)
    {
        MakeKey(key);
        File.WriteAllBytes(At("octets"), Octets);
        string[] options = padding == "pss" ? ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:" + salt] : [];
        Run(["req", "-x509", "-new", "-key", At("key"), "-" + hash, .. options, "-subj", "/CN=openssl", "-days", "3650", "-outform", "DER", "-out", At("certificate")]);
        Run(["dgst", "-" + hash, "-sign", At("key"), .. options, "-out", At("signature"), At("octets")]);
        var der = File.ReadAllBytes(At("certificate"));
        var sequence = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        sequence.ReadEncodedValue();
        return (X509CertificateLoader.LoadCertificate(der), sequence.ReadEncodedValue().ToArray(), File.ReadAllBytes(At("signature")));
    }

    private void MakeKey(string key) => Run(key.StartsWith("rsa", StringComparison.Ordinal)
        ? ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + key[3..], "-out", At("key")]
        : ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + key, "-out", At("key")]);

    private string At(string name) => Path.Combine(_directory.FullName, name);

    private static void Run(string[] arguments)
    {
        var (code, output, error) = OpenSsl.Run(arguments);
        Assert.True(code == 0, string.Join(' ', arguments) + ": " + output + error);
    }
}
