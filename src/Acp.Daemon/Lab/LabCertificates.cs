using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Identity;
using Acp.Daemon.Identity;

namespace Acp.Daemon.Lab;

/// <summary>One domain for the lab, and a certificate for every box.</summary>
public static class LabCertificates
{
    public static void Issue(LabPlan plan)
    {
        const string domain = "acp.lab.example";
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest($"CN={domain} root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        rootRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        rootRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(rootRequest.PublicKey, false));
        var now = DateTimeOffset.UtcNow;
        using var root = rootRequest.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(2));
        foreach (var box in plan.Boxes)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={box.Name}", key, HashAlgorithmName.SHA256);
            var address = AcpAddress.Zone(AcpAddress.UlaOf(domain), 0, 1, box.Index + 1).Address;
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
            request.CertificateExtensions.Add(AcpNodeNameExtension.Create(AcpNodeName.Create(address, "", domain)));
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, false));
            using var certificate = request.Create(root, now.AddMinutes(-5), now.AddDays(1), RandomNumberGenerator.GetBytes(16));
            StateDirectory.Create(box.Daemon.EffectiveStateDirectory, certificate, [], [root], key);
        }
    }
}
