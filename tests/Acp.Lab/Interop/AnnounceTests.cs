using Acp.Daemon;
using Acp.Daemon.Lab;
using Acp.Lab.Refusals;

namespace Acp.Lab.Interop;

/// <summary><c>acpd announce</c>, which speaks DULL GRASP for an IKEv2 daemon that does not (B-24, B-38).</summary>
[Collection(nameof(LabCollection))]
public sealed class AnnounceTests
{
    [Fact]
    public async Task B24_whoever_is_announced_is_called_at_the_announced_port()
    {
        using var domain = new TestDomain();
        using var lab = new DaemonLab(new LabOptions { Nodes = 2 }, plan =>
        {
            domain.Enrol(plan.Boxes[0]);
            domain.Enrol(plan.Boxes[1]);
        });
        var host = $"/run/netns/{lab.Plan.Boxes[1].HostNamespace}";
        lab.Start(0);
        lab.Until("the daemon runs", TimeSpan.FromSeconds(20), () => lab.Status(0) is not null);
        // The lab's hosts have no address of their own.
        Tools.Run("ip", "-n", lab.Plan.Boxes[1].HostNamespace, "address", "add", "fe80::b/64", "dev", "eth0", "nodad").Check();
        using var announcer = AcpdProcess.Start("announce", "--netns", host, "--interface", "eth0", "--port", "5000");
        lab.Until($"it announces: {announcer.Errors}", TimeSpan.FromSeconds(20), () => announcer.Output.StartsWith("announcing fe80::b ", StringComparison.Ordinal));
        lab.Until("the daemon calls", TimeSpan.FromSeconds(20), () => lab.LogLines(0, "InitiationStarted").Any());
        Assert.Contains(lab.LogLines(0, ": heard "), line => line.Contains("IKEv2:5000", StringComparison.Ordinal));
        // It hears, too, and says so.
        lab.Until("it heard the daemon", TimeSpan.FromSeconds(10), () => announcer.Output.Contains("heard fe80::", StringComparison.Ordinal));
        announcer.Kill(15);
        Assert.Equal(ExitCode.Ok, await announcer.WaitAsync(TimeSpan.FromSeconds(10)));
        lab.Stop(0);

        var (code, _, errors) = await AcpdProcess.RunAsync("announce", "--netns", host, "--interface", "eth7");
        Assert.Equal(ExitCode.Configuration, code);
        Assert.Contains("there is no interface 'eth7'", errors, StringComparison.Ordinal);
    }
}
