using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Identity;
using Acp.Daemon.Identity;
using Acp.Daemon.Lab;
using Acp.Wire;

namespace Acp.Lab.Refusals;

/// <summary>A CA that also issues what no CA should, and what <c>acpd ca</c> would refuse to.</summary>
internal sealed class TestDomain : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ulong _registrar = 0x020000006400;
    private int _serial;

    public TestDomain(string name = "acp.example.com", string root = "test root")
    {
        Name = name;
        var request = new CertificateRequest($"CN={root}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        Root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
    }

    public string Name { get; }

    public X509Certificate2 Root { get; }

    public Ipv6Address Address(int number) => AcpAddress.Zone(AcpAddress.UlaOf(Name), 0, _registrar, number).Address;

    /// <param name="domain">What its AcpNodeName says; null for this one, empty for a certificate without AcpNodeName.</param>
    public X509Certificate2 Issue(int number, AsymmetricAlgorithm key, string? domain = null, DateTimeOffset? notAfter = null)
    {
        var request = new CertificateRequest($"CN=node {number}", (ECDsa)key, HashAlgorithmName.SHA256);
        domain ??= Name;
        if (domain.Length > 0)
            request.CertificateExtensions.Add(AcpNodeNameExtension.Create(AcpNodeName.Create(Address(number), "", domain)));
        return request.Create(
            Root, DateTimeOffset.UtcNow.AddDays(-2), notAfter ?? DateTimeOffset.UtcNow.AddDays(20), [1, 2, (byte)(++_serial >> 8), (byte)_serial]);
    }

    /// <summary>Issues a certificate for the box and fills its state directory.</summary>
    /// <param name="anchors">Whom the box trusts; null for this CA.</param>
    public void Enrol(LabBox box, string? domain = null, DateTimeOffset? notAfter = null, IReadOnlyList<X509Certificate2>? anchors = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Issue(box.Index + 1, key, domain, notAfter);
        StateDirectory.Create(box.Daemon.EffectiveStateDirectory, certificate, [], anchors ?? [Root], key);
    }

    public void Dispose()
    {
        Root.Dispose();
        _key.Dispose();
    }
}
