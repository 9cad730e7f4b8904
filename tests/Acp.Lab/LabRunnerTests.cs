using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;

namespace Acp.Lab;

/// <summary>Labs that cannot work: they say so, and leave nothing.</summary>
[Collection(nameof(LabCollection))]
public sealed class LabRunnerTests
{
    [Fact]
    public async Task Boxes_without_certificates_are_told_by_name_with_their_log_and_nothing_is_left()
    {
        LabPlan? plan = null;
        var output = new StringWriter();
        var runner = new LabRunner(new LabOptions { Nodes = 2 }, new PlainLabProgress(output), p =>
        {
            plan = p;
            foreach (var box in p.Boxes)
                Directory.CreateDirectory(Path.GetDirectoryName(box.Daemon.LogFile!)!);
        });

        var failure = await Assert.ThrowsAsync<LabException>(() => runner.RunAsync(default));

        Assert.Matches("^the daemon of n[12] ended with exit code 78", failure.Message);
        Assert.Contains("Cannot start", failure.Message, StringComparison.Ordinal);
        AssertGone(plan!);
    }

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
