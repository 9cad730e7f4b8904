using Acp.Core;
using Acp.Core.Rpl;
using Acp.Wire;
using Acp.Wire.Rpl;
using static Acp.Tests.Rpl.RplBench;

namespace Acp.Tests.Rpl;

/// <summary>DAO, DAO-ACK and routes of one machine (conformance G-20, G-21, G-29, G-35 to G-49, G-52).</summary>
public class RplDownwardTests
{
    private readonly RplBench _bench = new();

    /// <summary>Parent on channel 1, knowing all that we have to tell.</summary>
    private void Settle(RplBench? bench = null)
    {
        bench ??= _bench;
        bench.Up(1);
        bench.Up(3);
        bench.Hear(1, Dio(Better));
        bench.AdvanceAcknowledging(2000);
    }

    /// <summary>It has told parent 1 of itself and of what child 3 told it.</summary>
    private RplBench ToldOneOfATarget()
    {
        var bench = new RplBench(new RplOptions { MaxDaoParents = 1 });
        Settle(bench);
        bench.Hear(3, Dao(7, (Target(1), 30)));
        bench.AdvanceAcknowledging(200);
        return bench;
    }

    /// <summary>The same, and it has just preferred parent 2.</summary>
    private RplBench MovedFromOneToTwo()
    {
        var bench = ToldOneOfATarget();
        bench.Up(2);
        bench.Hear(2, Dio(Better, 255));
        return bench;
    }

