using System.Diagnostics;
using Acp.Daemon.Identity;

namespace Acp.Daemon.Bench;

/// <summary>
/// strongSwan (Debian's charon-systemd) in the ACP profile, with kernel-libipsec as its data plane, which takes no kernel IPsec but
/// insists on ESP in UDP: "encap" makes both ends believe in a NAT. No log, no cookies, every SA kept (unique = never).
/// </summary>
internal sealed class StrongswanIkePeer : IIkePeer
{
    private const string Program = "/usr/sbin/charon-systemd";
    private const string Name = "acp";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private readonly string _socket;

    /// <param name="directory">For its configuration and control socket; exists.</param>
    public StrongswanIkePeer(EspBenchSide side, EspBenchSide other, string stateDirectory, string directory)
    {
        if (!File.Exists(Program) || !File.Exists("/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so"))
            throw new BenchException("strongSwan is missing: install Debian's charon-systemd and libcharon-extra-plugins (their services need not run)");
        _socket = Path.Combine(directory, "vici");
        var configuration = Path.Combine(directory, "strongswan.conf");
        File.WriteAllText(configuration, Configuration(_socket));
        Process = TunnelProcess.Start(side.Outside, Program, new Dictionary<string, string> { ["STRONGSWAN_CONF"] = configuration });
        try
        {
            WaitForSocket();
            using var vici = new ViciClient(_socket);
            Load(vici, side, other, stateDirectory);
        }
        catch
        {
            Process.Dispose();
            throw;
        }
    }

    public TunnelProcess Process { get; }

    public (int Complete, TimeSpan Elapsed) Initiate(int count, int inFlight)
    {
        var left = count;
        var complete = 0;
        Exception? failed = null;
        var threads = Enumerable.Range(0, inFlight).Select(_ => new Thread(() =>
        {
            try
            {
                using var vici = new ViciClient(_socket);
                while (Interlocked.Decrement(ref left) >= 0)
                {
                    var order = new ViciMessage().Value("child", Name).Value("ike", Name).Value("timeout", "30000").Value("loglevel", "-1");
                    if (vici.TryRequest("initiate", order, out string _))
                        Interlocked.Increment(ref complete);
                }
            }
#pragma warning disable CA1031 // carried to the caller
            catch (Exception e)
#pragma warning restore CA1031
            {
                failed = e;
            }
        })).ToList();
        var watch = Stopwatch.StartNew();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        watch.Stop();
        return failed is null ? (complete, watch.Elapsed) : throw new BenchException($"strongSwan: {failed.Message}");
    }

    public void Clear()
    {
        using var vici = new ViciClient(_socket);
        // Refused when there was nothing to end.
        vici.TryRequest("terminate", new ViciMessage().Value("ike", Name).Value("force", "yes").Value("timeout", "60000").Value("loglevel", "-1"), out string _);
    }

    public void Dispose() => Process.Dispose();

    private static string Configuration(string socket) => $$"""
        charon-systemd {
          load = random nonce openssl kdf hmac x509 revocation constraints pubkey pkcs1 pkcs8 pem kernel-libipsec kernel-netlink socket-default vici
          install_routes = no
          install_virtual_ip = no
          retransmit_timeout = 2.0
          reuse_ikesa = no
          dos_protection = no
          threads = 48
          plugins { vici { socket = unix://{{socket}} } }
          journal { default = -1 }
          syslog { daemon { default = -1 } }
        }
        """;

    private void WaitForSocket()
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < StartLimit; Thread.Sleep(20))
        {
            if (File.Exists(_socket))
                return;
        }

        throw new BenchException("strongSwan did not open its control socket");
    }

    private static void Load(ViciClient vici, EspBenchSide side, EspBenchSide other, string stateDirectory)
    {
        byte[] File(string name) => System.IO.File.ReadAllBytes(Path.Combine(stateDirectory, name));
        using var identity = StateDirectory.Load(stateDirectory, null).Identity
            ?? throw new BenchException($"{stateDirectory}: no identity");
        vici.Request("load-key", new ViciMessage().Value("type", "any").Value("data", File(StateDirectory.KeyFile)));
        vici.Request("load-cert", new ViciMessage().Value("type", "x509").Value("flag", "CA").Value("data", File(StateDirectory.TrustAnchorFile)));
        vici.Request("load-conn", new ViciMessage().Section(Name, connection => connection
            .Value("version", "2")
            .List("local_addrs", $"{side.LinkLocal}%{EspBenchSide.LinkName}")
            .List("remote_addrs", $"{other.LinkLocal}%{EspBenchSide.LinkName}")
            .List("proposals", "aes256gcm16-prfsha256-ecp256")
            .Value("mobike", "no")
            .Value("encap", "yes")
            .Value("fragmentation", "yes")
            .Value("send_cert", "always")
            .Value("send_certreq", "yes")
            .Value("dpd_delay", "0")
            .Value("reauth_time", "0")
            .Value("rekey_time", "4h")
            .Value("unique", "never")
            .Section("local", local => local
                .Value("auth", "pubkey")
                .Value("id", identity.Address.ToString())
                .List("certs", File(StateDirectory.CertificateFile)))
            .Section("remote", remote => remote
                .Value("auth", "pubkey")
                .Value("id", "%any")
                .List("cacerts", File(StateDirectory.TrustAnchorFile)))
            .Section("children", children => children.Section(Name, child => child
                .Value("mode", "tunnel")
                .List("local_ts", "::/0")
                .List("remote_ts", "::/0")
                .List("esp_proposals", "aes256gcm16-ecp256")
                .Value("rekey_time", "1h")))));
    }
}
