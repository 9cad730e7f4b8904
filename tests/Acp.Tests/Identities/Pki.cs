using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Identity;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Tests.Identities;

/// <summary>A small PKI for tests: what a good ACP certificate has, and every way to leave it out.</summary>
internal sealed class Pki : IDisposable
{
    internal const string Domain = "acp.example.com";
    internal static readonly DateTimeOffset Now = new(2031, 4, 5, 6, 7, 8, TimeSpan.Zero);
    internal static readonly Ipv6Address OwnAddress = Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:0");
    internal static readonly Ipv6Address PeerAddress = Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:2");

    /// <summary>A clock that was set some time before the test's present.</summary>
    internal static readonly Instant At = new(987_654_321_000_000);
    internal static readonly WallClock Clock = new(Now.AddHours(-5), At - TimeSpan.FromHours(5));

    internal Pki(AsymmetricAlgorithm? rootKey = null, string name = "CN=test root", DateTimeOffset? until = null)
    {
        RootKey = rootKey ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Root = Authority(name, RootKey, null, null, until);
    }

    internal AsymmetricAlgorithm RootKey { get; }

    internal X509Certificate2 Root { get; }

    internal static AcpNodeName OwnName => AcpNodeName.Create(OwnAddress, "", Domain);

    internal static AcpNodeName PeerName => AcpNodeName.Create(PeerAddress, "", Domain);

    internal DomainMembershipCheck Check => new(OwnName, [Root]);

    internal static X509Certificate2 Authority(string subject, AsymmetricAlgorithm key, X509Certificate2? issuer, AsymmetricAlgorithm? issuerKey,
        DateTimeOffset? until = null, X509KeyUsageFlags usage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign)
    {
        var request = Request(subject, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return Sign(request, issuer?.SubjectName ?? request.SubjectName, issuerKey ?? key, Now.AddYears(-5), until ?? Now.AddYears(5));
    }

    /// <summary>A good leaf, but for what is asked to be otherwise.</summary>
    internal X509Certificate2 Leaf(AsymmetricAlgorithm key, X509Extension? name = null, bool withoutName = false, string subject = "CN=peer",
        DateTimeOffset? from = null, DateTimeOffset? until = null, X509Certificate2? issuer = null, AsymmetricAlgorithm? issuerKey = null,
        X509KeyUsageFlags usage = X509KeyUsageFlags.DigitalSignature, HashAlgorithmName? hash = null, params X509Extension[] more)
    {
        var request = Request(subject, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        if (!withoutName)
            request.CertificateExtensions.Add(name ?? AcpNodeNameExtension.Create(PeerName));
        foreach (var extension in more)
            request.CertificateExtensions.Add(extension);
        return Sign(request, (issuer ?? Root).SubjectName, issuerKey ?? RootKey, from ?? Now.AddDays(-1), until ?? Now.AddDays(30), hash);
    }

    internal NodeIdentity Identity(AsymmetricAlgorithm key)
    {
        var leaf = Leaf(key, AcpNodeNameExtension.Create(OwnName), subject: "CN=us");
        ISigningKey signing = key is ECDsa ecdsa ? new EcdsaSigningKey(ecdsa) : new RsaSigningKey((RSA)key);
        Assert.True(NodeIdentity.TryCreate(leaf, [], [Root], signing, out var identity, out _, out var detail), detail);
        return identity;
    }

    internal static CertificateRequest Request(string subject, AsymmetricAlgorithm key) => key is ECDsa ecdsa
        ? new CertificateRequest(subject, ecdsa, HashAlgorithmName.SHA256)
        : new CertificateRequest(subject, (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    internal static X509Certificate2 Sign(CertificateRequest request, X500DistinguishedName issuer, AsymmetricAlgorithm key,
        DateTimeOffset from, DateTimeOffset until, HashAlgorithmName? hash = null, RSASignaturePadding? padding = null)
    {
        var toSign = new CertificateRequest(request.SubjectName, request.PublicKey, hash ?? HashAlgorithmName.SHA256);
        foreach (var extension in request.CertificateExtensions)
            toSign.CertificateExtensions.Add(extension);
        var generator = key is ECDsa ecdsa
            ? X509SignatureGenerator.CreateForECDsa(ecdsa)
            : X509SignatureGenerator.CreateForRSA((RSA)key, padding ?? RSASignaturePadding.Pkcs1);
        return toSign.Create(issuer, generator, from, until, RandomNumberGenerator.GetBytes(8));
    }

    public void Dispose()
    {
        Root.Dispose();
        RootKey.Dispose();
    }
}