    [Fact]
    public void G36_G37_G38_the_own_prefix_goes_up_in_a_dao()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better));
        _bench.Sent();
        _bench.Advance(49);
        Assert.Empty(_bench.Sent<DaoMessage>(1));
        _bench.Advance(1);
        var (_, destination, message) = Assert.Single(_bench.Sent());
        Assert.Equal(Neighbor(1), destination);
        var dao = Assert.IsType<DaoMessage>(message);
        Assert.Equal((true, 240, null), (dao.AckRequested, dao.Sequence, dao.DodagId));
        // F-24: the prefix of the addressing scheme, and nothing longer.
        Assert.Equal([(OwnPrefix, 0xc0, 241, 30)], Targets(dao));
    }

    [Fact]
    public void G36_served_manual_prefixes_go_up_and_are_withdrawn()
    {
        Settle();
        var served = Ipv6Prefix.Parse("fd89:b714:f3db:4001::/64");
        _bench.Machine.SetServedPrefixes(_bench.Now, [served]);
        var added = Assert.Single(_bench.AdvanceAcknowledging(200)).Dao;
        Assert.Equal(served, Assert.Single(Targets(added)).Prefix);
        _bench.Machine.SetServedPrefixes(_bench.Now, []);
        var removed = Assert.Single(_bench.AdvanceAcknowledging(200)).Dao;
        Assert.Equal((served, 0), (Targets(removed)[0].Prefix, Targets(removed)[0].Lifetime));
    }

    [Fact]
    public void G39_four_transmissions_256_ms_apart_then_G40_the_parent_comes_last()
    {
        _bench.Up(1);
        _bench.Up(2);
        _bench.Hear(1, Dio(Better, 256));
        _bench.Hear(2, Dio(Better, 1024));
        _bench.Sent();
        _bench.Advance(50);
        Assert.Single(_bench.Sent<DaoMessage>(1));
        for (var retry = 0; retry < 3; retry++)
        {
            _bench.Advance(255);
            Assert.Empty(_bench.Sent<DaoMessage>(1));
            _bench.Advance(1);
            Assert.Equal(240, Assert.Single(_bench.Sent<DaoMessage>(1)).Sequence);
        }
        _bench.Advance(255);
        Assert.Equal(new ChannelId(1), _bench.Status.PreferredParent);
        _bench.Advance(1);
        Assert.Equal(new ChannelId(2), _bench.Status.PreferredParent);
        Assert.Contains(new DaoParentFailed(new ChannelId(1), null, TimeSpan.FromSeconds(10)), _bench.Facts());
        _bench.AdvanceAcknowledging(9_990);
        Assert.Equal(new ChannelId(2), _bench.Status.PreferredParent);
        _bench.AdvanceAcknowledging(20);
        Assert.Equal(new ChannelId(1), _bench.Status.PreferredParent);
    }

    [Fact]
    public void G40_the_only_parent_is_kept_and_asked_again()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better));
        _bench.Advance(5000);
        Assert.Equal(new ChannelId(1), _bench.Status.PreferredParent);
        _bench.Sent();
        var daos = _bench.AdvanceAcknowledging(5000);
        Assert.Equal(OwnPrefix, Targets(Assert.Single(daos).Dao)[0].Prefix);
    }

    [Fact]
    public void G41_a_refusing_parent_is_left_for_another()
    {
        _bench.Up(1);
        _bench.Up(2);
        _bench.Hear(1, Dio(Better, 256));
        _bench.Hear(2, Dio(Better, 1024));
        _bench.Advance(50);
        _bench.Hear(1, new DaoAckMessage(0, 240, 128, null));
        Assert.Equal(new ChannelId(2), _bench.Status.PreferredParent);
        Assert.Contains(_bench.Facts(), f => f is DaoParentFailed { Status: 128 });
    }

    [Fact]
    public void G41_a_remark_is_an_acceptance()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better));
        _bench.Advance(50);
        _bench.Hear(1, new DaoAckMessage(0, 240, 127, null));
        _bench.Sent();
        _bench.Advance(3000);
        Assert.Empty(_bench.Sent<DaoMessage>(1));
    }

    [Fact]
    public void G41_G36_a_childs_dao_is_acknowledged_routed_and_passed_on()
    {
        Settle();
        _bench.Machine.Actions.Drain();
        _bench.Hear(3, Dao(7, (Target(1), 30)));
        var actions = _bench.Machine.Actions.Drain();
        Assert.Contains(new RouteAdded(Target(1), new ChannelId(3), Neighbor(3)), actions);
        Assert.Contains(new SendRpl(new ChannelId(3), Neighbor(3), RplCodec.Encode(new DaoAckMessage(0, 7, 0, null))), actions);
        var (channel, dao) = Assert.Single(_bench.AdvanceAcknowledging(200));
        Assert.Equal(1, channel);
        // G-42: the Path Sequence is the owner's. G-47: routes are the longest prefixes and the default.
        Assert.Equal([(Target(1), 0xc0, 240, 30)], Targets(dao));
        Assert.Equal(2, _bench.Machine.Routes.Count);
    }

    [Fact]
    public void G43_a_burst_of_child_daos_goes_up_as_one()
    {
        Settle();
        for (byte i = 0; i < 20; i++)
        {
            _bench.Hear(3, Dao((byte)(i + 1), (Target(i), 30)));
            _bench.Advance(2);
        }
        var (_, dao) = Assert.Single(_bench.AdvanceAcknowledging(300));
        Assert.Equal(20, Targets(dao).Count);
        // Equal transits are sent once.
        Assert.Single(dao.Options.OfType<TransitInformationOption>());
    }

    [Fact]
    public void Many_targets_are_split_into_messages_that_fit()
    {
        Settle();
        byte sequence = 0;
        for (var i = 0; i < 500; i++)
            _bench.Hear(3, Dao(sequence = SequenceCounter.Next(sequence), (Target(i), (byte)(1 + i % 3))));
        var daos = _bench.AdvanceAcknowledging(500);
        Assert.All(daos, d => Assert.InRange(RplCodec.Encode(d.Dao).Length, 24, 1200));
        Assert.Equal(500, daos.SelectMany(d => Targets(d.Dao)).Select(t => t.Prefix).Distinct().Count());
    }

    [Fact]
    public void G29_a_lost_channel_is_withdrawn_at_once()
    {
        Settle();
        _bench.Hear(3, Dao(7, (Target(1), 30), (Target(2), 30)));
        _bench.AdvanceAcknowledging(200);
        _bench.Down(3);
        var actions = _bench.Machine.Actions.Drain();
        Assert.Contains(new RouteRemoved(Target(1)), actions);
        var sent = actions.OfType<SendRpl>().Select(s => RplCodec.TryDecode(s.Icmpv6.Span, out var m, out _) ? m : null);
        var dao = Assert.Single(sent.OfType<DaoMessage>());
        Assert.Equal([(Target(1), 0), (Target(2), 0)], Targets(dao).Select(t => (t.Prefix, (int)t.Lifetime)));
    }

    [Fact]
    public void G29_a_withdrawal_overtakes_the_dao_in_flight()
    {
        Settle();
        _bench.Hear(3, Dao(7, (Target(1), 30)));
        _bench.AdvanceAcknowledging(200);
        _bench.Hear(3, Dao(8, (Target(2), 30)));
        _bench.Advance(60);
        var inFlight = Assert.Single(_bench.Sent<DaoMessage>(1));
        _bench.Hear(3, Dao(9, (Target(1), 0)));
        var next = Assert.Single(_bench.Sent<DaoMessage>(1));
        Assert.Equal(SequenceCounter.Next(inFlight.Sequence), next.Sequence);
        Assert.Equal([(Target(1), 0), (Target(2), 30)], Targets(next).Select(t => (t.Prefix, (int)t.Lifetime)));
        // The answer to the older one is late and means nothing.
        _bench.Hear(1, new DaoAckMessage(0, inFlight.Sequence, 0, null));
        _bench.Advance(256);
        Assert.Equal(next, Assert.Single(_bench.Sent<DaoMessage>(1)));
    }

    [Fact]
    public void G42_an_old_dao_changes_nothing_and_a_repeated_one_is_acknowledged_again()
    {
        Settle();
        _bench.Hear(3, Dao(7, (Target(1), 30)));
        _bench.Hear(3, Dao(8, (Target(1), 0)));
        _bench.Machine.Actions.Drain();
        _bench.Hear(3, Dao(7, (Target(1), 30)));
        Assert.DoesNotContain(Target(1), _bench.Machine.Routes.Keys);
        Assert.Empty(_bench.Sent<DaoAckMessage>(3));
        _bench.Hear(3, Dao(8, (Target(1), 0)));
        Assert.Equal(8, Assert.Single(_bench.Sent<DaoAckMessage>(3)).Sequence);
    }

    [Fact]
    public void G42_a_neighbor_restarted_behind_the_same_channel_is_heard_again()
    {
        Settle();
        _bench.Hear(3, Dao(245, (Target(1), 30)));
        _bench.Hear(3, Dao(240, (Target(2), 30)));
        Assert.DoesNotContain(Target(2), _bench.Machine.Routes.Keys);
        _bench.Hear(3, new DisMessage());
        _bench.Hear(3, Dao(240, (Target(2), 30)));
        Assert.Contains(Target(2), _bench.Machine.Routes.Keys);
    }

    [Fact]
    public void G46_a_parent_that_asks_anew_is_told_everything_again()
    {
        Settle();
        _bench.Hear(3, Dao(7, (Target(1), 30)));
        _bench.AdvanceAcknowledging(200);
        _bench.Hear(1, Dio(Better, dtsn: 241));
        var (_, dao) = Assert.Single(_bench.AdvanceAcknowledging(200));
        Assert.Equal([OwnPrefix, Target(1)], Targets(dao).Select(t => t.Prefix).Order(Comparer<Ipv6Prefix>.Create((a, b) => a.Address.CompareTo(b.Address))));
        _bench.Hear(1, new DisMessage());
        Assert.Equal(2, Targets(Assert.Single(_bench.AdvanceAcknowledging(200)).Dao).Count);
        _bench.Machine.RaiseDtsn(_bench.Now);
        Assert.Equal(241, _bench.Sent<DioMessage>(1)[^1].Dtsn);
    }

    [Fact]
    public void G44_paths_expire_and_are_withdrawn()
    {
        Settle();
        _bench.Hear(3, Dao(7, (Target(1), 2), (Target(2), 255)));
        _bench.AdvanceAcknowledging(200);
        _bench.Advance(TimeSpan.FromMilliseconds(119_799));
        Assert.Contains(Target(1), _bench.Machine.Routes.Keys);
        _bench.Sent();
        _bench.Advance(1);
        Assert.DoesNotContain(Target(1), _bench.Machine.Routes.Keys);
        Assert.Contains(Target(2), _bench.Machine.Routes.Keys);
        Assert.Equal((Target(1), 0), Targets(Assert.Single(_bench.Sent<DaoMessage>(1))).Select(t => (t.Prefix, (int)t.Lifetime)).Single());
    }

    /// <summary>A root that advertises nothing, or next to nothing, must not make everybody withdraw or refresh all the time.</summary>
    [Theory]
    [InlineData(0, 60, 30)]
    [InlineData(30, 0, 30)]
    [InlineData(0, 0, 30)]
    [InlineData(1, 1, 60)]
    [InlineData(2, 25, 3)]
    [InlineData(5, 60, 5)]
    [InlineData(255, 1, 255)]
    public void G44_absurd_lifetimes_of_a_root_are_mended(byte lifetime, ushort unit, byte told)
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better, configuration: Configuration with { DefaultLifetime = lifetime, LifetimeUnit = unit }));
        var dao = Assert.Single(_bench.AdvanceAcknowledging(1000)).Dao;
        Assert.Equal(told, Targets(dao).Single().Lifetime);
        Assert.Empty(_bench.AdvanceAcknowledging(18_000));
    }

    [Fact]
    public void G44_everything_is_refreshed_after_a_third_of_the_lifetime()
    {
        _bench.Up(1);
        var start = _bench.Now;
        _bench.Hear(1, Dio(Better));
        var first = Assert.Single(_bench.AdvanceAcknowledging(1000)).Dao;
        // Virtual minutes, with the parent's DIOs in between.
        while (_bench.Now + TimeSpan.FromSeconds(60) < start + TimeSpan.FromSeconds(600))
        {
            _bench.Advance(TimeSpan.FromSeconds(59));
            _bench.Hear(1, Dio(Better));
        }
        Assert.Empty(_bench.Sent<DaoMessage>(1));
        _bench.Advance(start + TimeSpan.FromMilliseconds(600_049) - _bench.Now);
        Assert.Empty(_bench.Sent<DaoMessage>(1));
        _bench.Advance(1);
        var again = Assert.Single(_bench.Sent<DaoMessage>(1));
        Assert.Equal(SequenceCounter.Next(Targets(first)[0].Sequence), Targets(again)[0].Sequence);
    }

    [Fact]
    public void G35_G45_a_new_parent_hears_all_with_a_new_path_sequence_and_the_old_one_a_no_path()
    {
        var bench = MovedFromOneToTwo();
        var daos = bench.AdvanceAcknowledging(1200);
        var old = Targets(daos.Single(d => d.Channel == 1).Dao);
        Assert.Equal(2, old.Count);
        Assert.All(old, t => Assert.Equal(0, t.Lifetime));
        var fresh = Targets(daos.Single(d => d.Channel == 2).Dao);
        Assert.Equal(242, fresh.Single(t => t.Prefix == OwnPrefix).Sequence);
        Assert.Equal(240, fresh.Single(t => t.Prefix == Target(1)).Sequence);
    }

    /// <summary>Make before break: who still sends us packets the old way is told when the new way has had time to be known.</summary>
    [Fact]
    public void G45_the_no_path_to_a_former_parent_waits_until_others_know_the_new_way()
    {
        var bench = new RplBench(new RplOptions { MaxDaoParents = 1 });
        Settle(bench);
        bench.Up(2);
        bench.Hear(2, Dio(Better, 255));
        bench.Advance(50);
        var fresh = Assert.Single(bench.Sent<DaoMessage>(2));
        bench.Hear(2, new DaoAckMessage(0, fresh.Sequence, 0, null));
        bench.Advance(TimeSpan.FromMilliseconds(650) - TimeSpan.FromTicks(1));
        Assert.Empty(bench.Sent<DaoMessage>(1));
        bench.Advance(TimeSpan.FromTicks(1));
        Assert.Equal((OwnPrefix, 0), Targets(Assert.Single(bench.Sent<DaoMessage>(1))).Select(t => (t.Prefix, (int)t.Lifetime)).Single());
    }

    [Fact]
    public void G29_a_target_that_the_former_parent_now_leads_to_is_withdrawn_from_it_at_once()
    {
        var bench = MovedFromOneToTwo();
        bench.Sent();
        // Else the two would send it to each other when its other way ends.
        bench.Hear(1, Dao(9, (Target(1), 30)));
        Assert.All(Targets(Assert.Single(bench.Sent<DaoMessage>(1))), t => Assert.Equal(0, t.Lifetime));
    }

    [Fact]
    public void G29_a_target_lost_meanwhile_is_withdrawn_from_the_former_parent_at_once()
    {
        var bench = MovedFromOneToTwo();
        Assert.Empty(bench.Sent<DaoMessage>(1));
        bench.Down(3);
        Assert.Equal((Target(1), 0), Targets(Assert.Single(bench.Sent<DaoMessage>(1))).Select(t => (t.Prefix, (int)t.Lifetime)).Single());
    }

    /// <summary>Else it leads to a target that nobody has, for as long as paths live.</summary>
    [Fact]
    public void G29_G37_a_parent_that_heard_no_withdrawal_hears_it_when_it_is_one_again()
    {
        var bench = ToldOneOfATarget();
        bench.Up(2);
        bench.Hear(2, Dio(Better, 300));
        bench.Sent();
        bench.Down(3);
        bench.Advance(1100);
        Assert.NotEmpty(bench.Sent<DaoMessage>(1));
        Assert.Equal(new ChannelId(2), bench.Status.PreferredParent);
        bench.Down(2);
        Assert.Equal(new ChannelId(1), bench.Status.PreferredParent);
        Assert.Contains(bench.AdvanceAcknowledging(2000), d => d.Channel == 1 && Targets(d.Dao).Any(t => t.Prefix == Target(1) && t.Lifetime == 0));
    }

    /// <summary>A link may be silent for longer than all retries take, and short enough for the channel to live on.</summary>
    [Fact]
    public void G29_G40_a_withdrawal_that_nobody_answers_is_repeated_until_it_is_heard()
    {
        var bench = MovedFromOneToTwo();
        bench.Advance(22_000);
        Assert.True(bench.Sent<DaoMessage>(1).Count() is > 4 and < 30);
        Assert.Contains(bench.AdvanceAcknowledging(20_000), d => d.Channel == 1 && Targets(d.Dao).Any(t => t.Prefix == Target(1) && t.Lifetime == 0));
        Assert.DoesNotContain(bench.AdvanceAcknowledging(400_000), d => d.Channel == 1);
    }

    [Fact]
    public void G45_G47_a_parent_in_another_dodag_hears_nothing_and_gets_no_packets_until_the_former_one_has_told_what_is_above()
    {
        var best = Ipv6Address.Parse("fd89:b714:f3db::1");
        Settle();
        _bench.Up(2);
        _bench.Hear(2, Dio(best));
        Assert.Equal(new ChannelId(2), _bench.Status.PreferredParent);
        _bench.Advance(400);
        Assert.Empty(_bench.Sent<DaoMessage>(2));
        Assert.Equal(new ChannelId(1), _bench.Machine.Routes[Ipv6Prefix.Default].Channel);
        _bench.Hear(1, Dio(best, 2000));
        _bench.Hear(1, Dao(7, (Target(1), 30)));
        Assert.Equal(new ChannelId(2), _bench.Machine.Routes[Ipv6Prefix.Default].Channel);
        Assert.Equivalent(new[] { OwnPrefix, Target(1) }, Targets(Assert.Single(_bench.Sent<DaoMessage>(2))).Select(t => t.Prefix), strict: true);
    }

    [Fact]
    public void G21_a_parent_that_loses_its_share_of_a_target_to_a_better_one_keeps_it_for_a_while()
    {
        Settle();
        _bench.Hear(3, new DaoMessage(0, true, 7, null) { Options = [new RplTargetOption(Target(1)), new TransitInformationOption(false, 0x80, 240, 30)] });
        _bench.AdvanceAcknowledging(200);
        _bench.Up(2);
        _bench.Hear(2, Dio(Better, 255));
        var daos = _bench.AdvanceAcknowledging(690);
        Assert.Contains(daos, d => d.Channel == 2 && Targets(d.Dao).Any(t => t.Prefix == Target(1) && t.Lifetime > 0));
        Assert.DoesNotContain(daos, d => d.Channel == 1 && Targets(d.Dao).Any(t => t.Prefix == Target(1)));
        Assert.Contains(_bench.AdvanceAcknowledging(200), d => d.Channel == 1 && Targets(d.Dao).Any(t => t.Prefix == Target(1) && t.Lifetime == 0));
    }

    [Fact]
    public void G20_G21_three_parents_share_the_path_control_bits()
    {
        for (var i = 1; i <= 4; i++)
        {
            _bench.Up(i);
            _bench.Hear(i, Dio(Better, (ushort)(255 + i)));
        }
        var daos = _bench.AdvanceAcknowledging(2000);
        Assert.Equal([1, 2, 3], _bench.Status.DaoParents.Select(c => c.Value));
        byte all = 0;
        var last = 256;
        for (var i = 1; i <= 3; i++)
        {
            var control = Targets(daos.Last(d => d.Channel == i).Dao).Single().Control;
            Assert.NotEqual(0, control);
            Assert.Equal(0, all & control);
            Assert.True(control < last);
            (all, last) = ((byte)(all | control), control);
        }
        Assert.DoesNotContain(daos, d => d.Channel == 4);
    }

    [Theory]
    [InlineData(0xff, 3)]
    [InlineData(0xc0, 3)]
    [InlineData(0x41, 2)]
    [InlineData(0x08, 3)]
    [InlineData(0xf0, 4)]
    public void G21_shares_are_disjoint_complete_and_ordered(byte received, int parents)
    {
        var all = 0;
        var last = 256;
        for (var place = 0; place < parents; place++)
        {
            if (PathControl.ForChild(received, place, parents) is not { } share)
                continue;
            Assert.NotEqual(0, share);
            Assert.Equal(0, all & share);
            Assert.True(share < last);
            (all, last) = (all | share, share);
        }
        Assert.Equal(received, all);
    }

    [Fact]
    public void A_parent_that_sends_a_dao_is_no_parent_until_it_is_heard_again()
    {
        Settle();
        _bench.Machine.Actions.Drain();
        _bench.Hear(1, Dao(7, (Target(1), 30)));
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
        Assert.DoesNotContain(Ipv6Prefix.Default, _bench.Machine.Routes.Keys);
        Assert.Contains(new LoopSuspected(new ChannelId(1)), _bench.Facts());
        Assert.Contains(_bench.Sent(), s => s.Channel == 1 && s.Message is DisMessage && s.Destination == Neighbor(1));
        _bench.Hear(1, Dio(Better), Local);
        Assert.Equal(RplRole.Joined, _bench.Status.Role);
    }

    [Fact]
    public void G49_a_root_has_no_default_route()
    {
        _bench.Up(3);
        _bench.Hear(3, Dio(Worse));
        _bench.Hear(3, Dao(7, (Target(1), 30)));
        Assert.Equal([Target(1)], _bench.Machine.Routes.Keys);
    }

    [Theory]
    [InlineData("::/0")]
    [InlineData("::/128")]
    [InlineData("fd89:b714:f3db::/48")]
    [InlineData("fd89:b714:f3db::/64")]
    [InlineData("fd89:b714:f3db::800/127")]
    [InlineData("fd89:b714:f3db::801/128")]
    [InlineData("fe80::1/128")]
    [InlineData("ff02::1/128")]
    public void Targets_that_make_no_sense_are_remarked(string prefix)
    {
        _bench.Up(3);
        _bench.Hear(3, Dio(Worse));
        _bench.Sent();
        _bench.Hear(3, Dao(7, (Ipv6Prefix.Parse(prefix), 30), (Target(1), 30)));
        Assert.Equal([Target(1)], _bench.Machine.Routes.Keys);
        Assert.Equal(1, Assert.Single(_bench.Sent<DaoAckMessage>(3)).Status);
    }

    [Fact]
    public void G04_daos_to_others_are_ignored()
    {
        _bench.Up(3);
        _bench.Hear(3, Dao(7, (Target(1), 30)), Ipv6Address.AllRplNodes);
        Assert.Empty(_bench.Machine.Routes);
        Assert.Contains(new RplMessageIgnored(new ChannelId(3), RplIgnoreReason.BadDestination), _bench.Facts());
    }

    [Fact]
    public void G38_a_dao_that_names_the_dodag_is_accepted_and_one_that_names_another_is_not()
    {
        _bench.Up(3);
        _bench.Hear(3, Dao(7, (Target(1), 30)) with { DodagId = Own });
        _bench.Hear(3, Dao(8, (Target(2), 30)) with { DodagId = Better });
        Assert.Equal([Target(1)], _bench.Machine.Routes.Keys);
    }

    [Fact]
    public void Targets_without_transit_last_for_the_default_lifetime()
    {
        _bench.Up(3);
        _bench.Hear(3, Dio(Worse));
        _bench.Hear(3, new DaoMessage(0, false, 0, null) { Options = [new RplTargetOption(Target(1)), new RplTargetOption(Target(2))] });
        Assert.Empty(_bench.Sent<DaoAckMessage>(3));
        Assert.Equal(2, _bench.Machine.Routes.Count);
        _bench.Advance(TimeSpan.FromSeconds(1799.9));
        Assert.Equal(2, _bench.Machine.Routes.Count);
        _bench.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Empty(_bench.Machine.Routes);
    }

    [Fact]
    public void G52_the_table_is_bounded_and_overflow_is_refused_with_an_alarm()
    {
        var bench = new RplBench(new RplOptions { MaxPaths = 100 });
        bench.Up(3);
        bench.Sent();
        byte sequence = 0;
        for (var i = 0; i < 10_000; i += 20)
            bench.Hear(3, Dao(sequence = SequenceCounter.Next(sequence), [.. Enumerable.Range(i, 20).Select(t => (Target(t), (byte)30))]));
        Assert.Equal(100, bench.Machine.Routes.Count);
        var acks = bench.Sent<DaoAckMessage>(3);
        Assert.Equal(5, acks.Count(a => a.Status == 0));
        Assert.Equal(495, acks.Count(a => a.Status == 128));
        Assert.Contains(new PathTableFull(new ChannelId(3), 100), bench.Facts());
        // What is known may still be refreshed and withdrawn.
        bench.Hear(3, Dao(SequenceCounter.Next(sequence), (Target(0), 0), (Target(9000), 30)));
        Assert.Contains(Target(9000), bench.Machine.Routes.Keys);
    }

    [Fact]
    public void A_fresher_path_sequence_wins_and_a_no_path_removes_only_its_own_path()
    {
        _bench.Up(3);
        _bench.Up(4);
        _bench.Hear(3, Dao(7, (Target(1), 30)));
        var moved = new DaoMessage(0, true, 1, null)
        {
            Options = [new RplTargetOption(Target(1)), new TransitInformationOption(false, 0x40, 241, 30)],
        };
        _bench.Hear(4, moved);
        Assert.Equal(new ChannelId(4), _bench.Machine.Routes[Target(1)].Channel);
        // The stale path is refreshed and withdrawn without effect.
        _bench.Hear(3, Dao(8, (Target(1), 30)));
        Assert.Equal(new ChannelId(4), _bench.Machine.Routes[Target(1)].Channel);
        _bench.Hear(3, Dao(9, (Target(1), 0)));
        Assert.Equal(new ChannelId(4), _bench.Machine.Routes[Target(1)].Channel);
    }

    [Fact]
    public void An_acknowledgement_nobody_asked_for_is_noted()
    {
        Settle();
        _bench.Facts();
        _bench.Hear(1, new DaoAckMessage(0, 99, 0, null));
        Assert.Contains(new RplMessageIgnored(new ChannelId(1), RplIgnoreReason.UnexpectedAck), _bench.Facts());
    }
}
