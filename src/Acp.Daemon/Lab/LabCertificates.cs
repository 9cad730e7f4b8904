using Acp.Daemon.Ca;

namespace Acp.Daemon.Lab;

/// <summary>A domain for the lab, made by the same CA that <c>acpd ca</c> is, and a certificate for every box.</summary>
public static class LabCertificates
{
    private const string Domain = "acp.lab.example";
    private static readonly TimeSpan Validity = TimeSpan.FromDays(2);

    public static void Issue(LabPlan plan)
    {
        var now = DateTimeOffset.UtcNow;
        using var ca = DomainCa.Init($"{plan.Directory}/ca", Domain, KeyAlgorithm.EcdsaP256, Validity, withIntermediate: false, now);
        foreach (var box in plan.Boxes)
        {
            ca.Issue(
                new IssueRequest { Directory = box.Daemon.EffectiveStateDirectory, Name = box.Name, NotAfter = now + Validity / 2 },
                now).Dispose();
        }
    }
}
