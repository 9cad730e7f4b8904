using Acp.Core;
using Acp.Core.Dull;
using Acp.Core.Time;
using Acp.Tests.Grasp;
using Acp.Wire;
using Acp.Wire.Grasp;
using static Acp.Tests.Dull.DullBench;

namespace Acp.Tests.Dull;

public class DullMachineTests
{
    [Fact]
    public void B15_B19_B38_link_up_floods_AN_ACP_at_once()
    {
        var bench = new DullBench();
        var (at, flood) = Assert.Single(bench.Floods);
        Assert.Equal(Start, at);
        Assert.Equal(TimeSpan.FromMilliseconds(210_000), flood.Ttl);
        Assert.Equal(Own, flood.Initiator.Ipv6);
        var entry = Assert.Single(flood.Entries);
        Assert.Equal(new Objective("AN_ACP", ObjectiveFlags.F_SYNCH, 1, Cbor.Encode("IKEv2")), entry.Objective);
        Assert.Equal(new Ipv6Locator(Own, TransportProtocol.Udp, 500), entry.Locator);
    }

    [Fact]
    public void B15_B38_then_a_fast_start_then_every_60_seconds_with_jitter()
    {
        var bench = new DullBench();
        bench.RunFor(TimeSpan.FromHours(1));
        var times = bench.Floods.Select(f => (f.At - Start).TotalSeconds).ToList();
        Assert.InRange(times[1], 1.0, 1.2);
        Assert.InRange(times[2], 3.0, 3.2);
        var gaps = times.Skip(3).Zip(times.Skip(2), (a, b) => a - b).ToList();
        Assert.InRange(gaps.Count, 56, 63);
        Assert.All(gaps, g => Assert.InRange(g, 57.0, 63.0));
        Assert.True(gaps.Max() - gaps.Min() > 1, "no jitter");
    }

    [Fact]
    public void B15_nothing_a_tick_before_the_deadline()
    {
        var bench = new DullBench();
        var due = bench.Machine.NextDeadline!.Value;
        bench.RunTo(due - Tick);
        Assert.Single(bench.Floods);
        bench.RunTo(due);
        Assert.Equal(2, bench.Floods.Count());
    }

    [Fact]
    public void B32_H19_every_flood_has_a_session_id_of_its_own()
    {
        var bench = new DullBench();
        bench.RunFor(TimeSpan.FromHours(1));
        Assert.Distinct(bench.Floods.Select(f => f.Flood.SessionId));
    }

    [Fact]
    public void B24_several_methods_share_one_flood_each_with_its_locator_and_survive_the_way()
    {
        var options = new DullOptions { Methods = [new("IKEv2", 500), new("DTLS", 4433)] };
        var sender = new DullBench(options);
        var flood = sender.Floods.Single().Flood;
        Assert.Equal(2, flood.Entries.Count);

        var receiver = new DullMachine(new DullOptions(), Link, new SeededRandom(2));
        receiver.SetAnnouncing(Start, true);
        receiver.HandleLinkUp(Start, Peer);
        receiver.Actions.Drain();
        receiver.HandleDatagram(Start, Own, 255, flood.Encode());
        var heard = Assert.IsType<DullAction.NeighborHeard>(Assert.Single(receiver.Actions.Drain()));
        Assert.Equal(options.Methods, heard.Methods);
        Assert.Equal(Own, heard.Peer);
    }

