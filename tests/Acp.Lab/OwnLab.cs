using Acp.Daemon.Lab;
using Acp.Linux.Interop;

namespace Acp.Lab;

/// <summary>
/// A lab plan under an id of this test's own, with its directory, locked as by a living <c>lab run</c>; removed
/// afterwards, also when the test fails.
/// </summary>
internal sealed class OwnLab : IDisposable
{
    private readonly FileDescriptor _lock;

    public OwnLab(LabOptions options)
    {
        Plan = LabPlan.Make("t" + Guid.NewGuid().ToString("N")[..6], options);
        Directory.CreateDirectory(Plan.Directory);
        _lock = LabLeftovers.TryLock(Plan.Id)!;
    }

    public LabPlan Plan { get; }

    /// <summary>What the kernel does when a <c>lab run</c> is killed.</summary>
    public void Unlock() => _lock.Dispose();

    public void Dispose()
    {
        LabLeftovers.Clean(Plan.Id);
        _lock.Dispose();
    }
}
