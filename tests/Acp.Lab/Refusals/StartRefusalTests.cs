using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Daemon;
using Acp.Daemon.Identity;
using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;

namespace Acp.Lab.Refusals;

/// <summary>What keeps a daemon from starting: said in one line, with its own exit code, and nothing touched or left behind.</summary>
[Collection(nameof(LabCollection))]
public sealed class StartRefusalTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("acpd-refusal-").FullName;
    private readonly string _instance = "r" + Guid.NewGuid().ToString("N")[..8];
    private readonly TestDomain _domain = new();

    private string State => $"{_directory}/state";

    public void Dispose()
    {
        _domain.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("node.key", "cut short")]
    [InlineData("node.crt", "cut short")]
    [InlineData("ta.crt", "cut short")]
    public void A_truncated_file_is_named_with_the_reason_and_nothing_is_overwritten(string file, string reason)
    {
        Enrol();
        var path = $"{State}/{file}";
        var text = File.ReadAllBytes(path);
        using (var stream = File.OpenWrite(path))
            stream.SetLength(text.Length / 2);
        Refused(ExitCode.Configuration, path, reason);
    }

    [Fact]
    public void An_empty_key_is_named()
    {
        Enrol();
        using (var stream = File.OpenWrite($"{State}/node.key"))
            stream.SetLength(0);
        Refused(ExitCode.Configuration, $"{State}/node.key", "no private key");
    }

    [Fact]
    public void A_key_that_does_not_belong_to_the_certificate_is_named()
    {
        Enrol();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText($"{State}/node.key", other.ExportPkcs8PrivateKeyPem());
        Refused(ExitCode.Configuration, $"{State}/node.key", "does not belong to node.crt");
    }

    [Fact]
    public void An_own_certificate_without_AcpNodeName_is_named()
    {
        Enrol(domain: "");
        Refused(ExitCode.Configuration, $"{State}/node.crt", "AcpNodeName");
    }

    [Fact]
    public void Without_root_rights_it_says_that_it_needs_them()
    {
        Enrol();
        Refused(ExitCode.NoPermission, "needs root rights", "sudo", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    }

    [Fact]
    public void As_root_without_capabilities_it_says_so()
    {
        Enrol();
        Refused(ExitCode.NoPermission, "CAP_NET_ADMIN", "container", "setpriv", "--bounding-set=-all", "--inh-caps=-all");
    }

    [Theory]
    [InlineData("mount -t tmpfs nothing /dev/net", "is missing")]
    [InlineData("mount --bind /dev/null /dev/net/tun", "cannot be used")]
    public void Without_a_TUN_device_it_says_what_is_missing_and_what_to_do(string cover, string reason)
    {
        Enrol();
        // --mount: what is covered is covered for this process alone. Its namespaces' names are bind mounts, and as private.
        Refused(ExitCode.System, "/dev/net/tun", reason, "unshare", "--mount", "sh", "-c", $"{cover} && exec \"$@\"", "sh");
    }

    [Fact]
    public void A_second_daemon_of_the_same_instance_names_the_first_and_leaves_it_alone()
    {
        using var lab = new DaemonLab(new LabOptions { Nodes = 2 }, plan => plan.Boxes.ToList().ForEach(b => _domain.Enrol(b)));
        lab.Start(0);
        lab.Start(1);
        lab.Until("the first is connected", TimeSpan.FromSeconds(20), () => lab.HasOneSettledChannel(0));
        var before = lab.Channels(0)![0].IkeSas[0].InitiatorSpi;

        var run = lab.Plan.Boxes[0].Daemon;
        var second = Tools.Run(DaemonLab.Program, "run", "--instance", run.Instance, "--state-dir", run.EffectiveStateDirectory, "--netns", run.HostNamespace!);
        Assert.Equal(ExitCode.Unavailable, second.ExitCode);
        Assert.Contains($"process {lab.Pid(0)}", second.Output + second.Error, StringComparison.Ordinal);
        Assert.Contains(run.Instance, second.Output + second.Error, StringComparison.Ordinal);

        Assert.Equal(lab.Pid(0), lab.Status(0)!.Pid);
        Assert.Equal(before, Assert.Single(Assert.Single(lab.Channels(0)!).IkeSas).InitiatorSpi);
        Assert.True(NetworkNamespace.Exists(run.AcpNamespace) && NetworkNamespace.Exists(run.AbutmentNamespace));
    }

    private void Enrol(string? domain = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = _domain.Issue(1, key, domain);
        StateDirectory.Create(State, certificate, [], [_domain.Root], key);
    }

    /// <param name="through">A program that starts the daemon in its own way.</param>
    private void Refused(int code, string word, string otherWord, params string[] through)
    {
        var before = Fingerprint();
        // A namespace that has no links: a daemon that starts all the same does nothing to this machine.
        using var lab = new OwnLab(new LabOptions { Nodes = 2 });
        using var world = LabWorld.Build(lab.Plan);
        string[] command =
        [
            .. through, DaemonLab.Program, "run", "--instance", _instance, "--state-dir", State, "--run-dir", $"{_directory}/run",
            "--netns", lab.Plan.Boxes[0].Daemon.HostNamespace!,
        ];
        var result = Tools.Run("timeout", ["--kill-after=5", "20", .. command]);
        var said = result.Output + result.Error;
        Assert.True(result.ExitCode == code, $"exit code {result.ExitCode}, not {code}:\n{said}");
        Assert.Contains(word, said, StringComparison.Ordinal);
        Assert.Contains(otherWord, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.Equal(before, Fingerprint());
        Assert.DoesNotContain(
            Directory.EnumerateFiles(NetworkNamespace.Directory), name => name.Contains(_instance, StringComparison.Ordinal));
        Assert.Empty(Directory.Exists($"{_directory}/run") ? Directory.EnumerateFiles($"{_directory}/run") : []);
    }

    private string Fingerprint() => string.Join('\n', Directory.EnumerateFiles(State).Order().Select(file =>
        $"{file} {File.GetUnixFileMode(file)} {File.GetLastWriteTimeUtc(file):O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));
}
