using System.Diagnostics;
using Acp.Linux.Namespaces;

namespace Acp.Daemon.Bench;

/// <summary>
/// Debian's wireguard-go at both ends, for comparison: the same kernel, the same veth, the same traffic, the same
/// minute. Wants the packages wireguard-go and wireguard-tools.
/// </summary>
internal sealed class WireguardTunnel : ITunnel
{
    private const int Port = 5182;
    private const int Mtu = 1420;

    private readonly List<TunnelProcess> _processes = [];

    public WireguardTunnel(EspBenchSide a, EspBenchSide b)
    {
        try
        {
            var (privateA, publicA) = NewKey(a.Outside);
            var (privateB, publicB) = NewKey(b.Outside);
            StartEnd(a, b, privateA, publicB);
            StartEnd(b, a, privateB, publicA);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name => "wireguard-go";

    public IReadOnlyList<TunnelProcess> Processes => _processes;

    public NetworkNamespace UserNamespace(EspBenchSide side) => side.Outside;

    public void Dispose()
    {
        foreach (var process in _processes)
            process.Dispose();
    }

    private void StartEnd(EspBenchSide side, EspBenchSide other, string privateKey, string peerKey)
    {
        // The name is also that of its control socket in /var/run/wireguard, which all namespaces share.
        var name = $"wb{Environment.ProcessId}{side.Letter}";
        _processes.Add(TunnelProcess.Start(side.Outside, "wireguard-go", "-f", name));
        var clock = Stopwatch.StartNew();
        while (!File.Exists($"/var/run/wireguard/{name}.sock") || side.OutsideRoute.FindLink(name) is null)
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(5))
                throw new BenchException("wireguard-go does not start");
            Thread.Sleep(20);
        }

        Wg(side.Outside, privateKey, "set", name, "private-key", "/dev/stdin", "listen-port", $"{Port}",
            "peer", peerKey, "allowed-ips", "::/0", "endpoint", $"[{other.Global}]:{Port}");
        var index = side.OutsideRoute.IndexOf(name);
        side.OutsideRoute.SetMtu(index, Mtu);
        side.OutsideRoute.SetUp(index);
        side.OutsideRoute.PutAddress(index, side.Inner, 64);
    }

    private static (string Private, string Public) NewKey(NetworkNamespace ns)
    {
        var key = Wg(ns, null, "genkey");
        return (key, Wg(ns, key, "pubkey"));
    }

    private static string Wg(NetworkNamespace ns, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("wg", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            using var process = ns.Run(() => Process.Start(start))!;
            if (input is not null)
                process.StandardInput.WriteLine(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : throw new BenchException($"wg {arguments[0]} failed");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new BenchException($"cannot start wg (Debian package wireguard-tools): {e.Message}");
        }
    }
}
