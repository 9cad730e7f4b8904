using System.Diagnostics;
using System.Globalization;
using Acp.Asa;
using Acp.Daemon.Lab;
using Acp.Lab.Refusals;
using Acp.Lab.WireProof;
using Acp.Wire.Grasp;
using Xunit.Abstractions;
using Objective = Acp.Asa.Objective;

namespace Acp.Lab.Grasp;

/// <summary>Programs on five boxes in a row use GRASP over an ACP of real daemons, and somebody else looks at the packets.</summary>
[Collection(nameof(LabCollection))]
public sealed class GraspLabTests(ITestOutputHelper output)
{
    private const int Boxes = 5;
    private static readonly Objective Loan = Objective.Negotiable("LoanOfFive", 7);
    private static readonly Objective Barometer = Objective.Synchronizable("BarometerOfFive", "fair");
    private static readonly Objective Alarm = Objective.Synchronizable("AlarmOfThree", true);

    [Fact]
    public async Task J01_J03_J05_five_boxes_find_one_another_agree_and_share_and_only_TLS_and_link_local_TCP_is_seen()
    {
        Tools.Need("tshark", "tshark");
        using var domain = new TestDomain();
        using var lab = new DaemonLab(new LabOptions { Nodes = Boxes }, plan => plan.Boxes.ToList().ForEach(b => domain.Enrol(b)));
        foreach (var box in lab.Plan.Boxes)
            lab.Start(box.Index);
        lab.UntilAllPairsReachEachOther(TimeSpan.FromSeconds(30));
        lab.Until("every neighbour is connected", TimeSpan.FromSeconds(10), () => lab.Plan.Boxes.All(b =>
            lab.Status(b.Index)?.Grasp is { Operational: true, Neighbors: { Count: > 0 } all } && all.All(n => n.State == "connected")));
        NothingListensOutsideTheAcp(lab.Plan);

        var captures = lab.Plan.Boxes
            .Select(b => new CableCapture(AcpNamespace(b), $"{lab.Plan.Directory}/{b.Name}/acp.pcapng", ["any"])).ToList();
        try
        {
            await BoxOneUsesBoxFive(lab);
            await AFloodFromBoxThreeReachesAll(lab);
            CableCapture.Stop(captures);
            var tshark = new Tshark(Directory.CreateDirectory($"{lab.Plan.Directory}/nothing").FullName);
            foreach (var (capture, box) in captures.Zip(lab.Plan.Boxes))
                OnlyTlsAndLinkLocalTcp(tshark, capture.File, box);
            // A flood passes every channel once: in at one end of it, out at the other.
            Assert.Equal([1, 2, 2, 2, 1], captures.Select(c => tshark.Count(c.File, $"tcp && frame contains \"{Alarm.Name}\"")));
            // Nothing that went from box to box was to be read on the way, the value of the loan as little as its name.
            Assert.All(captures, c => Assert.Equal(0, tshark.Count(c.File, $"ipv6.src == fd00::/8 && (frame contains \"{Loan.Name}\" || frame contains \"{Barometer.Name}\")")));
        }
        finally
        {
            captures.ForEach(c => c.Dispose());
        }
    }

    private static string AcpNamespace(LabBox box) => $"acp-{box.Daemon.Instance}";

    private static Task<GraspApi> Attach(DaemonLab lab, int box) => GraspApi.AttachAsync(lab.Plan.Boxes[box].Daemon.GraspSocket);

    private async Task BoxOneUsesBoxFive(DaemonLab lab)
    {
        await using var far = await Attach(lab, 4);
        await using var bank = await far.RegisterAsaAsync("bank");
        await bank.RegisterObjectiveAsync(Loan);
        await bank.RegisterObjectiveAsync(Barometer);
        await bank.ListenSynchronizeAsync(Barometer);
        var served = Task.Run(async () =>
        {
            await foreach (var request in bank.ListenNegotiateAsync(Loan.Name))
            {
                var result = await request.Session.NegotiateStepAsync(request.Objective with { Value = 5 });
                return Assert.IsType<NegotiationResult.CounterOffer>(result) is var counter && counter.Objective.Value.ToInt64() == 6
                    ? AcceptAsync(counter.Session)
                    : Task.FromException(new InvalidOperationException("another offer than was made"));
            }
            throw new InvalidOperationException("nobody asked");
        });

        await using var near = await Attach(lab, 0);
        await using var borrower = await near.RegisterAsaAsync("borrower");
        await borrower.RegisterObjectiveAsync(Loan);
        var clock = Stopwatch.StartNew();
        var found = await borrower.DiscoverFirstAsync(Loan, TimeSpan.FromSeconds(10));
        output.WriteLine($"box 1 finds box 5 in {clock.Elapsed.TotalMilliseconds:0.0} ms");
        Assert.Equal(lab.Status(4)!.Grasp!.Address, Assert.IsType<Ipv6Locator>(found!.Locator).Address.ToString());
        Assert.True(found.IsDiverted, "a relay passed it on");

        clock.Restart();
        var offer = Assert.IsType<NegotiationResult.CounterOffer>(await borrower.RequestNegotiateAsync(Loan, found, TimeSpan.FromSeconds(10)));
        Assert.Equal(5, offer.Objective.Value.ToInt64());
        var agreed = Assert.IsType<NegotiationResult.Accepted>(await offer.Session.NegotiateStepAsync(offer.Objective with { Value = 6 }));
        Assert.Equal(6, agreed.Objective.Value.ToInt64());
        await await served;
        output.WriteLine($"they agree in {clock.Elapsed.TotalMilliseconds:0.0} ms");

        clock.Restart();
        Assert.Equal("fair", (await borrower.SynchronizeAsync(Barometer with { Value = default }, timeout: TimeSpan.FromSeconds(10))).Value.ToText());
        output.WriteLine($"box 1 reads box 5's barometer in {clock.Elapsed.TotalMilliseconds:0.0} ms");
        Assert.True(lab.Status(4)!.Counters["grasp.tls-accepted"] >= 1);
    }

