using Acp.Core;
using Acp.Interop.DataPlaneCheck;
using Acp.Linux.DataPlane;
using Acp.Linux.Namespaces;
using Acp.Linux.Xfrm;
using Acp.Wire;

// dataplane-check KIND KIND: node n with the first kind of data plane, its neighbours p and q with the second.
//
//   p-abut lk ──── l1 n-abut l2 ──── lk q-abut        n has fe80::a1 on both links, p and q are both fe80::b
//   p-acp ─ ch ESP ch1  n-acp  ch2 ESP ch ─ q-acp
var kinds = args.Select(arg => Enum.Parse<DataPlaneKind>(arg, ignoreCase: true)).ToArray();
if (kinds.Length != 2)
{
    Console.Error.WriteLine("usage: dataplane-check kernel|userspace kernel|userspace");
    return 2;
}

var checks = new Checks();
var probe = DataPlaneProbe.Probe();
checks.Equal($"the probe finds the kernel's data plane ({probe.Reason})", DataPlaneKind.Kernel, probe.Kind);

using var n = new LabNode("n", kinds[0]);
using var p = new LabNode("p", kinds[1]);
using var q = new LabNode("q", kinds[1]);
n.Routes.CreateVeth("l1", "lk", p.Abutment);
n.Routes.CreateVeth("l2", "lk", q.Abutment);
var local = Ipv6Address.Parse("fe80::a1");
var remote = Ipv6Address.Parse("fe80::b");
var (l1, l2) = (n.BringUp("l1", local), n.BringUp("l2", local));
var (lp, lq) = (p.BringUp("lk", remote), q.BringUp("lk", remote));

const int Mtu = 1426; // 1500 - 40 outer header - 16 ESP header and IV - 16 ICV, padded to 4, - 2 trailer (E-17)
var toP = new LabChannel(
    n, new ChannelSpec(new ChannelId(1), l1, local, remote, "ch1", Mtu, Ipv6Address.Parse("fe80::1:a1")),
    p, new ChannelSpec(new ChannelId(7), lp, remote, local, "ch", Mtu, Ipv6Address.Parse("fe80::1:b")));
var toQ = new LabChannel(
    n, new ChannelSpec(new ChannelId(2), l2, local, remote, "ch2", Mtu, Ipv6Address.Parse("fe80::1:a2")),
    q, new ChannelSpec(new ChannelId(7), lq, remote, local, "ch", Mtu, Ipv6Address.Parse("fe80::1:b")));
toP.Open();
toQ.Open();
const string Ping = "ping -6 -q -W 1 -i 0.2";
checks.Fails("nothing passes before a child SA is installed", n.AcpName, $"{Ping} -c 1 fe80::1:b%ch1");

var first = toP.Install();
toQ.Install(esn: false);
checks.Succeeds("the first link's channel carries packets", n.AcpName, $"{Ping} -c 2 fe80::1:b%ch1");
checks.Succeeds("the second link's channel does, with the same addresses, without ESN", n.AcpName, $"{Ping} -c 2 fe80::1:b%ch2");
checks.Succeeds("so it does from the other end", q.AcpName, $"{Ping} -c 2 fe80::1:a2%ch");
checks.Succeeds("multicast passes (RPL's DIO)", n.AcpName, $"{Ping} -c 2 ff02::1%ch1");

// E-24: exact counts.
Thread.Sleep(1500);
var before = (A: toP.CountersA, B: toP.CountersB);
checks.Succeeds("E-24 three pings of 148 octets", n.AcpName, $"{Ping} -c 3 -s 100 fe80::1:b%ch1");
var after = (A: toP.CountersA, B: toP.CountersB);
checks.Equal("E-24 packets out", 3, after.A.PacketsOut - before.A.PacketsOut);
checks.Equal("E-24 packets in", 3, after.A.PacketsIn - before.A.PacketsIn);
checks.Equal("E-24 octets out are inner octets", 444, after.A.OctetsOut - before.A.OctetsOut);
checks.Equal("E-24 octets in are inner octets", 444, after.A.OctetsIn - before.A.OctetsIn);
checks.Equal("E-24 the neighbour counts the same in", 444, after.B.OctetsIn - before.B.OctetsIn);

