using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Grasp;
using Acp.Core.Identity;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Tests.Identities;
using Acp.Wire;
using Acp.Wire.Cose;
using Acp.Wire.Grasp;
using static Acp.Tests.GraspEngineRoom.Samples;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>Signed floods from node to node: real certificates and keys on virtual time.</summary>
public sealed class FloodSigningTests : IDisposable
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(210);
    private static readonly GraspInterfaceId First = new(1);

    private readonly Pki _pki = new();
    private readonly List<SignedNode> _members = [];

    public void Dispose()
    {
        _members.ForEach(m => m.Dispose());
        _pki.Dispose();
    }

    // --- the whole way ---

    [Theory]
    [InlineData(FloodPolicy.Require)]
    [InlineData(FloodPolicy.Accept)]
    public void O10_O06_O09_a_signed_flood_verifies_after_five_relays_of_which_one_knows_nothing_of_signatures(FloodPolicy policy)
    {
        var network = new TestNetwork();
        var clock = new WallClock(Pki.Now, network.Now);
        for (var i = 0; i < 7; i++)
        {
            // One in the middle has no signer and no verifier: it relays and uses them (O-09).
            var node = network.Add(new GraspOptions { FloodPolicies = i == 3 ? FloodPolicies.Off : FloodPolicies.All(policy) });
            if (i != 3)
                Member(i).MoveIn(node, clock);
            if (i > 0)
                network.Link(GraspInterfaceKind.Channel, network.Nodes[i - 1], node);
        }
        var ignorant = network.Nodes[3];
        var source = network.Nodes[0];
        var asa = source.Asa(Synchronizable());
        Assert.Equal(GraspError.ok, source.Call(new GraspCommand.Flood(asa, Ttl, Entry(Synchronizable(42, loopCount: 255)))).Error);
        network.Advance(TimeSpan.FromSeconds(1));

        foreach (var node in network.Nodes.Skip(1).Where(n => n != ignorant))
        {
            var copy = Assert.Single(node.Engine.FloodCache);
            Assert.Equal((FloodSignatureStatus.Verified, Value(42)), (copy.Signature, copy.Objective.Value));
            Assert.Equal(1, node.Engine.Counters.Signatures(FloodSignatureStatus.Verified));
            Assert.Equal(1, node.Engine.Counters.CertificatesFetched); // none of them had met the signer
            Assert.Equal(0, node.Engine.HeldFloodCount);
            Assert.DoesNotContain(node.Facts, f => f is GraspFact.FloodSignature);
        }
        Assert.Equal((FloodSignatureStatus.NotChecked, Value(42)), (Assert.Single(ignorant.Engine.FloodCache).Signature, ignorant.Engine.FloodCache.Single().Objective.Value));
        // Relays kept every octet but the one count.
        var sent = source.SentOf<FloodMessage>().First();
        Assert.NotNull(sent.CoseSign);
        foreach (var relayed in network.Nodes.Skip(1).SelectMany(n => n.SentOf<FloodMessage>()))
            Assert.Equal(sent.CoseSign, relayed.CoseSign);

        // The second time the certificate is known.
        Assert.Equal(GraspError.ok, source.Call(new GraspCommand.Flood(asa, Ttl, Entry(Synchronizable(43, loopCount: 255)))).Error);
        network.Advance(TimeSpan.FromSeconds(1));
        Assert.All(network.Nodes.Skip(1).Where(n => n != ignorant), n =>
        {
            Assert.Equal(Value(43), Assert.Single(n.Engine.FloodCache).Objective.Value);
            Assert.Equal(1, n.Engine.Counters.CertificatesFetched);
        });
    }

    [Fact]
    public void O09_a_node_whose_policy_is_off_uses_signed_floods_and_reports_nothing()
    {
        var bench = Bench(FloodPolicy.Off, out var signer, out _);
        Hear(bench, signer.Sign(bench.Network.Now, Clock(bench), Flood(signer, 5)));
        Hear(bench, Broken(signer.Sign(bench.Network.Now, Clock(bench), Flood(signer, 6, id: 2))));
        Assert.Equal(FloodSignatureStatus.NotChecked, Assert.Single(bench.Engine.FloodCache).Signature);
        Assert.Equal(2, bench.Engine.Counters.FloodsReceived);
        Assert.DoesNotContain(bench.Facts, f => f is GraspFact.FloodSignature);
        // Nor does it sign what it floods itself.
        var asa = bench.Asa(Synchronizable(name: "EX5"));
        bench.Call(new GraspCommand.Flood(asa, Ttl, Entry(Synchronizable(1, "EX5"))));
        Assert.Null(bench.SentOf<FloodMessage>().Last().CoseSign);
    }

    // --- what is wrong, under both policies ---

    [Theory]
    [InlineData(FloodPolicy.Require)]
    [InlineData(FloodPolicy.Accept)]
    public void O08_a_changed_octet_is_refused_or_reported(FloodPolicy policy)
    {
        var bench = Bench(policy, out var signer, out _);
        Wrong(bench, policy, FloodSignatureStatus.BadSignature, Broken(signer.Sign(bench.Network.Now, Clock(bench), Flood(signer, 5))));
    }

    [Theory]
    [InlineData(FloodPolicy.Require)]
    [InlineData(FloodPolicy.Accept)]
    public void O08_a_foreign_key_is_refused_or_reported(FloodPolicy policy)
    {
        // The kid names the true certificate, the signature is by somebody else's key.
        var bench = Bench(policy, out var signer, out _);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var flood = Flood(signer, 5);
        Assert.True(FloodPayload.TryOfUnsigned(flood.Encode(), out var payload));
        var cose = CoseSign1.Create(new CoseHeader { Algorithm = (long)CoseAlgorithm.ES256, KeyId = signer.Signer.KeyId });
        cose = cose with { Signature = other.SignData(cose.ToBeSigned(payload), HashAlgorithmName.SHA256) };
        Wrong(bench, policy, FloodSignatureStatus.BadSignature, (flood with { CoseSign = cose.Encode() }).Encode());
    }

    [Theory]
    [InlineData(FloodPolicy.Require)]
    [InlineData(FloodPolicy.Accept)]
    public void O07_the_signature_of_another_member_is_refused_or_reported(FloodPolicy policy)
    {
        var bench = Bench(policy, out var signer, out var receiver);
        var other = Member(9);
        receiver.Verifier.Learn(bench.Network.Now, other.Chain);
        Wrong(bench, policy, FloodSignatureStatus.WrongInitiator, other.Sign(bench.Network.Now, Clock(bench), Flood(signer, 5)));
    }

    [Theory]
    [InlineData(FloodPolicy.Require)]
    [InlineData(FloodPolicy.Accept)]
    public void O07_a_certificate_of_another_domain_is_refused_or_reported(FloodPolicy policy)
    {
        var bench = Bench(policy, out _, out var receiver);
        using var foreign = new Pki(name: "CN=foreign");
        using var stranger = new SignedNode(foreign, 1);
        receiver.Verifier.Learn(bench.Network.Now, stranger.Chain);
        Assert.Equal(1, receiver.Verifier.CertificateCount); // the member's only
        Wrong(bench, policy, FloodSignatureStatus.CertificateRefused, stranger.Sign(bench.Network.Now, Clock(bench), Flood(stranger, 5)));
    }

    [Theory]
    [InlineData(FloodPolicy.Require)]
    [InlineData(FloodPolicy.Accept)]
    public void O07_an_expired_certificate_is_refused_or_reported(FloodPolicy policy)
    {
        var bench = Bench(policy, out _, out var receiver);
        var brief = new SignedNode(_pki, 5, until: Pki.Now.AddMinutes(10));
        _members.Add(brief);
        receiver.Verifier.Learn(bench.Network.Now, brief.Chain); // while it was valid
        var clock = Clock(bench);
        bench.Network.Advance(TimeSpan.FromMinutes(10));
        Hear(bench, brief.Sign(bench.Network.Now, clock, Flood(brief, 4, id: 8)));
        Assert.Equal(1, bench.Engine.Counters.Signatures(FloodSignatureStatus.Verified)); // to the last second
        bench.Network.Advance(TimeSpan.FromSeconds(1));
        bench.Call(new GraspCommand.ExpireFlood(bench.Asa("cleaner"), "EX2", null));
        Wrong(bench, policy, FloodSignatureStatus.CertificateExpired, brief.Sign(bench.Network.Now, clock, Flood(brief, 5)));
    }

    [Theory]
    [InlineData(FloodPolicy.Require)]
    [InlineData(FloodPolicy.Accept)]
    public void O08_a_replay_after_expiry_is_refused_or_reported(FloodPolicy policy)
    {
        var bench = Bench(policy, out var signer, out _);
        var flood = signer.Sign(bench.Network.Now, Clock(bench), Flood(signer, 5));
        Hear(bench, flood);
        Assert.Equal(FloodSignatureStatus.Verified, Assert.Single(bench.Engine.FloodCache).Signature);
        // The pair of session id and initiator is forgotten after 120 s, the flood has run out after 210.
        bench.Network.Advance(Ttl + FloodVerifier.ClockSkew + TimeSpan.FromSeconds(2));
        Wrong(bench, policy, FloodSignatureStatus.Outdated, flood);
    }

    [Fact]
    public void O08_a_replay_before_expiry_makes_nothing_live_longer_and_does_not_replace_what_is_newer()
    {
        var bench = Bench(FloodPolicy.Require, out var signer, out _);
        var start = bench.Network.Now;
        var old = signer.Sign(start, Clock(bench), Flood(signer, 1, id: 1));
        Hear(bench, old);
        bench.Network.Advance(TimeSpan.FromSeconds(130));
        Hear(bench, old);
        Assert.Equal(2, bench.Engine.Counters.FloodsReceived);
        Assert.InRange(Assert.Single(bench.Engine.FloodCache).Expires!.Value - start, Ttl, Ttl + TimeSpan.FromSeconds(2));

        var clock = new WallClock(Pki.Now.AddSeconds(130), bench.Network.Now);
        Hear(bench, signer.Sign(bench.Network.Now, clock, Flood(signer, 2, id: 2)));
        bench.Network.Advance(TimeSpan.FromSeconds(1));
        // Another copy of the old one, under a session id that is forgotten by now.
        bench.Network.Advance(TimeSpan.FromSeconds(120));
        Hear(bench, signer.Sign(bench.Network.Now, new WallClock(Pki.Now.AddSeconds(100), bench.Network.Now), Flood(signer, 1, id: 3)));
        Assert.Equal(Value(2), Assert.Single(bench.Engine.FloodCache).Objective.Value);
        Assert.Equal(1, bench.Engine.Counters.Signatures(FloodSignatureStatus.Superseded));
    }

    [Fact]
    public void O08_O03_any_octet_but_the_first_loop_count_may_not_change()
    {
        var bench = Bench(FloodPolicy.Require, out var signer, out _, new GraspOptions { FloodVerificationsPerSecond = 1_000_000 });
        var flood = signer.Sign(bench.Network.Now, Clock(bench), Flood(signer, 5));
        var loopCount = flood.AsSpan().IndexOf("EX2"u8) + 4;
        Assert.Equal(6, flood[loopCount]);
        for (var i = 0; i < flood.Length; i++)
        {
            for (var bit = 0; bit < 8 && i != loopCount; bit += 3)
            {
                var changed = flood.ToArray();
                changed[i] ^= (byte)(1 << bit);
                Hear(bench, changed);
                Assert.Empty(bench.Engine.FloodCache);
            }
        }
        // None of them kept the true one out, whatever its count is by now.
        flood[loopCount] = 3;
        Hear(bench, flood);
        Assert.Single(bench.Engine.FloodCache);
        Assert.True(Enum.GetValues<FloodSignatureStatus>().Where(s => s >= FloodSignatureStatus.Malformed).Sum(bench.Engine.Counters.Signatures) > 200);
        Assert.InRange(bench.Engine.HeldFloodCount, 0, 64);
    }

    [Theory]
    [InlineData(FloodPolicy.Require)]
    [InlineData(FloodPolicy.Accept)]
    public void O08_a_copy_stripped_of_its_signature_does_not_keep_the_true_one_out_here_or_further_on(FloodPolicy policy)
    {
        var bench = Bench(policy, out var signer, out _);
        var flood = Flood(signer, 5);
        Hear(bench, (flood with { Entries = Entry(Synchronizable(66)) }).Encode());
        for (var i = 0; i < 3; i++)
            Hear(bench, signer.Sign(bench.Network.Now, Clock(bench), flood));
        Hear(bench, flood.Encode());
        var copy = Assert.Single(bench.Engine.FloodCache);
        Assert.Equal((FloodSignatureStatus.Verified, Value(5)), (copy.Signature, copy.Objective.Value!.Value));
        Assert.Equal(2, bench.Engine.Counters.FloodsRelayed);
        Assert.Equal(3, bench.Engine.Counters.Dropped(GraspDropReason.Duplicate));
        Assert.Equal(1, bench.Engine.Counters.Signatures(FloodSignatureStatus.Verified));
    }

    // --- no signature, or one that cannot be checked ---

    [Fact]
    public void O12_unsigned_floods_are_passed_over_under_require_and_relayed_all_the_same()
    {
        var network = TestNetwork.Line(3, options: new GraspOptions
        {
            FloodPolicies = new FloodPolicies(FloodPolicy.Off, [new("EX2", FloodPolicy.Require), new("EX3", FloodPolicy.Accept)]),
        });
        Member(2).MoveIn(network.Nodes[1], new WallClock(Pki.Now, network.Now));
        var bench = network.Nodes[1];
        var flood = new FloodMessage(1, network.Nodes[0].Address, Ttl,
            [new FloodEntry(Synchronizable(1), null), new FloodEntry(Synchronizable(1, "EX3"), null), new FloodEntry(Synchronizable(1, "EX4"), null)]);
        Hear(bench, flood.Encode());
        Assert.Equal(
            [("EX3", FloodSignatureStatus.Unsigned), ("EX4", FloodSignatureStatus.NotChecked)],
            bench.Engine.FloodCache.Select(f => (f.Objective.Name, f.Signature)).Order());
        Assert.Equal(1, bench.Engine.Counters.Dropped(GraspDropReason.SignatureMissing));
        Assert.Contains(new GraspFact.FloodSignature("EX2", network.Nodes[0].Address, FloodSignatureStatus.Unsigned, false, ""), bench.Facts);
        Assert.Equal(1, bench.Engine.Counters.FloodsRelayed);
    }

    [Fact]
    public void O13_a_flood_with_signatures_of_its_objectives_only_counts_as_such_and_not_as_signed()
    {
        var bench = Bench(FloodPolicy.Require, out var signer, out _);
        var flood = Flood(signer, 5);
        Hear(bench, (flood with { Entries = [new FloodEntry(Synchronizable(5) with { Signature = new byte[64] }, null)] }).Encode());
        Assert.Equal(1, bench.Engine.Counters.Signatures(FloodSignatureStatus.ObjectivesOnly));
        Assert.Empty(bench.Engine.FloodCache);
        // Signed as a whole, it does not matter that they are there as well.
        var both = Flood(signer, 5, id: 2) with { Entries = [new FloodEntry(Synchronizable(5) with { Signature = new byte[64] }, null)] };
        Hear(bench, signer.Sign(bench.Network.Now, Clock(bench), both));
        Assert.Equal(FloodSignatureStatus.Verified, Assert.Single(bench.Engine.FloodCache).Signature);
    }

    [Fact]
    public void O12_under_accept_nothing_takes_the_place_of_a_copy_that_verified()
    {
        var bench = Bench(FloodPolicy.Accept, out var signer, out _);
        Hear(bench, signer.Sign(bench.Network.Now, Clock(bench), Flood(signer, 1, id: 1)));
        Hear(bench, Flood(signer, 66, id: 2).Encode());
        Hear(bench, Broken(signer.Sign(bench.Network.Now, Clock(bench), Flood(signer, 67, id: 3))));
        Assert.Equal(Value(1), Assert.Single(bench.Engine.FloodCache).Objective.Value);
        // It may expire, of course.
        bench.Network.Advance(Ttl + TimeSpan.FromSeconds(3));
        Hear(bench, Flood(signer, 66, id: 4).Encode());
        Assert.Equal(Value(66), Assert.Single(bench.Engine.FloodCache).Objective.Value);
    }

    [Fact]
    public void O06_a_flood_waits_for_a_certificate_that_is_not_to_be_had_and_is_then_forgotten()
    {
        var bench = Bench(FloodPolicy.Require, out _, out _);
        var absent = Member(7);
        for (var id = 1u; id <= 100; id++)
            Hear(bench, absent.Sign(bench.Network.Now, Clock(bench), Flood(absent, 5, id)));
        Assert.Equal(64, bench.Engine.HeldFloodCount);
        Assert.Single(bench.Actions.OfType<GraspAction.Connect>());
        bench.Network.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((0, 0), (bench.Engine.HeldFloodCount, bench.Engine.SessionCount));
        Assert.Empty(bench.Engine.FloodCache);
        // For a minute it is not asked for again, then it is.
        Hear(bench, absent.Sign(bench.Network.Now, Clock(bench), Flood(absent, 5, 101)));
        Assert.Single(bench.Actions.OfType<GraspAction.Connect>());
        bench.Network.Advance(TimeSpan.FromMinutes(1));
        Hear(bench, absent.Sign(bench.Network.Now, Clock(bench), Flood(absent, 5, 102)));
        Assert.Equal(2, bench.Actions.OfType<GraspAction.Connect>().Count());
    }

    [Fact]
    public void O06_made_up_certificates_are_asked_for_once_a_second_and_no_more()
    {
        var bench = Bench(FloodPolicy.Require, out var signer, out _);
        var asked = 0;
        for (var id = 1u; id <= 100; id++)
        {
            var cose = CoseSign1.Create(new CoseHeader { Algorithm = (long)CoseAlgorithm.ES256, KeyId = SHA256.HashData(BitConverter.GetBytes(id)) });
            Hear(bench, (Flood(signer, 5, id) with { CoseSign = (cose with { Signature = new byte[64] }).Encode() }).Encode());
            asked = bench.Actions.OfType<GraspAction.Connect>().Count();
            bench.Network.Advance(TimeSpan.FromMilliseconds(100));
        }
        Assert.InRange(asked, 15, 19); // eight at once, and one a second for ten seconds
    }

    [Fact]
    public void O06_a_certificate_may_come_with_the_flood_or_by_another_way_before()
    {
        var bench = Bench(FloodPolicy.Require, out _, out var receiver);
        var (shown, known) = (Member(5), Member(6));
        var flood = Flood(shown, 5);
        Assert.True(FloodPayload.TryOfUnsigned(flood.Encode(), out var payload));
        var cose = CoseSign1.Create(new CoseHeader { Algorithm = (long)CoseAlgorithm.ES256 }) with
        {
            Unprotected = new CoseHeader { CertificateChain = [shown.Leaf.RawData] },
        };
        var key = (EcdsaSigningKey)shown.Identity.Key;
        cose = cose with { Signature = FloodSignature(key, cose.ToBeSigned(payload)) };
        Hear(bench, (flood with { CoseSign = cose.Encode() }).Encode());
        Assert.Equal(1, bench.Engine.Counters.Signatures(FloodSignatureStatus.Verified));

        receiver.Verifier.Learn(bench.Network.Now, known.Chain); // a neighbour's, a TLS session's
        Hear(bench, known.Sign(bench.Network.Now, Clock(bench), Flood(known, 6)));
        Assert.Equal(2, bench.Engine.Counters.Signatures(FloodSignatureStatus.Verified));
        Assert.Equal(0, bench.Engine.Counters.CertificatesFetched);
    }

    [Fact]
    public void O06_who_was_met_before_it_flooded_is_not_asked_for_its_certificate()
    {
        var bench = Bench(FloodPolicy.Require, out _, out var receiver);
        var neighbor = Member(6);
        bench.Engine.HandleCertificate(bench.Network.Now, neighbor.Chain);
        Assert.Equal(2, receiver.Verifier.CertificateCount);
        Hear(bench, neighbor.Sign(bench.Network.Now, Clock(bench), Flood(neighbor, 6)));
        Assert.Equal(1, bench.Engine.Counters.Signatures(FloodSignatureStatus.Verified));
        Assert.Equal(0, bench.Engine.Counters.CertificatesFetched);
        // Where nothing is to be verified, nothing is kept.
        var careless = Bench(FloodPolicy.Off, out _, out receiver);
        careless.Engine.HandleCertificate(careless.Network.Now, neighbor.Chain);
        Assert.Equal(1, receiver.Verifier.CertificateCount);
    }

    [Fact]
    public void O06_certificates_are_kept_up_to_a_bound_and_those_in_use_longest()
    {
        var own = Member(1);
        var verifier = new FloodVerifier(own.Identity, capacity: 3);
        var clock = new WallClock(Pki.Now, Pki.At);
        verifier.SetWallClock(clock);
        var others = Enumerable.Range(2, 4).Select(Member).ToList();
        foreach (var other in others.Take(3))
            verifier.Learn(Pki.At, other.Chain);
        var flood = new FloodMessage(1, others[0].Address, Ttl, Entry(Synchronizable(1)));
        Assert.Equal(FloodSignatureStatus.Verified, Judge(verifier, others[0].Sign(Pki.At, clock, flood)).Status);
        verifier.Learn(Pki.At, others[3].Chain);
        Assert.Equal(3, verifier.CertificateCount);
        Assert.Equal(FloodSignatureStatus.Verified, Judge(verifier, others[0].Sign(Pki.At, clock, flood)).Status);
        Assert.Equal(FloodSignatureStatus.UnknownCertificate,
            Judge(verifier, others[1].Sign(Pki.At, clock, flood with { Initiator = others[1].Address })).Status);
    }

    [Fact]
    public void O08_more_signatures_than_are_checked_in_a_second_are_not()
    {
        var bench = Bench(FloodPolicy.Require, out var signer, out _, new GraspOptions { FloodVerificationsPerSecond = 5 });
        for (var id = 1u; id <= 30; id++)
            Hear(bench, signer.Sign(bench.Network.Now, Clock(bench), Flood(signer, (int)id, id)));
        Assert.Equal(10, bench.Engine.Counters.Signatures(FloodSignatureStatus.Verified));
        Assert.Equal(20, bench.Engine.Counters.Signatures(FloodSignatureStatus.RateLimited));
        Assert.InRange(bench.Facts.Count(f => f is GraspFact.FloodSignature), 1, 20);
    }

    // --- keys, clocks, others' hands ---

    public static TheoryData<string, CoseAlgorithm> Keys => new()
    {
        { "P-256", CoseAlgorithm.ES256 },
        { "P-384", CoseAlgorithm.ES384 },
        { "P-521", CoseAlgorithm.ES512 },
        { "RSA", CoseAlgorithm.PS256 },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public void O05_each_kind_of_key_signs_and_verifies_with_its_algorithm(string kind, CoseAlgorithm expected)
    {
        AsymmetricAlgorithm key = kind switch
        {
            "P-256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            "P-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            "P-521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
            _ => RSA.Create(2048),
        };
        var signer = new SignedNode(_pki, 4, key);
        _members.Add(signer);
        var verifier = new FloodVerifier(Member(1).Identity);
        var clock = new WallClock(Pki.Now, Pki.At);
        verifier.SetWallClock(clock);
        verifier.Learn(Pki.At, signer.Chain);
        // r and s have leading zeros now and then.
        for (var id = 1u; id <= 40; id++)
        {
            var flood = signer.Sign(Pki.At, clock, new FloodMessage(id, signer.Address, Ttl, Entry(Synchronizable(1))));
            Assert.Equal(FloodSignatureStatus.Verified, Judge(verifier, flood).Status);
            Assert.True(CoseSign1.TryDecode(Decode(flood).CoseSign!.Value.Span, out var cose, out _));
            Assert.Equal((long)expected, cose.Header.Algorithm);
            Assert.Equal<ByteString?>(SHA256.HashData(signer.Leaf.RawData), cose.Header.KeyId);
            // The same under another name is not the same.
            var named = cose with { Protected = (cose.Header with { Algorithm = (long)(expected == CoseAlgorithm.ES384 ? CoseAlgorithm.ES256 : CoseAlgorithm.ES384) }).Encode() };
            Assert.Equal(FloodSignatureStatus.BadSignature, Judge(verifier, (Decode(flood) with { CoseSign = named.Encode() }).Encode()).Status);
            var unknown = cose with { Protected = (cose.Header with { Algorithm = -8 }).Encode() };
            Assert.Equal(FloodSignatureStatus.UnsupportedAlgorithm, Judge(verifier, (Decode(flood) with { CoseSign = unknown.Encode() }).Encode()).Status);
        }
    }

    [Fact]
    public void O07_without_a_date_signatures_hold_and_dates_do_not_matter()
    {
        var (signer, own) = (Member(4), Member(1));
        var verifier = new FloodVerifier(own.Identity);
        verifier.Learn(Pki.At, signer.Chain);
        var flood = signer.Sign(Pki.At, WallClock.Unknown, new FloodMessage(1, signer.Address, Ttl, Entry(Synchronizable(1))));
        var verdict = Judge(verifier, flood);
        Assert.Equal((FloodSignatureStatus.Verified, null, null), (verdict.Status, verdict.IssuedAt, verdict.Expires));
        flood = signer.Sign(Pki.At, new WallClock(Pki.Now.AddYears(-3), Pki.At), new FloodMessage(1, signer.Address, Ttl, Entry(Synchronizable(1))));
        Assert.Equal(FloodSignatureStatus.Verified, Judge(verifier, flood).Status);
    }

    [Fact]
    public void O07_the_addresses_of_a_nodes_prefix_are_its_own_and_others_are_not()
    {
        var (signer, own) = (Member(4), Member(1));
        var verifier = new FloodVerifier(own.Identity);
        verifier.Learn(Pki.At, signer.Chain);
        FloodSignatureStatus By(Initiator initiator) =>
            Judge(verifier, signer.Sign(Pki.At, WallClock.Unknown, new FloodMessage(1, initiator, Ttl, Entry(Synchronizable(1))))).Status;
        Assert.Equal(FloodSignatureStatus.Verified, By(new Ipv6Address(signer.Address.Value + 1))); // the V bit of its /127
        Assert.Equal(FloodSignatureStatus.WrongInitiator, By(new Ipv6Address(signer.Address.Value + 2)));
        Assert.Equal(FloodSignatureStatus.WrongInitiator, By(Initiator.FromIpv4(1)));
    }

    [Fact]
    public void O07_a_certificate_without_an_address_signs_nothing()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = _pki.Leaf(key, AcpNodeNameExtension.Create(AcpNodeName.CreateWithoutAddress(AcpAddressField.Zero, "", Pki.Domain)));
        var verifier = new FloodVerifier(Member(1).Identity);
        verifier.Learn(Pki.At, [leaf.RawDataMemory]);
        Assert.Equal(1, verifier.CertificateCount);
        var flood = new FloodMessage(1, Pki.PeerAddress, Ttl, Entry(Synchronizable(1)));
        Assert.True(FloodPayload.TryOfUnsigned(flood.Encode(), out var payload));
        var cose = CoseSign1.Create(new CoseHeader { Algorithm = (long)CoseAlgorithm.ES256, KeyId = SHA256.HashData(leaf.RawData) });
        cose = cose with { Signature = key.SignData(cose.ToBeSigned(payload), HashAlgorithmName.SHA256) };
        Assert.Equal(FloodSignatureStatus.WrongInitiator, Judge(verifier, (flood with { CoseSign = cose.Encode() }).Encode()).Status);
    }

    /// <summary>make-signed-floods.py follows the draft step by step, with other libraries than ours.</summary>
    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    public void O03_O04_floods_signed_by_a_second_hand_verify_and_no_longer_when_their_second_count_changes(string algorithm)
    {
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "signed-floods.txt"))
            .Where(l => l[0] != '#').Select(l => l.Split('\t')).ToDictionary(c => c[0], c => Convert.FromHexString(c[1]));
        Assert.True(DomainMembershipCheck.TryLoad(lines["ROOT"], out var root));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = _pki.Leaf(key, AcpNodeNameExtension.Create(Pki.OwnName));
        Assert.True(NodeIdentity.TryCreate(leaf, [], [_pki.Root, root], new EcdsaSigningKey(key), out var own, out _, out var detail), detail);
        var verifier = new FloodVerifier(own);
        verifier.SetWallClock(new WallClock(Pki.Now, Pki.At));
        verifier.Learn(Pki.At, [lines[algorithm + "-CERTIFICATE"]]);
        foreach (var which in new[] { "-ONE", "-TWO" })
        {
            var flood = lines[algorithm + which];
            Assert.Equal(FloodSignatureStatus.Verified, Judge(verifier, flood).Status);
            for (byte count = 1; count < 30; count++)
            {
                Assert.True(FloodLoopCount.TryReplace(flood, count, out var relayed));
                Assert.Equal(FloodSignatureStatus.Verified, Judge(verifier, relayed).Status);
            }
        }
        var two = Decode(lines[algorithm + "-TWO"]);
        var second = two.Entries[1] with { Objective = two.Entries[1].Objective with { LoopCount = 199 } };
        Assert.Equal(FloodSignatureStatus.BadSignature, Judge(verifier, (two with { Entries = [two.Entries[0], second] }).Encode()).Status);
    }

    [Fact]
    public void O04_openssl_verifies_what_we_sign()
    {
        var signer = Member(4);
        var flood = Decode(signer.Sign(Pki.At, new WallClock(Pki.Now, Pki.At), new FloodMessage(0x01020304, signer.Address, Ttl, Entry(Synchronizable(7)))));
        Assert.True(CoseSign1.TryDecode(flood.CoseSign!.Value.Span, out var cose, out _));
        // Sig_structure by hand, from the draft and RFC 9052.
        var payload = Convert.FromHexString("85091a0102030450" + Convert.ToHexStringLower(signer.Address.ToBytes()) + "1a000334508284634558320500" + "07" + "80");
        byte[] signed = [0x84, 0x6a, .. "Signature1"u8, 0x58, (byte)cose.Protected.Length, .. cose.Protected.Span, 0x40, 0x58, (byte)payload.Length, .. payload];
        var directory = Directory.CreateTempSubdirectory("acp-cose-");
        try
        {
            string At(string name) => Path.Combine(directory.FullName, name);
            File.WriteAllBytes(At("signed"), signed);
            File.WriteAllBytes(At("signature"), Der(cose.Signature.Span));
            File.WriteAllText(At("key.pem"), signer.Leaf.GetECDsaPublicKey()!.ExportSubjectPublicKeyInfoPem());
            var (code, output, error) = OpenSsl.Run("dgst", "-sha256", "-verify", At("key.pem"), "-signature", At("signature"), At("signed"));
            Assert.True(code == 0, output + error);
            File.WriteAllBytes(At("signed"), [.. signed[..^1], 0x81]);
            Assert.NotEqual(0, OpenSsl.Run("dgst", "-sha256", "-verify", At("key.pem"), "-signature", At("signature"), At("signed")).Code);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void O08_mutated_signatures_never_throw_and_never_verify()
    {
        var (signer, own) = (Member(4), Member(1));
        var verifier = new FloodVerifier(own.Identity);
        verifier.SetWallClock(new WallClock(Pki.Now, Pki.At));
        verifier.Learn(Pki.At, signer.Chain);
        var flood = Decode(signer.Sign(Pki.At, new WallClock(Pki.Now, Pki.At), new FloodMessage(1, signer.Address, Ttl, Entry(Synchronizable(1)))));
        var random = new Acp.Core.SeededRandom(8);
        var seen = new HashSet<FloodSignatureStatus>();
        for (var round = 0; round < 10_000; round++)
        {
            var bytes = flood.CoseSign!.Value.Span.ToArray();
            var at = random.Next(bytes.Length);
            var to = (byte)random.Next(256);
            if (bytes[at] == to)
                continue;
            bytes[at] = to;
            var status = Judge(verifier, (flood with { CoseSign = bytes }).Encode()).Status;
            Assert.NotEqual(FloodSignatureStatus.Verified, status);
            seen.Add(status);
        }
        Assert.Superset(new HashSet<FloodSignatureStatus>
        {
            FloodSignatureStatus.Malformed, FloodSignatureStatus.BadSignature, FloodSignatureStatus.UnknownCertificate, FloodSignatureStatus.UnsupportedAlgorithm,
        }, seen);
    }

    [Theory]
    [InlineData("accept", "accept")]
    [InlineData("off,SRV.est=require", "off,SRV.est=require")]
    [InlineData("SRV.est=accept", "off,SRV.est=accept")]
    [InlineData("411:a=b=require,require", "require,411:a=b=require")]
    public void O12_policies_are_written_by_objective(string text, string expected)
    {
        Assert.True(FloodPolicies.TryParse(text, out var policies, out var reason), reason);
        Assert.Equal(expected, policies.ToString());
        Assert.True(FloodPolicies.TryParse(policies.ToString(), out var again, out _));
        Assert.Equal(policies, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("maybe")]
    [InlineData("=require")]
    [InlineData("accept,off")]
    [InlineData("a=off,a=accept")]
    [InlineData("a=")]
    public void O12_what_is_no_policy_is_said_so(string text)
    {
        Assert.False(FloodPolicies.TryParse(text, out _, out var reason));
        Assert.NotEqual("", reason);
    }

    [Fact]
    public void O12_by_default_what_leads_to_the_registrar_is_signed_and_nothing_else()
    {
        Assert.Equal("off,SRV.est=accept,AN_join_registrar=accept", new GraspOptions().FloodPolicies.ToString());
        var node = new TestNetwork().Add();
        Member(3).MoveIn(node, new WallClock(Pki.Now, node.Network.Now));
        var link = new GraspInterface(First, GraspInterfaceKind.Channel, node.LinkLocal);
        node.Engine.HandleInterfaceUp(node.Network.Now, link);
        foreach (var name in new[] { "SRV.est", "EX2" })
        {
            var asa = node.Asa(Synchronizable(name: name), name);
            node.Engine.HandleCommand(node.Network.Now, new CommandId(900 + name.Length), new GraspCommand.Flood(asa, Ttl, Entry(Synchronizable(1, name))));
            var sent = node.Engine.Actions.Drain().OfType<GraspAction.SendMulticast>().Single();
            Assert.Equal(name == "SRV.est", Decode(sent.Message.Span).CoseSign is not null);
        }
    }

    private static byte[] FloodSignature(EcdsaSigningKey key, byte[] data) => FromDer(key.Sign(data, HashAlgorithmName.SHA256));

    private static byte[] FromDer(byte[] der)
    {
        var sequence = new System.Formats.Asn1.AsnReader(der, System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence();
        return [.. Field(), .. Field()];

        byte[] Field() => sequence.ReadInteger().ToByteArray(isUnsigned: true, isBigEndian: true) is var n ? [.. new byte[32 - n.Length], .. n] : [];
    }

    private static byte[] Der(ReadOnlySpan<byte> both)
    {
        var w = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (w.PushSequence())
        {
            w.WriteIntegerUnsigned(both[..32].TrimStart((byte)0));
            w.WriteIntegerUnsigned(both[32..].TrimStart((byte)0));
        }
        return w.Encode();
    }

    private static FloodMessage Decode(ReadOnlySpan<byte> bytes)
    {
        Assert.True(GraspMessage.TryDecode(bytes, out var message, out var refusal), refusal.ToString());
        return Assert.IsType<FloodMessage>(message);
    }

    private static FloodVerdict Judge(FloodVerifier verifier, byte[] flood)
    {
        var message = Decode(flood);
        Assert.True(FloodPayload.TryOfSigned(flood, out var payload));
        return verifier.Verify(Pki.At, message.Initiator, message.CoseSign!.Value.Span, payload);
    }

    private static FloodMessage Flood(SignedNode by, int value, uint id = 1) => new(id, by.Address, Ttl, Entry(Synchronizable(value)));

    private static WallClock Clock(TestNode bench) => new(Pki.Now, bench.Network.Now);

    private static void Hear(TestNode bench, byte[] flood)
    {
        bench.Engine.HandleMulticast(bench.Network.Now, First, bench.Network.Nodes[0].AsNeighbor, flood);
        bench.Network.Perform(bench);
    }

    /// <summary>The last octet of the value, which is in front of the empty locator and the option.</summary>
    private static byte[] Broken(byte[] flood)
    {
        var value = flood.AsSpan().IndexOf("EX2"u8) + 5;
        flood[value] ^= 1;
        return flood;
    }

    private SignedNode Member(int number)
    {
        var member = new SignedNode(_pki, number);
        _members.Add(member);
        return member;
    }

    /// <summary>A node in the middle of a line of three, which knows the certificate of <paramref name="signer"/>.</summary>
    private TestNode Bench(FloodPolicy policy, out SignedNode signer, out SignedNode receiver, GraspOptions? options = null)
    {
        var network = TestNetwork.Line(3, options: (options ?? new GraspOptions()) with { FloodPolicies = FloodPolicies.All(policy) });
        (signer, receiver) = (Member(1), Member(2));
        receiver.MoveIn(network.Nodes[1], new WallClock(Pki.Now, network.Now));
        receiver.Verifier.Learn(network.Now, signer.Chain);
        return network.Nodes[1];
    }

    /// <summary>Refused under require: neither taken nor relayed. Reported under accept: taken, relayed, and said.</summary>
    private static void Wrong(TestNode bench, FloodPolicy policy, FloodSignatureStatus expected, byte[] flood)
    {
        var relayed = bench.Engine.Counters.FloodsRelayed;
        var copies = bench.Engine.FloodCache.Count(f => f.Expires > bench.Network.Now);
        Assert.Equal(0, copies);
        Hear(bench, flood);
        var required = policy == FloodPolicy.Require;
        var fact = Assert.IsType<GraspFact.FloodSignature>(bench.Facts.FindLast(f => f is GraspFact.FloodSignature));
        Assert.Equal(("EX2", expected, !required), (fact.Objective, fact.Status, fact.Taken));
        Assert.NotEqual("", fact.Detail);
        Assert.Equal(1, bench.Engine.Counters.Signatures(expected));
        Assert.Equal(required ? 1 : 0, bench.Engine.Counters.Dropped(GraspDropReason.BadSignature));
        Assert.Equal(relayed + (required ? 0 : 1), bench.Engine.Counters.FloodsRelayed);
        var taken = bench.Engine.FloodCache.Where(f => f.Expires > bench.Network.Now).ToList();
        if (required)
            Assert.Empty(taken);
        else
            Assert.Equal(expected, Assert.Single(taken).Signature);
    }
}
