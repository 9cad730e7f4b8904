using Acp.Core;
using Acp.Core.Dull;
using Acp.Tests.Grasp;
using Acp.Wire;
using Acp.Wire.Grasp;
using static Acp.Tests.Dull.DullBench;

namespace Acp.Tests.Dull;

/// <summary>What DULL silently drops (B-09 to B-12, B-19 to B-23) and how it stays bounded .</summary>
public class DullRefusalTests
{
    private static readonly Ipv6Address Global = Ipv6Address.Parse("fd89::b");

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(255)]
    public void B09_loop_counts_other_than_1(byte count) =>
        Dropped(DullRefusal.LoopCountNotOne, Flood(Peer, Offer(Peer) with { Objective = new AnAcpObjective("IKEv2").ToObjective() with { LoopCount = count } }));

    [Fact]
    public void B10_sources_that_are_not_link_local()
    {
        Dropped(DullRefusal.SourceNotLinkLocal, Flood(Global, Offer(Global)), Global);
        Dropped(DullRefusal.SourceNotLinkLocal, Flood(Peer, Offer(Peer)), Global);
    }

    [Theory]
    [InlineData("EX1")]
    [InlineData("SRV.est")]
    [InlineData("AN_proxy")]
    [InlineData("an_acp")]
    public void B11_objectives_of_other_services(string name) =>
        Dropped(DullRefusal.ForeignObjective, Flood(Peer, Offer(Peer) with { Objective = new Objective(name, ObjectiveFlags.F_SYNCH, 1, Cbor.Encode("IKEv2")) }));

    [Fact]
    public void B20_B21_addresses_of_third_parties()
    {
        Dropped(DullRefusal.LocatorNotSource, Flood(Peer, Offer(Third)));
        Dropped(DullRefusal.InitiatorNotSource, Flood(Third, Offer(Peer)));
        // Initiator and locator agree, the source does not.
        Dropped(DullRefusal.InitiatorNotSource, Flood(Third, Offer(Third)), Peer);
        Dropped(DullRefusal.InitiatorNotSource, Flood(Global, Offer(Peer)));
        var offer = Offer(Peer);
        Dropped(DullRefusal.LocatorNotIpv6, Flood(Peer, offer with { Locator = new Ipv4Locator(0x0a000001, TransportProtocol.Udp, 500) }));
        Dropped(DullRefusal.LocatorNotIpv6, Flood(Peer, offer with { Locator = new FqdnLocator("a.example", TransportProtocol.Udp, 500) }));
        Dropped(DullRefusal.LocatorNotIpv6, Flood(Peer, offer with { Locator = new UriLocator("ike:x", null, null) }));
    }

    [Fact]
    public void Endpoints_that_cannot_be_right()
    {
        Dropped(DullRefusal.BadEndpoint, Flood(Peer, Offer(Peer, port: 0)));
        Dropped(DullRefusal.BadEndpoint, Flood(Peer, Offer(Peer) with { Locator = new Ipv6Locator(Peer, TransportProtocol.Tcp, 500) }));
        Dropped(DullRefusal.NotSynchronization, Flood(Peer, Offer(Peer) with { Objective = new AnAcpObjective("IKEv2").ToObjective() with { Flags = ObjectiveFlags.F_NEG } }));
        Dropped(DullRefusal.BadValue, Flood(Peer, Offer(Peer) with { Objective = new Objective("AN_ACP", ObjectiveFlags.F_SYNCH, 1, null) }));
        Dropped(DullRefusal.BadValue, Flood(Peer, Offer(Peer) with { Objective = new Objective("AN_ACP", ObjectiveFlags.F_SYNCH, 1, Cbor.Encode(5)) }));
    }

    [Fact]
    public void B22_without_a_locator_IKEv2_means_port_500_and_DTLS_nothing()
    {
        var ike = new FloodEntry(new AnAcpObjective("IKEv2").ToObjective(), null);
        var dtls = new FloodEntry(new AnAcpObjective("DTLS").ToObjective(), null);
        Dropped(DullRefusal.NoPort, Flood(Peer, dtls));
        var bench = new DullBench();
        bench.Receive(Peer, Flood(Peer, dtls, ike));
        Assert.Equal([new("IKEv2", 500)], Assert.Single(bench.Of<DullAction.NeighborHeard>()).Methods);
    }

    [Fact]
    public void B17_B18_B23_unknown_methods_parameters_and_other_ports_are_kept()
    {
        var bench = new DullBench();
        var odd = Offer(Peer, port: 15000) with
        {
            Objective = new Objective("AN_ACP", ObjectiveFlags.F_SYNCH | ObjectiveFlags.F_DISC, 1, Convert.FromHexString("828265494b457632a161780109")),
        };
        bench.Receive(Peer, Flood(Peer, odd, Offer(Peer, "MACsec.1", 0)), hopLimit: 255);
        var heard = Assert.Single(bench.Of<DullAction.NeighborHeard>());
        Assert.Equal([new("IKEv2", 15000), new ChannelMethod("MACsec.1", 0)], heard.Methods);
        Assert.Equal(0, bench.Machine.Counters.UnusualHopLimit);
        bench.Receive(Peer, Flood(Peer, odd), hopLimit: 64);
        Assert.Equal(1, bench.Machine.Counters.UnusualHopLimit);
        Assert.Equal(2, bench.Of<DullAction.NeighborHeard>().Count);
    }

    [Fact]
    public void O14_a_signature_makes_a_candidate_of_nobody_who_would_not_be_one_without()
    {
        var bench = new DullBench();
        bench.Receive(Peer, Flood(Peer, Offer(Peer)) with { CoseSign = new byte[100] });
        Assert.Equal([new("IKEv2", 500)], Assert.Single(bench.Of<DullAction.NeighborHeard>()).Methods);
        Dropped(DullRefusal.LocatorNotSource, Flood(Peer, Offer(Third)) with { CoseSign = new byte[100] });
    }

    [Fact]
    public void Graspys_two_objectives_in_one_flood_are_judged_one_by_one()
    {
        // ACPcontainer: AN_ACP with count 1, then SRV.est with count 6.
        var bench = new DullBench();
        bench.Receive(Peer, Flood(Peer, Offer(Peer, port: 504), Offer(Peer) with { Objective = new Objective("SRV.est", ObjectiveFlags.F_SYNCH, 6, Cbor.Encode("EST-TLS")) }));
        Assert.Equal([new("IKEv2", 504)], Assert.Single(bench.Of<DullAction.NeighborHeard>()).Methods);
        Assert.Equal(1, bench.Machine.Counters.Refused(DullRefusal.ForeignObjective));
    }

    [Fact]
    public void H09_B14_other_messages_get_no_answer()
    {
        var bench = new DullBench();
        bench.RunFor(TimeSpan.FromSeconds(5));
        var sent = bench.Collect().Count;
        var objective = new AnAcpObjective("IKEv2").ToObjective();
        GraspMessage[] messages =
        [
            new NoopMessage(), new DiscoveryMessage(1, Peer, objective), new SynchMessage(1, objective),
            new ResponseMessage(1, Peer, TimeSpan.FromSeconds(1), [new Ipv6Locator(Peer, TransportProtocol.Udp, 500)]),
        ];
        foreach (var message in messages)
            bench.Receive(Peer, message.Encode());
        bench.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(messages.Length, bench.Machine.Counters.Refused(DullRefusal.NotAFlood));
        Assert.Equal(sent, bench.Collect().Count);
    }

    [Fact]
    public void Our_own_floods_looped_back_are_not_a_neighbour()
    {
        var bench = new DullBench();
        bench.Receive(Own, bench.Of<DullAction.SendMulticast>()[0].Payload.Span.ToArray());
        Assert.Equal(1, bench.Machine.Counters.Refused(DullRefusal.OwnDatagram));
        Assert.Equal(0, bench.Machine.NeighborCount);
    }

    [Fact]
    public void Garbage_and_mutated_floods_never_throw_and_never_name_a_third_party()
    {
        var bench = new DullBench();
        var random = new SeededRandom(12);
        var original = Flood(Peer, Offer(Peer), Offer(Peer, "DTLS", 4433)).Encode();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = random.Next(4) == 0 ? random.Bytes(random.Next(100)) : original.ToArray();
            if (bytes.Length > 0)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bench.Receive(Peer, bytes);
        }
        Assert.True(bench.Machine.Counters.Undecodable(GraspRefusal.Truncated) > 0);
        Assert.True(bench.Machine.Counters.Undecodable(GraspRefusal.MalformedCbor) > 0);
        Assert.True(bench.Machine.Counters.Refused(DullRefusal.NotGrasp) > 1000);
        Assert.True(bench.Machine.Counters.Accepted > 1000);
        Assert.All(bench.Of<DullAction.NeighborHeard>(), h =>
        {
            Assert.Equal(Peer, h.Peer);
            Assert.InRange(h.Methods.Count, 1, 8);
        });
    }

    [Fact]
    public void Q01_forged_neighbours_leave_memory_bounded_and_the_authenticated_ones_alone()
    {
        var bench = new DullBench();
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        bench.Machine.MarkAuthenticated(Peer);
        bench.Receive(Third, Flood(Third, Offer(Third)));

        for (var i = 1; i <= 10_000; i++)
        {
            var forged = new Ipv6Address(Ipv6Address.Parse("fe80::1:0:0").Value + (UInt128)i);
            bench.Machine.HandleDatagram(bench.Now, forged, 1, Flood(forged, Offer(forged)).Encode());
            Assert.InRange(bench.Machine.NeighborCount, 1, 128);
        }
        Assert.Equal(128, bench.Machine.NeighborCount);
        Assert.Equal(10_002 - 128, bench.Machine.Counters.Evicted);
        // Every eviction is told, so nobody behind us grows either.
        var heard = bench.Of<DullAction.NeighborHeard>().Count(h => h.IsNew);
        var gone = bench.Of<DullAction.NeighborExpired>();
        Assert.Equal(128, heard - gone.Count);
        Assert.DoesNotContain(gone, g => g.Peer == Peer);
        // The oldest went first.
        Assert.Equal(Third, gone[0].Peer);

        bench.Machine.ClearAuthenticated(Peer);
        var another = Ipv6Address.Parse("fe80::ffff");
        bench.Receive(another, Flood(another, Offer(another)));
        Assert.Equal(Peer, bench.Of<DullAction.NeighborExpired>()[^1].Peer);
    }

    [Fact]
    public void Q01_one_source_cannot_fill_the_cache_with_offers()
    {
        var bench = new DullBench();
        for (var i = 1; i <= 10_000; i++)
            bench.Machine.HandleDatagram(bench.Now, Peer, 1, Flood(Peer, Offer(Peer, port: (ushort)i)).Encode());
        Assert.Equal(1, bench.Machine.NeighborCount);
        Assert.All(bench.Of<DullAction.NeighborHeard>(), h => Assert.InRange(h.Methods.Count, 1, 8));
    }

    [Fact]
    public void Q01_a_cache_of_authenticated_neighbours_takes_no_stranger()
    {
        var bench = new DullBench(new DullOptions { MaxNeighbors = 2 });
        foreach (var peer in new[] { Peer, Third })
        {
            bench.Receive(peer, Flood(peer, Offer(peer)));
            bench.Machine.MarkAuthenticated(peer);
        }
        var stranger = Ipv6Address.Parse("fe80::5");
        bench.Receive(stranger, Flood(stranger, Offer(stranger)));
        Assert.Equal(1, bench.Machine.Counters.Refused(DullRefusal.TableFull));
        Assert.Equal(2, bench.Machine.NeighborCount);
        Assert.Empty(bench.Of<DullAction.NeighborExpired>());
    }

    private static void Dropped(DullRefusal expected, FloodMessage flood, Ipv6Address? source = null)
    {
        var bench = new DullBench();
        var before = bench.Collect().Count;
        bench.Receive(source ?? Peer, flood);
        Assert.Equal(1, bench.Machine.Counters.Refused(expected));
        Assert.Equal(0, bench.Machine.Counters.Accepted);
        Assert.Equal(0, bench.Machine.NeighborCount);
        Assert.Equal(before, bench.Collect().Count);
    }
}
