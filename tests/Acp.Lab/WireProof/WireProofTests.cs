using Acp.Daemon.Control;
using Acp.Daemon.Lab;
using Acp.Lab.Refusals;
using Acp.Wire;
using Xunit.Abstractions;

namespace Acp.Lab.WireProof;

/// <summary>What is seen between boxes, by somebody else's eyes.</summary>
[Collection(nameof(LabCollection))]
public sealed class WireProofTests(ITestOutputHelper output)
{
    private const int Boxes = 4;

    /// <summary>Beside malformed packets, whatever tshark itself calls a warning (0x600000) or an error (0x800000).</summary>
    private const string Complaints = "_ws.malformed || _ws.expert.severity >= 0x600000";

    /// <summary>
    /// tshark lets a certificate's otherName be read by a dissector for its type, and says so when it has none. It has none
    /// for id-on-AcpNodeName (1.3.6.1.5.5.7.8.10, RFC 8994 §6.2.2.1), which is younger; the rest of the certificate it reads.
    /// </summary>
    private const string NoDissectorForAcpNodeName = "BER: Dissector for OID not implemented. Contact Wireshark developers if you want this supported";

    private static readonly string[] NdAndMld = ["130", "131", "132", "133", "134", "135", "136", "143"];

    [Fact]
    public void D01_E01_nothing_but_DULL_ND_IKE_and_ESP_is_on_the_wire_and_tshark_understands_all_of_it()
    {
        Tools.Need("tshark", "tshark");
        using var domain = new TestDomain();
        using var lab = new DaemonLab(new LabOptions { Nodes = Boxes }, plan => plan.Boxes.ToList().ForEach(b => domain.Enrol(b)));
        var captures = lab.Plan.Boxes.Select(b => new CableCapture(lab.Plan, b)).ToList();
        try
        {
            foreach (var box in lab.Plan.Boxes)
                lab.Start(box.Index, "--key-log", KeyLogOf(lab.Plan, box));
            lab.UntilAllPairsReachEachOther(TimeSpan.FromSeconds(30));
            RekeyBoth(lab);
            // An orderly end has messages of its own, DELETE and its answer, and a neighbour that talks to nobody.
            lab.Stop(0);
            lab.Until("n2 knows that n1 has gone", TimeSpan.FromSeconds(10), () => lab.Channels(1)?.Count == 1);
            CableCapture.Stop(captures);
            // The first child SA and the second, in both directions; the first IKE SA and the second.
            Assert.True(File.ReadLines($"{KeyLogOf(lab.Plan, lab.Plan.Boxes[0])}/esp_sa").Count() >= 4);
            Assert.True(File.ReadLines($"{KeyLogOf(lab.Plan, lab.Plan.Boxes[0])}/ikev2_decryption_table").Count() >= 2);

            var outsider = new Tshark(Directory.CreateDirectory($"{lab.Plan.Directory}/nothing").FullName);
            var insider = new Tshark(CollectKeys(lab.Plan));
            foreach (var (capture, box) in captures.Zip(lab.Plan.Boxes))
            {
                OnlyFourKindsArePresent(outsider, capture.File, box);
                EverythingIsUnderstood(insider, capture.File, box);
            }
        }
        finally
        {
            captures.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public void Without_key_log_no_key_is_written_or_printed()
    {
        using var domain = new TestDomain();
        using var lab = new DaemonLab(new LabOptions { Nodes = 2 }, plan => plan.Boxes.ToList().ForEach(b => domain.Enrol(b)));
        // One end tells, so that we know what to look for at the other, which is told nothing and logs all it can.
        var keys = KeyLogOf(lab.Plan, lab.Plan.Boxes[0]);
        lab.Start(0, "--key-log", keys);
        lab.Start(1);
        lab.UntilAllPairsReachEachOther(TimeSpan.FromSeconds(30));

        var secrets = KeysIn(keys);
        Assert.True(secrets.Count >= 4, "two IKE keys and two ESP keys at least");
        Assert.All(Directory.EnumerateFiles(keys), file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(keys));
        Assert.Contains(lab.LogLines(0, "DANGER"), line => line.Contains(keys, StringComparison.Ordinal));
        Assert.Contains(lab.Status(0)!.Problems, problem => problem.Contains("--key-log", StringComparison.Ordinal));

        Assert.Empty(lab.LogLines(1, "DANGER"));
        Assert.DoesNotContain(lab.Status(1)!.Problems, problem => problem.Contains("--key-log", StringComparison.Ordinal));
        var files = Directory.EnumerateFiles(Path.GetDirectoryName(lab.Plan.Boxes[1].Daemon.LogFile)!, "*", SearchOption.AllDirectories).ToList();
        Assert.Contains(lab.Plan.Boxes[1].Daemon.LogFile, files);
        Assert.Equal(["log", "node.crt", "node.key", "ta.crt"], files.Select(Path.GetFileName).Order());
        foreach (var text in files.Select(File.ReadAllText).Append(lab.Log(0)))
            Assert.DoesNotContain(secrets, secret => text.Contains(secret[..16], StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Fresh keys of both kinds for the channel of n1, and traffic under them.</summary>
    private static void RekeyBoth(DaemonLab lab)
    {
        lab.Until("n1 has one settled channel", TimeSpan.FromSeconds(10), () => lab.HasOneSettledChannel(0));
        var channel = lab.Channels(0)![0].Interface;
        Assert.NotNull(lab.Wish(0, channel, ChannelWish.RekeyChild));
        lab.Until("its child SA is replaced", TimeSpan.FromSeconds(10), () => lab.HasOneSettledChannel(0) && lab.Channels(0)![0].Ike.ChildRekeys == 1);
        Assert.NotNull(lab.Wish(0, channel, ChannelWish.RekeyIke));
        lab.Until("its IKE SA is replaced", TimeSpan.FromSeconds(10), () => lab.HasOneSettledChannel(0) && lab.Channels(0)![0].Ike.IkeRekeys == 1);
        lab.UntilAllPairsReachEachOther(TimeSpan.FromSeconds(10));
    }

    private static string KeyLogOf(LabPlan plan, LabBox box) => $"{plan.Directory}/{box.Name}/keys";

    /// <summary>The keys as they are written: at least 32 hexadecimal octets in a row.</summary>
    private static List<string> KeysIn(string directory) =>
        [.. Directory.EnumerateFiles(directory).SelectMany(File.ReadLines).SelectMany(line => line.Split(',', '"', 'x')).Where(word => word.Length >= 64)];

    /// <summary>One Wireshark profile with the tables of all boxes; both ends of a channel write the same lines.</summary>
    private static string CollectKeys(LabPlan plan)
    {
        var profile = Directory.CreateDirectory($"{plan.Directory}/profile").FullName;
        foreach (var table in new[] { "ikev2_decryption_table", "esp_sa" })
        {
            var lines = plan.Boxes.SelectMany(box => File.ReadLines($"{KeyLogOf(plan, box)}/{table}")).Distinct().ToList();
            Assert.True(lines.Count >= plan.Cables.Count);
            File.WriteAllLines($"{profile}/{table}", lines);
        }

        return profile;
    }

    private void OnlyFourKindsArePresent(Tshark tshark, string file, LabBox box)
    {
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var packet in tshark.Fields(file, "frame", "frame.number", "frame.protocols", "ipv6.src", "ipv6.dst", "udp.srcport", "udp.dstport", "icmpv6.type"))
        {
            var kind = KindOf(packet);
            Assert.True(kind is not null, $"a packet at {box.Name} that is none of the four kinds: {string.Join(' ', packet)}");
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }

        Assert.Equal(["DULL GRASP", "ESP", "IKE", "ND and MLD"], seen.Keys);
        // No packet of the ACP in clear: all of it would carry an address of the domain's prefix, or RPL.
        Assert.Equal(0, tshark.Count(file, "ipv6.addr == fd00::/8 || icmpv6.type == 155 || icmpv6.type == 128"));
        output.WriteLine($"{box.Name}: {string.Join(", ", seen.Select(s => $"{s.Value} {s.Key}"))}");
    }

    /// <summary>Null for what has no business here. An ICMPv6 error quotes another packet, and so has more than one value in a field.</summary>
    private static string? KindOf(string[] packet)
    {
        if (packet is not [_, var protocols, var from, var to, var sourcePort, var destinationPort, var icmp]
            || !Ipv6Address.TryParse(from, out var source) || !Ipv6Address.TryParse(to, out var destination)
            || !(source.IsLinkLocal || source == Ipv6Address.Unspecified))
            return null;
        return (protocols, sourcePort, destinationPort) switch
        {
            ("eth:ethertype:ipv6:esp", "", "") when destination.IsLinkLocal => "ESP",
            ("eth:ethertype:ipv6:udp:isakmp", "500", "500") when destination.IsLinkLocal => "IKE",
            ("eth:ethertype:ipv6:udp:data", "7017", "7017") when destination == Ipv6Address.AllGraspNeighbors => "DULL GRASP",
            ("eth:ethertype:ipv6:icmpv6" or "eth:ethertype:ipv6:ipv6.hopopts:icmpv6", "", "") when NdAndMld.Contains(icmp) => "ND and MLD",
            _ => null,
        };
    }

    private void EverythingIsUnderstood(Tshark tshark, string file, LabBox box)
    {
        foreach (var packet in tshark.Fields(file, Complaints, "frame.number", "frame.protocols", "_ws.expert.message", "_ws.malformed", "x509ce.otherName_element", "x509ce.type_id"))
        {
            Assert.True(
                packet[1].Contains(":isakmp:", StringComparison.Ordinal) && packet[2] == NoDissectorForAcpNodeName && packet[3].Length == 0
                && packet[5] == "1.3.6.1.5.5.7.8.10",
                $"tshark complains about a packet at {box.Name}: {string.Join(" | ", packet)}");
        }

        var packets = tshark.Fields(
            file, "isakmp || esp", "frame.protocols", "isakmp.exchangetype", "isakmp.enc.decrypted", "isakmp.typepayload", "icmpv6.type", "icmpv6.code", "ipv6.src");
        var ike = packets.Where(p => p[0].EndsWith(":isakmp", StringComparison.Ordinal) || p[0].Contains(":isakmp:", StringComparison.Ordinal)).ToList();
        var esp = packets.Except(ike).ToList();

        // IKE: all but IKE_SA_INIT (34) is protected, and was opened: IKE_AUTH (35) shows AUTH (39), INFORMATIONAL (37) a DELETE (42).
        Assert.True(ike.Count(p => p[1] == "34") >= 2);
        Assert.All(ike, p => Assert.True(p[1] == "34" || p[2].Length > 0, $"not opened at {box.Name}: {string.Join(" | ", p)}"));
        Assert.True(ike.Count(p => p[1] == "35" && p[3].Split(',').Contains("39")) >= 2, "no AUTH was opened");
        if (box.Index < 2)
        {
            Assert.Contains(ike, p => p[1] == "37" && p[3].Split(',').Contains("42"));
            // Two rekeyings (36): request and answer each, with a nonce (40) in them.
            Assert.True(ike.Count(p => p[1] == "36" && p[3].Split(',').Contains("40")) >= 4, "no CREATE_CHILD_SA was opened");
            Assert.True(tshark.Fields(file, "esp", "esp.spi").Select(p => p[0]).Distinct().Count() >= 4, "nothing was sent on the new child SA");
        }

        // ESP: every packet was opened, and IPv6 was inside.
        Assert.All(esp, p => Assert.StartsWith("eth:ethertype:ipv6:esp:ipv6:", p[0], StringComparison.Ordinal));
        foreach (var (code, name) in new[] { ("0", "DIS"), ("1", "DIO"), ("2", "DAO"), ("3", "DAO-ACK") })
            Assert.True(esp.Any(p => p[4] == "155" && p[5] == code), $"no {name} at {box.Name}");
        foreach (var (type, name) in new[] { ("128", "ping"), ("129", "answer to a ping") })
            Assert.True(esp.Any(p => p[4] == type && p[6].Split(',')[^1].StartsWith("fd", StringComparison.Ordinal)), $"no {name} between ACP addresses at {box.Name}");
    }
}
