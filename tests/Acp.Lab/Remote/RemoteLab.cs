using System.Globalization;
using System.Text.RegularExpressions;
using Acp.Daemon.Lab;
using Acp.Lab.Refusals;

namespace Acp.Lab.Remote;

/// <summary>
/// Two boxes with daemons, far apart: their links are left alone, and a router without a daemon stands between them. It
/// counts what it forwards, and may be a NAT before the first box.
/// <code>
///   west ── 192.0.2.0/24, 2001:db8:1::/64 ── router ── 198.51.100.0/24, 2001:db8:2::/64 ── east
///    .1, ::1                              .254 │ .254                                   .1, ::1
/// </code>
/// </summary>
internal sealed partial class RemoteLab : IDisposable
{
    public const int West = 0;
    public const int Router = 1;
    public const int East = 2;
    public const string NatAddress = "198.51.100.254";

    private readonly TestDomain _domain = new();

    public RemoteLab()
    {
        Tools.Need("nft", "nftables");
        Lab = new DaemonLab(new LabOptions { Nodes = 3 }, plan =>
        {
            _domain.Enrol(plan.Boxes[West]);
            _domain.Enrol(plan.Boxes[East]);
        });
        try
        {
            Address(West, "eth0", 1, "1");
            Address(Router, "eth0", 1, "254");
            Address(Router, "eth1", 2, "254");
            Address(East, "eth0", 2, "1");
            In(Router, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
            foreach (var (box, net) in new[] { (West, 1), (East, 2) })
            {
                In(box, "ip", "route", "add", "default", "via", Ipv4(net, "254"));
                In(box, "ip", "route", "add", "default", "via", Ipv6(net, "254"));
            }

            Nft("add table inet seen",
                "add counter inet seen c_esp", "add counter inet seen c_natt", "add counter inet seen c_ike",
                "add chain inet seen forward { type filter hook forward priority 0; }",
                "add rule inet seen forward meta l4proto esp counter name c_esp",
                "add rule inet seen forward udp dport 4500 counter name c_natt",
                "add rule inet seen forward udp sport 4500 counter name c_natt",
                "add rule inet seen forward udp dport 500 counter name c_ike");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public DaemonLab Lab { get; }

    public static string WestAddress(bool ipv6) => ipv6 ? Ipv6(1, "1") : Ipv4(1, "1");

    public static string EastAddress(bool ipv6) => ipv6 ? Ipv6(2, "1") : Ipv4(2, "1");

    public void Start(int box, string neighbor, params IEnumerable<string> more) =>
        Lab.Start(box, ["--interface", "!*", "--neighbor", neighbor, .. more]);

    /// <summary>From now on the router hides the western box behind its eastern address, with ports of its choice.</summary>
    public void HideWest() => Nft(
        "add table ip hide",
        "add chain ip hide out { type nat hook postrouting priority 100; }",
        "add rule ip hide out ip saddr 192.0.2.0/24 oifname eth1 ip protocol udp masquerade to :20000-29999 random");

    /// <summary>The NAT forgets: what goes on gets other ports.</summary>
    public void ForgetMappings()
    {
        Tools.Need("conntrack", "conntrack");
        In(Router, "conntrack", "-F");
    }

    public long Seen(string counter) =>
        long.Parse(PacketsIn().Match(In(Router, "nft", "list", "counter", "inet", "seen", "c_" + counter)).Groups[1].Value, CultureInfo.InvariantCulture);

    public void UntilConnected()
    {
        foreach (var box in new[] { West, East })
            Lab.Until("one channel", TimeSpan.FromSeconds(30), () => Lab.HasOneSettledChannel(box));
        Lab.Until("routes", TimeSpan.FromSeconds(15), () => Ping(1).ExitCode == 0);
    }

    /// <summary>From inside the western ACP to the eastern box's ACP address, not one packet lost.</summary>
    public void PingThrough(int octets, int count = 10) =>
        _ = Tools.Run("ip", Arguments(octets, count)).Check();

    public string In(int box, params string[] command) =>
        Tools.Run("ip", ["netns", "exec", Lab.Plan.Boxes[box].HostNamespace, .. command]).Check().Output;

    public void Dispose()
    {
        Lab.Dispose();
        _domain.Dispose();
    }

    [GeneratedRegex(@"packets (\d+)")]
    private static partial Regex PacketsIn();

    private static string Ipv4(int net, string host) => (net == 1 ? "192.0.2." : "198.51.100.") + host;

    private static string Ipv6(int net, string host) => $"2001:db8:{net}::{host}";

    private ToolResult Ping(int count) => Tools.Run("ip", Arguments(56, count));

    private string[] Arguments(int octets, int count) =>
    [
        "netns", "exec", Lab.Plan.Boxes[West].Daemon.AcpNamespace, "ping", "-6", "-n", "-c", $"{count}", "-i", "0.1", "-W", "2", "-s", $"{octets}",
        "-M", "do", _domain.Address(East + 1).ToString(),
    ];

    private void Nft(params IEnumerable<string> commands)
    {
        foreach (var command in commands)
            In(Router, "nft", command);
    }

    private void Address(int box, string link, int net, string host)
    {
        In(box, "ip", "address", "add", Ipv4(net, host) + "/24", "dev", link);
        In(box, "ip", "address", "add", Ipv6(net, host) + "/64", "dev", link, "nodad");
    }
}
