using System.Text.Json;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Lab.Agents;

/// <summary>
/// Three boxes in a row, a prefix manager on each: the first has the pool, the second hands on what it got, the third puts some of it on
/// an interface. Real processes, sockets, addresses and routes.
/// </summary>
[Collection(nameof(LabCollection))]
public sealed class PrefixManagerTests : IDisposable
{
    private const int SIGKILL = 9;
    private const int SIGTERM = 15;

    private readonly string _directory = Directory.CreateTempSubdirectory("acpd-lab-prefixes-").FullName;
    private readonly NetworkNamespace[] _boxes = [NetworkNamespace.CreateUnnamed(), NetworkNamespace.CreateUnnamed(), NetworkNamespace.CreateUnnamed()];
    private readonly List<AcpdProcess> _processes = [];

    public PrefixManagerTests()
    {
        for (var i = 0; i < _boxes.Length; i++)
        {
            using var routes = new RouteSocket(_boxes[i]);
            routes.SetUp(routes.IndexOf("lo"));
            if (i == 0)
                continue;
            using var before = new RouteSocket(_boxes[i - 1]);
            before.CreateVeth("down", "up", _boxes[i]);
            Up(before, "down", $"fe80::{i}:1");
            Up(routes, "up", $"fe80::{i}:2");
        }

        using var last = new RouteSocket(_boxes[2]);
        last.CreateLink("bridge", "lan0");
        Up(last, "lan0", "fe80::9");
    }

    public void Dispose()
    {
        foreach (var process in _processes)
            process.Dispose();
        foreach (var box in _boxes)
            box.Dispose();
        Directory.Delete(_directory, true);
    }

    [Fact]
    public async Task N05_N07_N09_prefixes_go_down_a_tree_onto_interfaces_and_survive_kill_9()
    {
        var top = Start(0, "--pool", "2001:db8::/32", "--parameters", "ASG=44,CSG=56");
        var middle = Start(1, "--ask", "--hand-on", "--role", "ASG");
        await Until(() => Roots(1).Any(), middle);
        var leaf = Start(2, "--ask", "--role", "CSG", "--put-on", "lan0");
        await Until(() => Global().Any(), leaf);

        var held = Assert.Single(Roots(1));
        var got = Assert.Single(Roots(2));
        var address = Assert.Single(Global());
        Assert.Equal((44, 56, 64), (held.Length, got.Length, address.PrefixLength));
        Assert.True(Ipv6Prefix.Parse("2001:db8::/32").Contains(held) && held.Contains(got) && got.Contains(address.Address));
        Assert.Equal(got, Assert.Single(Nowhere()).Destination);

        // Killed, it leaves its address; its successor takes it up again, and gets no other prefix.
        leaf.Kill(SIGKILL);
        await leaf.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(address, Assert.Single(Global()));
        top.Kill(SIGKILL);
        await top.WaitAsync(TimeSpan.FromSeconds(20));
        top = Start(0, "--pool", "2001:db8::/32", "--parameters", "ASG=44,CSG=56");
        leaf = Start(2, "--ask", "--role", "CSG", "--put-on", "lan0");
        // When it was got, and now again.
        await Until(() => middle.Output.Split("confirmed").Length > 2, middle);
        Assert.Equal(got, Assert.Single(Roots(2)));
        Assert.Equal(address, Assert.Single(Global()));
        Assert.Equal([held.ToString()], Leases(0));

        // Without that interface: what the killed one made is taken away all the same.
        leaf.Kill(SIGKILL);
        await leaf.WaitAsync(TimeSpan.FromSeconds(20));
        leaf = Start(2, "--ask", "--role", "CSG");
        await Until(() => !Global().Any(), leaf);

        // And at a clean end nothing stays.
        leaf.Kill(SIGTERM);
        Assert.Equal(0, await leaf.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Empty(Nowhere());
    }

    private static void Up(RouteSocket routes, string name, string linkLocal)
    {
        var index = routes.IndexOf(name);
        routes.SetAddrGenMode(index, 1);
        routes.PutAddress(index, Ipv6Address.Parse(linkLocal), 64);
        routes.SetUp(index);
    }

    private AcpdProcess Start(int box, params string[] more)
    {
        string[] arguments = ["asa", "prefix-manager", "--insecure", "--state", State(box), .. more];
        var process = _boxes[box].Run(() => AcpdProcess.Start(arguments));
        _processes.Add(process);
        return process;
    }

    private string State(int box) => Path.Combine(_directory, $"box{box}");

    private IEnumerable<Ipv6Prefix> Roots(int box) => Read(box, "roots").Select(r => Ipv6Prefix.Parse(r.GetProperty("prefix").GetString()!));

    private IEnumerable<string> Leases(int box) => Read(box, "leases").Select(l => l.GetProperty("prefix").GetString()!);

    private IEnumerable<JsonElement> Read(int box, string what)
    {
        var file = Path.Combine(State(box), "prefixes.json");
        return File.Exists(file) ? JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty(what).EnumerateArray() : [];
    }

    private List<AddressMessage> Global()
    {
        using var routes = new RouteSocket(_boxes[2]);
        return [.. routes.Addresses().Where(a => a.Index == routes.IndexOf("lan0") && !a.Address.IsLinkLocal)];
    }

    private List<RouteMessage> Nowhere()
    {
        using var routes = new RouteSocket(_boxes[2]);
        return [.. routes.Routes().Where(r => r.Type == Rtnetlink.RTN_UNREACHABLE && r.Protocol == Rtnetlink.RTPROT_ACPD)];
    }

    private static async Task Until(Func<bool> done, AcpdProcess process)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!done())
        {
            Assert.False(patience.IsCancellationRequested, process.Output + process.Errors);
            await Task.Delay(20);
        }
    }
}
