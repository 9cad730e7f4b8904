using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;

namespace Acp.Lab;

/// <summary>Labs that cannot work: they say so, and leave nothing.</summary>
[Collection(nameof(LabCollection))]
public sealed class LabRunnerTests
{
    [Fact]
    public async Task An_interrupted_lab_is_gone_when_it_returns()
    {
        LabPlan? plan = null;
        using var stop = new CancellationTokenSource();
        var runner = new LabRunner(new LabOptions { Nodes = 2 }, new PlainLabProgress(new StringWriter()), p =>
        {
            plan = p;
            stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.RunAsync(stop.Token));
        AssertGone(plan!);
    }

    private static void AssertGone(LabPlan plan)
    {
        Assert.False(Directory.Exists(plan.Directory));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(NetworkNamespace.Directory).Select(Path.GetFileName), name => name!.Contains(plan.Id, StringComparison.Ordinal));
        Assert.DoesNotContain(
            Directory.Exists("/run/acpd") ? Directory.EnumerateFiles("/run/acpd") : [], file => file.Contains(plan.Id, StringComparison.Ordinal));
    }
}
