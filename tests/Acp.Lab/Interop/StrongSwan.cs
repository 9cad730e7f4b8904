using System.Diagnostics;
using System.Text.RegularExpressions;
using Acp.Daemon.Identity;
using Acp.Daemon.Lab;

namespace Acp.Lab.Interop;

/// <summary>
/// strongSwan on a box, in user space: ESP by its libipsec, over a TUN of its own, and therefore always in UDP. Needs no
/// kernel with ESP, so that the everyday tests meet somebody else's IKEv2 too; interop/ has the rest.
/// </summary>
internal sealed partial class StrongSwan : IDisposable
{
    private const string Daemon = "/usr/sbin/charon-systemd";

    private readonly LabBox _box;
    private readonly string _directory;
    private readonly Dictionary<string, string> _environment;
    private readonly Process _charon;

    /// <param name="box">Its certificate is the box's state directory's, its namespace the box's.</param>
    /// <param name="id">What its certificate says: strongSwan looks it up among the iPAddress names.</param>
    /// <param name="ppk">A postquantum preshared key, its name and its value as 0x and hex, and whether it is demanded (RFC 8784).</param>
    public StrongSwan(LabBox box, string directory, string id, string local, string remote, (string Id, string Key, bool Required)? ppk = null)
    {
        _box = box;
        _directory = directory;
        var state = box.Daemon.EffectiveStateDirectory;
        foreach (var (folder, file, from) in new[]
                 {
                     ("x509", "node.pem", StateDirectory.CertificateFile), ("private", "node.key", StateDirectory.KeyFile),
                     ("x509ca", "ta.pem", StateDirectory.TrustAnchorFile),
                 })
        {
            Directory.CreateDirectory($"{directory}/{folder}");
            File.Copy($"{state}/{from}", $"{directory}/{folder}/{file}");
        }

        File.WriteAllText($"{directory}/strongswan.conf", $$"""
            charon-systemd {
              load = random nonce openssl kdf hmac x509 revocation constraints pubkey pkcs1 pkcs8 pem kernel-libipsec kernel-netlink socket-default vici
              install_routes = no
              install_virtual_ip = no
              plugins { vici { socket = unix://{{directory}}/vici } }
              filelog { log { path = {{directory}}/log
                default = 1
                ike = 2
                flush_line = yes } }
            }
            swanctl { load = pem pkcs1 pkcs8 x509 openssl pubkey random nonce
              socket = unix://{{directory}}/vici }

            """);
        File.WriteAllText($"{directory}/swanctl.conf", $$"""
            connections { acp {
              version = 2
              local_addrs = {{local}}
              remote_addrs = {{remote}}
              proposals = aes256gcm16-prfsha384-ecp256
              encap = yes
              mobike = no
              send_cert = always
              unique = never
              {{(ppk is { } key ? $"ppk_id = {key.Id}\n  ppk_required = {(key.Required ? "yes" : "no")}" : "")}}
              local { auth = pubkey
                certs = node.pem
                id = {{id}} }
              remote { auth = pubkey
                id = %any
                cacerts = ta.pem }
              children { acp {
                local_ts = ::/0
                remote_ts = ::/0
                esp_proposals = aes256gcm16-ecp256 } } } }
            {{(ppk is { } secret ? $"secrets {{ ppk-acp {{ id = {secret.Id}\n  secret = {secret.Key} }} }}" : "")}}

            """);
        _environment = new() { ["STRONGSWAN_CONF"] = $"{directory}/strongswan.conf", ["SWANCTL_DIR"] = directory };
        var start = new ProcessStartInfo("ip", ["netns", "exec", box.HostNamespace, Daemon])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        _charon = Process.Start(start)!;
        _charon.OutputDataReceived += (_, _) => { };
        _charon.ErrorDataReceived += (_, _) => { };
        _charon.BeginOutputReadLine();
        _charon.BeginErrorReadLine();
        var clock = Stopwatch.StartNew();
        while (!File.Exists($"{directory}/vici"))
        {
            if (_charon.HasExited || clock.Elapsed > TimeSpan.FromSeconds(20))
            {
                Dispose();
                Assert.Fail($"strongSwan does not start:\n{Log}");
            }

            Thread.Sleep(20);
        }

        Control("--load-all");
    }

    public string Log => File.Exists($"{_directory}/log") ? File.ReadAllText($"{_directory}/log") : "";

    /// <summary>IKE SAs and child SAs, as it sees them.</summary>
    public (int IkeSas, int ChildSas) Sas
    {
        get
        {
            var list = Control("--list-sas").Output;
            return (Established().Count(list), Installed().Count(list));
        }
    }

    /// <summary>Installs it unless it is there; no service is started.</summary>
    public static void Need()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "AcpAppliance.sln")))
            root = root.Parent ?? throw new InvalidOperationException("not inside the repository");
        Tools.Run(new Dictionary<string, string>(), Path.Combine(root.FullName, "interop/lib/peers/install"), ["strongswan"], TimeSpan.FromMinutes(5)).Check();
    }

    /// <summary>The ACP address of the box, and the way into the tunnel; when the first child SA has made its interface.</summary>
    public void Connect(string own, string other)
    {
        Tools.Run("ip", "-n", _box.HostNamespace, "addr", "add", $"{own}/128", "dev", "ipsec0", "nodad").Check();
        Tools.Run("ip", "-n", _box.HostNamespace, "route", "add", $"{other}/128", "dev", "ipsec0", "src", own).Check();
    }

    public void Initiate() => Control("--initiate", "--child", "acp", "--timeout", "20");

    public void RekeyChildSa() => Control("--rekey", "--child", "acp");

    public void RekeyIkeSa() => Control("--rekey", "--ike", "acp");

    public void DeleteIkeSa() => Control("--terminate", "--ike", "acp", "--timeout", "10");

    public void Dispose()
    {
        if (!_charon.HasExited)
            Tools.Signal(_charon, 15);
        if (!_charon.WaitForExit(5_000))
            _charon.Kill();
        _charon.WaitForExit();
        _charon.Dispose();
    }

    private ToolResult Control(params string[] arguments) =>
        Tools.Run(_environment, "ip", ["netns", "exec", _box.HostNamespace, "swanctl", .. arguments]) is { ExitCode: 0 } done
            ? done
            : throw new InvalidOperationException($"swanctl {string.Join(' ', arguments)} failed:\n{Log}");

    [GeneratedRegex(" ESTABLISHED, ")]
    private static partial Regex Established();

    [GeneratedRegex(" INSTALLED, ")]
    private static partial Regex Installed();
}
