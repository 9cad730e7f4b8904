using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Identity;
using Acp.Daemon.Identity;
namespace Acp.Daemon.Lab;
internal static class TempIssuer
{
    public static void Issue(LabPlan plan)
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var req = new CertificateRequest("CN=lab root", caKey, HashAlgorithmName.SHA256);
        req.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var ca = req.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        var ula = AcpAddress.UlaOf("acp.example.com");
        foreach (var box in plan.Boxes)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var r = new CertificateRequest("CN=" + box.Name, key, HashAlgorithmName.SHA256);
            var a = AcpAddress.Zone(ula, 0, 0x020000006400, box.Index + 1);
            r.CertificateExtensions.Add(AcpNodeNameExtension.Create(AcpNodeName.Create(a.Address, "", "acp.example.com")));
            using var cert = r.Create(ca, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(20), [1, 2, 3, (byte)box.Index]);
            StateDirectory.Create(box.Daemon.StateDirectory!, cert, [], [ca], key);
        }
    }
}
