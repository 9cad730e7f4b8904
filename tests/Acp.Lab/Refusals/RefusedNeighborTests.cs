using System.Diagnostics;
using System.Security.Cryptography;
using Acp.Daemon.Control;
using Acp.Daemon.Lab;

namespace Acp.Lab.Refusals;

/// <summary>
/// A box in the middle with one good neighbour and, on each other cable, one that must not get in: real daemons where acpd
/// would start with such a certificate, and machines of our own on a bare interface where it would not.
/// <code>
///                 n2  good
///      n3 other domain  \   |   /  n7 wrong key
///      n4 expired       -- n1 --   n6 no AcpNodeName
///                        /
///      n5 foreign CA
/// </code>
/// </summary>
[Collection(nameof(LabCollection))]
public sealed class RefusedNeighborTests
{
    private const int Middle = 0;
    private const int Good = 1;
    private const int OtherDomain = 2;
    private const int Expired = 3;
    private const int ForeignCa = 4;
    private const int Nameless = 5;
    private const int WrongKey = 6;

    private const string RefusedByPeer = "does not accept our certificate";

    [Fact]
    public void Each_is_refused_in_plain_words_at_both_ends_and_tried_again_ever_more_rarely()
    {
        using var domain = new TestDomain();
        using var foreign = new TestDomain(root: "foreign root");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var lab = new DaemonLab(new LabOptions { Nodes = 7, Topology = LabTopology.Star }, plan =>
        {
            domain.Enrol(plan.Boxes[Middle]);
            domain.Enrol(plan.Boxes[Good]);
            domain.Enrol(plan.Boxes[OtherDomain], domain: "other.example.net");
            domain.Enrol(plan.Boxes[Expired], notAfter: DateTimeOffset.UtcNow.AddDays(-1));
            foreign.Enrol(plan.Boxes[ForeignCa]);
        });

        lab.Start(Middle, "--timers", "backoff=2s");
        lab.Start(Good);
        lab.Until("the good neighbour is connected", TimeSpan.FromSeconds(20), () => lab.HasOneSettledChannel(Middle));
        var before = Assert.Single(lab.Channels(Middle)!);

        using var nameless = domain.Issue(Nameless + 1, key, domain: "");
        using var honest = domain.Issue(WrongKey + 1, key);
        using var first = new RogueNode(lab.World.Hosts[Nameless], "eth0", domain.Address(Nameless + 1), nameless.RawDataMemory, key);
        using var second = new RogueNode(lab.World.Hosts[WrongKey], "eth0", domain.Address(WrongKey + 1), honest.RawDataMemory, otherKey);
        var clock = Stopwatch.StartNew();
        lab.Start(OtherDomain);
        lab.Start(Expired);
        lab.Start(ForeignCa);

        // What the middle says of each, in its log and in `acpd neighbors`.
        var causes = new Dictionary<int, (string Code, string Words)>
        {
            [OtherDomain] = ("other-domain", "a member of 'other.example.net', we are of 'acp.example.com'"),
            [Expired] = ("expired", "expired at "),
            [ForeignCa] = ("no-trust-anchor-path", "no trust anchor of ours for issuer 'CN=foreign root'"),
            [Nameless] = ("no-acp-node-name", "no AcpNodeName in subjectAltName"),
            [WrongKey] = ("signature-mismatch", "does not verify with the key of"),
        };
        foreach (var (box, (code, words)) in causes)
        {
            lab.Until($"the middle refuses {lab.Plan.Boxes[box].Name}: {words}", TimeSpan.FromSeconds(20), () =>
                lab.LogLines(Middle, $"refused ({code})").Any(line => line.Contains(words, StringComparison.Ordinal)));
            lab.Until($"neighbors shows why {lab.Plan.Boxes[box].Name} is refused", TimeSpan.FromSeconds(20), () =>
                NeighborAt(lab, box) is { State: not "connected", LastFailure: { } failure }
                && (failure.Contains(words, StringComparison.Ordinal) || failure.Contains(RefusedByPeer, StringComparison.Ordinal)));
        }

        // What the refused say: they judge the middle by their own lights, or are told that they are not wanted.
        UntilItKnows(lab, OtherDomain, "a member of 'acp.example.com', we are of 'other.example.net'");
        UntilItKnows(lab, ForeignCa, "no trust anchor of ours for issuer 'CN=test root'");
        UntilItKnows(lab, Expired, RefusedByPeer);
        Assert.NotEmpty(lab.LogLines(Expired, "no peer will accept it"));
        Assert.Contains(lab.Status(Expired)!.Problems, problem => problem.Contains("expired", StringComparison.Ordinal));

        // Backoff of 2, 4, 8 … s: the third failure in a row comes 6 s after the first at the earliest, the next in 8 s.
        foreach (var box in causes.Keys)
        {
            lab.Until($"the middle has tried {lab.Plan.Boxes[box].Name} three times", TimeSpan.FromSeconds(25), () =>
                NeighborAt(lab, box) is { State: "backing-off", Failures: >= 3 });
            Assert.True(clock.Elapsed > TimeSpan.FromSeconds(6), $"three attempts within {clock.Elapsed}");
            Assert.True(NeighborAt(lab, box) is { NextAttemptInSeconds: > 0 and <= 16 });
            Assert.True(AttemptsAt(lab, box) <= 2 + Math.Log2(clock.Elapsed.TotalSeconds / 2 + 1), $"{AttemptsAt(lab, box)} attempts in {clock.Elapsed}");
        }

        // And the good one never noticed.
        var after = Assert.Single(lab.Channels(Middle)!);
        Assert.Equal(Assert.Single(before.IkeSas).InitiatorSpi, Assert.Single(after.IkeSas).InitiatorSpi);
        PingGood(lab);
        Assert.All(new[] { OtherDomain, Expired, ForeignCa }, box => Assert.Empty(lab.Channels(box)!));
        Assert.Equal(1, lab.Status(Middle)!.IkeSas);
    }

    private static void PingGood(DaemonLab lab)
    {
        var address = lab.Status(Good)!.Identity!.AcpAddress!;
        Tools.Run("ip", "netns", "exec", lab.Plan.Boxes[Middle].Daemon.AcpNamespace, "ping", "-c", "2", "-i", "0.2", "-W", "5", address).Check();
    }

    /// <summary>The middle's entry for the neighbour on that box's cable.</summary>
    private static NeighborReport? NeighborAt(DaemonLab lab, int box) =>
        lab.Neighbors(Middle)?.SingleOrDefault(n => n.Link == LinkTo(lab, box));

    private static int AttemptsAt(DaemonLab lab, int box) => NeighborAt(lab, box)!.Failures;

    private static string LinkTo(DaemonLab lab, int box) => lab.Plan.CablesOf(Middle).Single(c => c.Other == box).Interface;

    private static void UntilItKnows(DaemonLab lab, int box, string words) =>
        lab.Until($"{lab.Plan.Boxes[box].Name} knows: {words}", TimeSpan.FromSeconds(20), () =>
            lab.LogLines(box, words).Any() && lab.Neighbors(box) is [{ State: not "connected", LastFailure: not null }]);
}