    [Fact]
    public void B31_announcements_beyond_1280_octets_are_refused_at_the_door()
    {
        ValueList<ChannelMethod> Many(int count) => Enumerable.Range(1, count).Select(i => new ChannelMethod($"method{i:D3}", (ushort)i)).ToValueList();
        var random = new SeededRandom(1);
        var fitting = Enumerable.Range(1, 60).Last(n => Fits(n));
        Assert.InRange(fitting, 15, 40);
        var bench = new DullBench(new DullOptions { Methods = Many(fitting) });
        Assert.InRange(bench.Of<DullAction.SendMulticast>().Single().Payload.Length, 1100, DullMachine.MaxPayload);

        bool Fits(int count)
        {
            try
            {
                _ = new DullMachine(new DullOptions { Methods = Many(count) }, Link, random);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void B26_without_a_certificate_nothing_is_sent_and_only_AN_Proxy_is_heard()
    {
        var bench = new DullBench(announcing: false);
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        Assert.Equal(1, bench.Machine.Counters.Refused(DullRefusal.NotSought));
        var proxy = new FloodEntry(new Objective("AN_Proxy", ObjectiveFlags.F_SYNCH, 1, Cbor.Encode("")), new Ipv6Locator(Third, TransportProtocol.Tcp, 8443));
        bench.Receive(Third, Flood(Third, proxy));
        bench.RunFor(TimeSpan.FromSeconds(100));
        Assert.Empty(bench.Floods);
        Assert.Equal([new DullAction.ProxyHeard(Link, Third, [8443], TimeSpan.FromMilliseconds(210_000), true)], bench.Collect().Select(e => e.Action));

        // Enrolled: the proxy is of no more interest, we announce.
        bench.Machine.SetAnnouncing(bench.Now, true);
        Assert.Single(bench.Of<DullAction.ProxyExpired>());
        Assert.Single(bench.Floods);
        bench.Receive(Third, Flood(Third, proxy));
        Assert.Equal(2, bench.Machine.Counters.Refused(DullRefusal.NotSought));
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        Assert.Single(bench.Of<DullAction.NeighborHeard>());

        // The certificate is gone: so are the neighbours.
        bench.Machine.SetAnnouncing(bench.Now, false);
        Assert.Single(bench.Of<DullAction.NeighborExpired>());
        Assert.Null(bench.Machine.NextDeadline);
    }

    [Fact]
    public void L06_a_join_proxy_announces_itself_in_a_flood_of_its_own()
    {
        var bench = new DullBench();
        bench.Machine.SetProxyPort(bench.Now, 9000);
        var flood = bench.Floods.Last().Flood;
        Assert.Equal(TimeSpan.FromMilliseconds(180_000), flood.Ttl);
        Assert.Equal(new FloodEntry(new Objective("AN_Proxy", ObjectiveFlags.F_SYNCH, 1, Cbor.Encode("")),
            new Ipv6Locator(Own, TransportProtocol.Tcp, 9000)), Assert.Single(flood.Entries));
        bench.RunFor(TimeSpan.FromSeconds(4));
        Assert.Equal(3, bench.Floods.Count(f => f.Flood.Entries[0].Objective.Name == "AN_Proxy"));
        bench.Machine.SetProxyPort(bench.Now, null);
        bench.RunFor(TimeSpan.FromMinutes(5));
        Assert.Equal(3, bench.Floods.Count(f => f.Flood.Entries[0].Objective.Name == "AN_Proxy"));
    }

    [Fact]
    public void B25_an_entry_expires_its_ttl_after_the_newest_flood()
    {
        var bench = new DullBench();
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        bench.RunFor(TimeSpan.FromSeconds(209));
        Assert.Equal(1, bench.Machine.NeighborCount);
        var refreshed = bench.Now;
        bench.Receive(Peer, Flood(Peer, Offer(Peer)) with { Ttl = TimeSpan.FromSeconds(50) });
        bench.RunTo(refreshed + TimeSpan.FromSeconds(50) - Tick);
        Assert.Empty(bench.Of<DullAction.NeighborExpired>());
        bench.RunTo(refreshed + TimeSpan.FromSeconds(50));
        Assert.Equal([new DullAction.NeighborExpired(Link, Peer)], bench.Of<DullAction.NeighborExpired>());
        Assert.Equal(0, bench.Machine.NeighborCount);
        Assert.Equal([true, false], bench.Of<DullAction.NeighborHeard>().Select(h => h.IsNew));
        // Once forgotten it is a previously unknown announcement again.
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        Assert.True(bench.Of<DullAction.NeighborHeard>()[^1].AnnouncementChanged);
    }

    [Fact]
    public void H37_ttl_zero_never_expires()
    {
        var bench = new DullBench();
        bench.Receive(Peer, Flood(Peer, Offer(Peer)) with { Ttl = TimeSpan.Zero });
        bench.RunFor(TimeSpan.FromDays(40));
        Assert.Equal(1, bench.Machine.NeighborCount);
    }

    [Fact]
    public void C15_a_new_offer_changes_the_announcement_and_a_repeated_one_does_not()
    {
        var bench = new DullBench();
        bench.Receive(Peer, Flood(Peer, Offer(Peer, port: 15000)));
        bench.Receive(Peer, Flood(Peer, Offer(Peer, port: 15000)));
        bench.RunFor(TimeSpan.FromSeconds(10));
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        var heard = bench.Of<DullAction.NeighborHeard>();
        Assert.Equal([true, false, true], heard.Select(h => h.AnnouncementChanged));
        // B-37: the well-known port first.
        Assert.Equal([new("IKEv2", 500), new ChannelMethod("IKEv2", 15000)], heard[^1].Methods);
        Assert.Equal((ushort)500, ChannelMethod.IkeV2Port(heard[^1].Methods));
        Assert.Equal((ushort)15000, ChannelMethod.IkeV2Port(heard[0].Methods));

        // The one that is not refreshed goes by itself.
        bench.RunTo(Start + TimeSpan.FromSeconds(210));
        Assert.Equal([new("IKEv2", 500)], bench.Of<DullAction.NeighborHeard>()[^1].Methods);
        Assert.False(bench.Of<DullAction.NeighborHeard>()[^1].AnnouncementChanged);
        Assert.Empty(bench.Of<DullAction.NeighborExpired>());
    }

    [Fact]
    public void B38_a_new_neighbour_is_answered_at_once_but_not_more_than_once_a_second()
    {
        var bench = new DullBench();
        bench.RunFor(TimeSpan.FromSeconds(10));
        var before = bench.Floods.Count();
        var heardAt = bench.Now;
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        bench.RunFor(TimeSpan.FromMilliseconds(50));
        Assert.Equal(before + 1, bench.Floods.Count());
        // Known now: no answer to its repeats.
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        bench.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(before + 1, bench.Floods.Count());

        for (var i = 0; i < 500; i++)
        {
            var stranger = new Ipv6Address(Third.Value + (UInt128)i);
            bench.Receive(stranger, Flood(stranger, Offer(stranger)));
            bench.RunFor(TimeSpan.FromMilliseconds(10));
        }
        Assert.InRange(bench.Floods.Count() - before, 4, 7);
        Assert.True(bench.Floods.Where(f => f.At > heardAt).Select(f => f.At).Order().Zip(
            bench.Floods.Where(f => f.At > heardAt).Select(f => f.At).Order().Skip(1), (a, b) => b - a).All(gap => gap >= TimeSpan.FromSeconds(0.9)));
    }

    /// <summary>Two boxes whose links come up at different times, and whose first floods may be lost.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(20, false)]
    [InlineData(700, false)]
    [InlineData(20_000, false)]
    [InlineData(0, true)]
    public void B38_two_boxes_hear_each_other_within_about_a_second(int delayMilliseconds, bool loseFirst)
    {
        var random = new SeededRandom(5);
        var a = new DullMachine(new DullOptions(), Link, random);
        var b = new DullMachine(new DullOptions(), Link, random);
        a.SetAnnouncing(Start, true);
        b.SetAnnouncing(Start, true);
        var second = Start + TimeSpan.FromMilliseconds(delayMilliseconds);
        var met = new Dictionary<DullMachine, Instant>();
        a.HandleLinkUp(Start, Own);
        var now = Start;
        var up = false;
        var lose = loseFirst ? 2 : 0;
        while (met.Count < 2 && now < second + TimeSpan.FromSeconds(5))
        {
            if (!up && now >= second)
            {
                b.HandleLinkUp(now, Peer);
                up = true;
            }
            a.HandleTime(now);
            b.HandleTime(now);
            for (var moved = true; moved;)
            {
                moved = Deliver(a, b, Own) | Deliver(b, a, Peer);
            }
            now += TimeSpan.FromMilliseconds(1);
        }
        Assert.Equal(2, met.Count);
        Assert.All(met.Values, at => Assert.True(at - second <= TimeSpan.FromMilliseconds(loseFirst ? 1300 : 60), $"met after {at - second}"));

        bool Deliver(DullMachine from, DullMachine to, Ipv6Address source)
        {
            var moved = false;
            while (from.Actions.TryTake(out var action))
            {
                moved = true;
                if (action is DullAction.SendMulticast send && --lose < 0)
                    to.HandleDatagram(now, source, 1, send.Payload.Span);
                else if (action is DullAction.NeighborHeard)
                    met.TryAdd(from, now);
            }
            return moved;
        }
    }

    [Fact]
    public void B36_link_down_forgets_everybody_and_link_up_starts_again()
    {
        var bench = new DullBench();
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        for (var flap = 0; flap < 100; flap++)
        {
            bench.Machine.HandleLinkDown(bench.Now);
            Assert.Null(bench.Machine.NextDeadline);
            Assert.Equal(0, bench.Machine.NeighborCount);
            bench.Receive(Peer, Flood(Peer, Offer(Peer)));
            Assert.Equal(0, bench.Machine.NeighborCount);
            var sent = bench.Floods.Count();
            bench.Machine.HandleLinkUp(bench.Now, Own);
            Assert.Equal(sent + 1, bench.Floods.Count());
            bench.Receive(Peer, Flood(Peer, Offer(Peer)));
            Assert.Equal(1, bench.Machine.NeighborCount);
        }
        Assert.Equal(100, bench.Of<DullAction.NeighborExpired>().Count);
        Assert.Equal(100, bench.Machine.Counters.Refused(DullRefusal.LinkDown));
    }

    [Fact]
    public void B36_an_address_change_announces_the_new_address_at_once()
    {
        var bench = new DullBench();
        bench.RunFor(TimeSpan.FromSeconds(30));
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        bench.Machine.HandleAddressChanged(bench.Now, Third);
        var flood = bench.Floods.Last();
        Assert.Equal(bench.Now, flood.At);
        Assert.Equal(Third, flood.Flood.Initiator.Ipv6);
        Assert.Equal(Third, ((Ipv6Locator)flood.Flood.Entries[0].Locator!).Address);
        Assert.Equal(1, bench.Machine.NeighborCount);
    }

    [Fact]
    public void B01_one_link_does_not_hear_for_another()
    {
        var one = new DullMachine(new DullOptions(), new LinkId(1), new SeededRandom(1));
        var two = new DullMachine(new DullOptions(), new LinkId(2), new SeededRandom(2));
        foreach (var machine in new[] { one, two })
        {
            machine.SetAnnouncing(Start, true);
            machine.HandleLinkUp(Start, Own);
            machine.Actions.Drain();
        }
        one.HandleDatagram(Start, Peer, 1, Flood(Peer, Offer(Peer)).Encode());
        Assert.Equal((1, 0), (one.NeighborCount, two.NeighborCount));
        Assert.Equal(new LinkId(1), one.Actions.Drain().Single().Link);
        Assert.Empty(two.Actions.Drain());
    }

    [Fact]
    public void The_same_seed_gives_the_same_floods()
    {
        List<(Instant, DullAction)> Run()
        {
            var bench = new DullBench(seed: 99);
            bench.Receive(Peer, Flood(Peer, Offer(Peer)));
            bench.RunFor(TimeSpan.FromMinutes(20));
            return bench.Collect();
        }

        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void Facts_tell_the_story_of_a_link()
    {
        var bench = new DullBench();
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        bench.Receive(Peer, Flood(Peer, Offer(Peer)));
        bench.RunFor(TimeSpan.FromSeconds(211));
        bench.Machine.HandleLinkDown(bench.Now);
        bench.Machine.HandleLinkDown(bench.Now);
        Assert.Equal(
            [
                new DullFact.Started(Link, Own),
                new DullFact.NeighborFound(Link, Peer, [new("IKEv2", 500)]),
                new DullFact.NeighborLost(Link, Peer, Evicted: false),
                new DullFact.Stopped(Link),
            ],
            bench.Machine.Facts.Drain());
        Assert.Equal((2L, 2L), (bench.Machine.Counters.Received, bench.Machine.Counters.Accepted));
    }
}
