using Acp.Daemon.Lab;

namespace Acp.Lab;

/// <summary>A lab plan under an id of this test's own, with its directory; removed afterwards, also when the test fails.</summary>
internal sealed class OwnLab : IDisposable
{
    public OwnLab(LabOptions options)
    {
        Plan = LabPlan.Make("t" + Guid.NewGuid().ToString("N")[..6], options);
        Directory.CreateDirectory(Plan.Directory);
    }

    public LabPlan Plan { get; }

    public void Dispose() => LabLeftovers.Clean(Plan.Id);
}