    private static Task AcceptAsync(NegotiationSession session) => session.AcceptAsync();

    private async Task AFloodFromBoxThreeReachesAll(DaemonLab lab)
    {
        var before = FloodsReceived(lab);
        var attached = new List<GraspApi>();
        for (var box = 0; box < Boxes; box++)
            attached.Add(await Attach(lab, box));
        var asas = await Task.WhenAll(attached.Select(a => a.RegisterAsaAsync("listener")));
        await asas[2].RegisterObjectiveAsync(Alarm);
        var clock = Stopwatch.StartNew();
        await asas[2].FloodAsync(TimeSpan.FromMinutes(1), Alarm);
        await Task.WhenAll(asas.Select(async asa =>
        {
            while ((await asa.GetFloodAsync(Alarm.Name)).Count == 0)
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), "a flood has not reached all boxes within a second");
        }));
        output.WriteLine($"a flood from box 3 is known everywhere after {clock.Elapsed.TotalMilliseconds:0.0} ms");
        foreach (var asa in asas)
            Assert.Single(await asa.GetFloodAsync(Alarm.Name));
        Assert.Equal([1L, 1, 0, 1, 1], FloodsReceived(lab).Zip(before, (now, then) => now - then));
        foreach (var api in attached)
            await api.DisposeAsync();
    }

    private static List<long> FloodsReceived(DaemonLab lab) =>
        [.. lab.Plan.Boxes.Select(b => lab.Status(b.Index)!.Counters.GetValueOrDefault("grasp.floods-received"))];

    /// <summary>TCP port 7017 is a listener's in the acp namespace and nowhere else.</summary>
    private static void NothingListensOutsideTheAcp(LabPlan plan)
    {
        foreach (var box in plan.Boxes)
        {
            Assert.Single(Listeners(AcpNamespace(box)));
            Assert.Empty(Listeners(box.HostNamespace));
            Assert.Empty(Listeners($"abutment-{box.Daemon.Instance}"));
        }
    }

    // "  0: 00000000000000000000000000000000:1B69 …:0000 0A …": local address and port, remote ones, state (0A is LISTEN).
    private static IEnumerable<string> Listeners(string ns) => new[] { "tcp", "tcp6" }
        .SelectMany(table => Tools.Run("ip", "netns", "exec", ns, "cat", $"/proc/net/{table}").Check().Lines)
        .Where(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, "0A", ..] && local.EndsWith(":1B69", StringComparison.Ordinal));

    private void OnlyTlsAndLinkLocalTcp(Tshark tshark, string file, LabBox box)
    {
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var begun = new HashSet<string>();
        foreach (var packet in tshark.Fields(
            file, "ipv6", "ipv6.src", "ipv6.dst", "ipv6.nxt", "tcp.srcport", "tcp.dstport", "udp.dstport", "tcp.stream", "tcp.payload"))
        {
            var (source, destination, stream, payload) = (packet[0], packet[1], packet[6], packet[7]);
            Assert.True(packet[5].Length == 0, $"UDP in the ACP of {box.Name}: {string.Join(' ', packet)}");
            var kind = "ICMPv6";
            if (packet[3].Length > 0)
            {
                Assert.True(packet[3] == "7017" || packet[4] == "7017", $"another port in the ACP of {box.Name}: {string.Join(' ', packet)}");
                var links = source.StartsWith("fe80", StringComparison.Ordinal);
                Assert.Equal(links, destination.StartsWith("fe80", StringComparison.Ordinal));
                kind = links ? "TCP between link-local addresses" : "TLS between ACP addresses";
                // The first octets either way are a handshake record: 22, and version 3.x.
                if (!links && payload.Length > 0 && begun.Add(stream + source))
                    Assert.StartsWith("1603", payload.Replace(":", "", StringComparison.Ordinal), StringComparison.Ordinal);
            }
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }
        Assert.True(seen.ContainsKey("TCP between link-local addresses"));
        Assert.True(seen.ContainsKey("TLS between ACP addresses"), $"{box.Name} is on the way from box 1 to box 5");
        output.WriteLine($"{box.Name}: {string.Join(", ", seen.Select(s => s.Value.ToString(CultureInfo.InvariantCulture) + " " + s.Key))}");
    }
}