// E-17, E-20: sizes. A ping's payload is 48 octets less than its packet.
checks.Succeeds("E-17 a packet of exactly the channel's MTU passes", n.AcpName, $"{Ping} -c 2 -M do -s {Mtu - 48} fe80::1:b%ch1");
checks.Fails("E-17 one octet more is refused at home", n.AcpName, $"ping -6 -W 1 -c 1 -M do -s {Mtu - 47} fe80::1:b%ch1", "too long");
checks.Succeeds("larger ones are fragmented inside the tunnel", n.AcpName, $"{Ping} -c 2 -s 3000 fe80::1:b%ch1");

// Across: p → n → q, with a smaller MTU on the second hop.
p.AcpRoutes.PutAddress(p.AcpRoutes.IndexOf("lo"), Ipv6Address.Parse("fd89::b"), 128);
q.AcpRoutes.PutAddress(q.AcpRoutes.IndexOf("lo"), Ipv6Address.Parse("fd89::c"), 128);
n.AcpRoutes.PutAddress(n.AcpRoutes.IndexOf("lo"), Ipv6Address.Parse("fd89::a"), 128);
Checks.Run(p.AcpName, "ip -6 route add fd89::/64 via fe80::1:a1 dev ch");
Checks.Run(q.AcpName, "ip -6 route add fd89::/64 via fe80::1:a2 dev ch");
Checks.Run(n.AcpName, "ip -6 route add fd89::b/128 via fe80::1:b dev ch1");
Checks.Run(n.AcpName, "ip -6 route add fd89::c/128 via fe80::1:b dev ch2");
checks.Succeeds("packets cross two tunnels", p.AcpName, $"{Ping} -c 2 -I fd89::b fd89::c");
n.AcpRoutes.SetMtu(n.AcpRoutes.IndexOf("ch2"), 1300);
checks.Fails("E-20 too large for the second tunnel: the node between says so", p.AcpName, $"ping -6 -W 1 -c 1 -M do -s 1352 -I fd89::b fd89::c", "Packet too big");
checks.Succeeds("E-20 and the sender learned", p.AcpName, $"{Ping} -c 2 -s 1352 -I fd89::b fd89::c");
n.AcpRoutes.SetMtu(n.AcpRoutes.IndexOf("ch2"), Mtu);

// E-15: around the tunnel there is no way in.
Checks.Run(p.AbutmentName, "ip -6 route add fd89::a/128 via fe80::a1 dev lk");
Checks.Run(p.AbutmentName, "ip -6 addr add fd89::b/128 dev lk nodad");
checks.Fails("E-15 a packet in clear for an ACP address gets no answer", p.AbutmentName, $"{Ping} -c 2 -I fd89::b fd89::a");
checks.Fails("E-15 nor does one for the channel's own address", p.AbutmentName, $"{Ping} -c 2 fe80::1:a1%lk");

// E-16: make before break.
var second = toP.NewChildSa();
second.InstallAtB();
checks.That("E-16 the responder already sends on the new SA: the initiator has not installed it, packets are lost", Checks.Run(p.AcpName, $"{Ping} -c 1 fe80::1:a1%ch").Status != 0);
second.InstallAtA();
var old = toP.CountersA.PacketsOut;
checks.Succeeds("E-16 both have both", n.AcpName, $"{Ping} -c 2 fe80::1:b%ch1");
toP.Remove(first);
checks.Succeeds("E-16 the old one is gone, the new one carries", n.AcpName, $"{Ping} -c 2 fe80::1:b%ch1");
checks.That("E-16 counters go on across the rekey", toP.CountersA.PacketsOut >= old + 4, $"{toP.CountersA}");
var chaCha = toP.Install(algorithm: EspAlgorithm.ChaCha20Poly1305);
toP.Remove(second);
checks.Succeeds("E-05 ChaCha20-Poly1305 carries", n.AcpName, $"{Ping} -c 2 fe80::1:b%ch1");

// D-40, E-10: lifetimes by traffic at n's end, whoever counts.
var limited = toP.Install(limits: new ChildSaLimits(ulong.MaxValue, ulong.MaxValue, 10_000, 20_000));
toP.Remove(chaCha);
checks.Fails("E-10 at its hard limit a child SA carries nothing more", n.AcpName, $"{Ping} -c 20 -w 10 -s 1200 fe80::1:b%ch1", "packet loss");
(n.Plane as KernelDataPlane)?.HandleNews();
checks.That("E-10 its soft limit was news", n.News.Near.Contains(limited.ToA), string.Join(' ', n.News.Near));
checks.That("E-10 so was its hard limit", n.News.Over.Contains(limited.ToA), string.Join(' ', n.News.Over));
checks.Fails("E-10 nor does it later", n.AcpName, $"{Ping} -c 2 fe80::1:b%ch1");
toP.Install();
toP.Remove(limited);
checks.Succeeds("E-10 a successor carries", n.AcpName, $"{Ping} -c 2 fe80::1:b%ch1");
checks.Equal("no replay, no failed integrity check was counted", (0L, 0L), (toP.CountersA.Replays, toP.CountersA.AuthenticationFailures));


// A link that goes down and comes back.
n.Routes.SetUp(l1.Value, up: false);
n.Routes.SetUp(l1.Value);
n.Routes.PutAddress(l1.Value, local, 64);
n.Plane.RestoreLink(l1);
checks.Succeeds("the link went down and came back", n.AcpName, $"ping -6 -q -W 1 -i 0.5 -c 8 -w 8 fe80::1:b%ch1");

toP.Close();
checks.That("after closing, the channel's interface is gone", n.AcpRoutes.FindLink("ch1") is null);
checks.Succeeds("and the other channel still carries", n.AcpName, $"{Ping} -c 2 fe80::1:b%ch2");
toQ.Close();
checks.Equal("nothing is left of either", "", Leftovers(n));

// kill -9: a data plane that is never disposed, and its successor.
if (n.Kind == DataPlaneKind.Kernel)
{
    toP.Open();
    toP.Install();
    var killed = n.Plane;
    n.Plane = n.MakePlane();
    checks.That("a successor removes what a killed predecessor left", ((KernelDataPlane)n.Plane).LeftoversRemoved >= 8, $"{((KernelDataPlane)n.Plane).LeftoversRemoved}");
    checks.Equal("and nothing of it stays", "", Leftovers(n));
    GC.KeepAlive(killed);
}

// E-18: a link of 1280 octets must carry inner packets of 1280. User space fragments; the kernel cannot, and says so.
n.Routes.SetMtu(l2.Value, 1280);
q.Routes.SetMtu(lq.Value, 1280);
var narrow = new LabChannel(
    n, toQ.AtA with { Channel = new ChannelId(12), Mtu = 1280 },
    q, toQ.AtB with { Channel = new ChannelId(17), Mtu = 1280 });
if (kinds.Contains(DataPlaneKind.Kernel))
{
    var refusal = "";
    try
    {
        narrow.Open();
    }
    catch (DataPlaneException e)
    {
        refusal = e.Message;
    }

    checks.That($"E-18 the kernel's data plane refuses a link of 1280 octets ({refusal})", refusal.Contains("1280", StringComparison.Ordinal));
    checks.Equal("E-18 and leaves nothing of the attempt", "", Leftovers(n.Kind == DataPlaneKind.Kernel ? n : q));
}
else
{
    narrow.Open();
    narrow.Install();
    checks.Succeeds("E-18 over a link of 1280 octets an inner packet of 1280 passes", n.AcpName, $"{Ping} -c 3 -s 1232 fe80::1:b%ch2");
}

Console.WriteLine($"{checks.Passed} checks passed, {checks.Failed} failed");
return checks.Failed == 0 ? 0 : 1;

static string Leftovers(LabNode node)
{
    var xfrm = Checks.Run(node.AbutmentName, "ip xfrm state count").Said + Checks.Run(node.AbutmentName, "ip xfrm policy list").Said;
    var rules = Checks.Run(node.AbutmentName, "ip -6 rule list pref 8994").Said;
    var routes = Checks.Run(node.AbutmentName, "ip -6 route list table all").Said
        .Split('\n').Where(line => line.Contains("table 28", StringComparison.Ordinal));
    var links = Checks.Run(node.AcpName, "ip -o link list type xfrm").Said + Checks.Run(node.AcpName, "ip -o link list type tun").Said;
    return (xfrm.Replace("SAD count 0", "", StringComparison.Ordinal) + rules + string.Concat(routes) + links).Trim();
}
