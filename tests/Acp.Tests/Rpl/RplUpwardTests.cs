using Acp.Core;
using Acp.Core.Rpl;
using Acp.Wire;
using Acp.Wire.Rpl;
using static Acp.Tests.Rpl.RplBench;

namespace Acp.Tests.Rpl;

/// <summary>DODAG, rank, parents, DIO and DIS of one machine (conformance G-02 to G-35).</summary>
public class RplUpwardTests
{
    private readonly RplBench _bench = new();

    private static bool Ignored(List<RplFact> facts, RplIgnoreReason reason) =>
        facts.Contains(new RplMessageIgnored(new ChannelId(1), reason));

    [Fact]
    public void G12_G30_channel_up_sends_dis_and_dio_at_once()
    {
        _bench.Up(1);
        var sent = _bench.Sent();
        Assert.Equal(2, sent.Count);
        Assert.All(sent, s => Assert.Equal(Ipv6Address.AllRplNodes, s.Destination));
        Assert.Contains(sent, s => s.Message == new DisMessage());
        var dio = Assert.Single(sent.Select(s => s.Message).OfType<DioMessage>());
        // G-03, G-08, G-09, G-10, G-16, G-23, G-26
        Assert.Equal(OwnDio(), dio);
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
    }

    [Fact]
    public void G12_dis_is_repeated_while_the_channel_is_silent()
    {
        _bench.Up(1);
        _bench.Sent();
        _bench.Advance(999);
        Assert.Empty(_bench.Sent<DisMessage>(1));
        _bench.Advance(1);
        Assert.Single(_bench.Sent<DisMessage>(1));
        _bench.Advance(2000);
        Assert.Single(_bench.Sent<DisMessage>(1));
        _bench.Hear(1, Dio(Worse));
        _bench.Advance(30_000);
        Assert.Empty(_bench.Sent<DisMessage>(1));
    }

    [Fact]
    public void G02_another_instance_is_ignored()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better, instance: 5));
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
        Assert.True(Ignored(_bench.Facts(), RplIgnoreReason.OtherInstance));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void G03_another_mode_of_operation_is_not_joined(byte mop)
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better, mop: mop));
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
        Assert.True(Ignored(_bench.Facts(), RplIgnoreReason.UnsupportedMode));
    }

    [Fact]
    public void G14_another_objective_function_is_not_joined()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better, configuration: Configuration with { ObjectiveCodePoint = 1 }));
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
        Assert.True(Ignored(_bench.Facts(), RplIgnoreReason.UnsupportedObjectiveFunction));
    }

    [Fact]
    public void G04_sources_that_are_not_link_local_or_are_ourselves_are_ignored()
    {
        _bench.Up(1);
        var dio = RplCodec.Encode(Dio(Better));
        _bench.Machine.HandleMessage(_bench.Now, new ChannelId(1), Better, Ipv6Address.AllRplNodes, dio);
        _bench.Machine.HandleMessage(_bench.Now, new ChannelId(1), Local, Ipv6Address.AllRplNodes, dio);
        _bench.Machine.HandleMessage(_bench.Now, new ChannelId(9), Neighbor(9), Ipv6Address.AllRplNodes, dio);
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
        Assert.Equal(2, _bench.Facts().Count(f => f == new RplMessageIgnored(new ChannelId(1), RplIgnoreReason.BadSource)));
    }

    [Fact]
    public void G07_secure_messages_are_dropped_and_noted()
    {
        _bench.Up(1);
        _bench.Machine.HandleMessage(_bench.Now, new ChannelId(1), Neighbor(1), Local, [155, 0x8a, 0, 0, 0, 0]);
        Assert.Contains(new RplMessageRefused(new ChannelId(1), RplRefusal.SecureVariant), _bench.Facts());
    }

    [Fact]
    public void G08_the_configuration_is_passed_on_unchanged()
    {
        var odd = new DodagConfigurationOption(false, 3, 9, 8, 7, 6, 256, 0, 11, 77, Flags: 5, Reserved: 200);
        _bench.Up(1);
        _bench.Sent();
        _bench.Hear(1, Dio(Better, configuration: odd));
        _bench.Advance(100);
        Assert.Equal([odd], Assert.Single(_bench.Sent<DioMessage>(1)).Options);
    }

    [Fact]
    public void G10_G11_metric_and_prefix_options_change_nothing()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better) with
        {
            Options = [Configuration, new MetricContainerOption(new byte[] { 3, 0, 0, 2, 0, 200 }),
                new PrefixInformationOption(64, true, true, false, 1, 1, Ipv6Address.Parse("2001:db8::"))],
        });
        Assert.Equal(1024, _bench.Status.Rank);
        Assert.Equal([Ipv6Prefix.Default], _bench.Machine.Routes.Keys);
    }

    [Theory]
    [InlineData(1000, 1024)]
    [InlineData(0, 1024)]
    [InlineData(101, 1024)]
    [InlineData(100, 4096)]
    [InlineData(10, 4096)]
    public void G14_G15_G25_rank_through_fast_and_slow_links(int mbps, int rank)
    {
        _bench.Up(1, mbps);
        _bench.Hear(1, Dio(Better));
        Assert.Equal(rank, _bench.Status.Rank);
        Assert.Equal(new RplRoute(new ChannelId(1), Neighbor(1)), _bench.Machine.Routes[Ipv6Prefix.Default]);
    }

    [Fact]
    public void G25_G27_the_operator_may_set_the_cost_of_a_link()
    {
        _bench.Machine.HandleChannelUp(_bench.Now, new ChannelId(1), Local, 1000, rankFactor: 9);
        _bench.Hear(1, Dio(Better));
        Assert.Equal(256 + 9 * 768, _bench.Status.Rank);
    }

    /// <summary>
    /// The rows say 256 for MinHopRankIncrease, which RFC 8994 does not: with it a daisy chain would end after 84 fast hops
    /// or 16 slow ones. docs/rpl.md has the reasons for 2.
    /// </summary>
    [Fact]
    public void G09_G10_G16_G23_what_a_root_advertises()
    {
        _bench.Up(1);
        var dio = Assert.Single(_bench.Sent<DioMessage>(1));
        Assert.Equal((Own, (ushort)2, (byte)2), (dio.DodagId, dio.Rank, dio.ModeOfOperation));
        var configuration = Assert.IsType<DodagConfigurationOption>(Assert.Single(dio.Options));
        Assert.Equal((false, 20, 3, 10), (configuration.AuthenticationEnabled, configuration.DioIntervalDoublings,
            configuration.DioIntervalMin, configuration.DioRedundancyConstant));
        Assert.Equal((0, 2, 0), (configuration.MaxRankIncrease, configuration.MinHopRankIncrease, configuration.ObjectiveCodePoint));
        Assert.Equal((7, 30, 60), (configuration.PathControlSize, configuration.DefaultLifetime, configuration.LifetimeUnit));
    }

    [Theory]
    [InlineData(256, 1, 84)]
    [InlineData(256, 5, 16)]
    [InlineData(2, 1, 10_922)]
    [InlineData(2, 5, 2_184)]
    public void G15_G16_how_deep_ranks_reach(int minHop, int factor, int deepest)
    {
        var rank = (ushort)minHop;
        var hops = 0;
        for (; rank != Rank.Infinite; hops++)
        {
            var next = Rank.Through(rank, factor, minHop);
            Assert.True(next == Rank.Infinite || Rank.Dag(next, minHop) > Rank.Dag(rank, minHop));
            // Whoever takes 256 for the rank of a root takes nobody of ours for one.
            Assert.True(minHop == 256 || rank != 256);
            rank = next;
        }
        Assert.Equal(deepest, hops - 1);
    }

    /// <summary>Everybody counts as the DODAG's root says (RFC 6550 §6.7.6), whatever we would say ourselves.</summary>
    [Theory]
    [InlineData(2, 2, 8)]
    [InlineData(8, 8, 32)]
    [InlineData(256, 256, 1024)]
    [InlineData(1000, 1000, 4000)]
    [InlineData(1, 1, 4)]
    // Not given: the default of RFC 6550.
    [InlineData(0, 256, 1024)]
    // So large that nobody can be below.
    [InlineData(16_384, 16_384, null)]
    [InlineData(0xffff, 0xffff, null)]
    public void G14_G16_G17_the_roots_MinHopRankIncrease_holds(int minHop, int rootRank, int? rank)
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better, (ushort)rootRank, configuration: Configuration with { MinHopRankIncrease = (ushort)minHop }));
        Assert.Equal(rank is null ? RplRole.Floating : RplRole.Joined, _bench.Status.Role);
        Assert.Equal(rank ?? 2, _bench.Status.Rank);
        Assert.Equal(rank is null, Ignored(_bench.Facts(), RplIgnoreReason.UnusableConfiguration));
        Assert.Equal(rank is null ? 0 : 1, _bench.Status.HopCount);
        // Its half is enough for one below, not for two.
        if (minHop == 0xffff)
            Assert.Equal(1, _bench.Machine.Counters.Ignored(RplIgnoreReason.UnusableConfiguration));
    }

    [Fact]
    public void G08_G14_who_leaves_the_configuration_out_is_asked_once_and_taken_at_the_defaults_meanwhile()
    {
        _bench.Up(1);
        _bench.Up(2);
        _bench.Sent();
        _bench.Hear(1, Dio(Better) with { Options = [] });
        Assert.Equal(1024, _bench.Status.Rank);
        Assert.Equal([Neighbor(1)], _bench.Sent().Where(s => s.Message is DisMessage).Select(s => s.Destination));
        _bench.Hear(1, Dio(Better, dtsn: 241) with { Options = [] });
        Assert.DoesNotContain(_bench.Sent(), s => s.Message is DisMessage);
        // What we repeat is what we go by.
        _bench.Advance(200);
        Assert.Equal([Configuration], _bench.Sent<DioMessage>(2)[^1].Options);

        // The answer. It stays when later DIOs leave it out again, and holds for others of the DODAG that do.
        _bench.Hear(1, Dio(Better, configuration: Configuration with { MinHopRankIncrease = 4 }), Local);
        Assert.Equal(268, _bench.Status.Rank);
        _bench.Hear(1, Dio(Better) with { Options = [] });
        Assert.Equal(268, _bench.Status.Rank);
        _bench.Hear(2, Dio(Better, rank: 16) with { Options = [] });
        Assert.Equal((28, 2), ((int)_bench.Status.Rank, _bench.Status.PreferredParent!.Value.Value));
    }

    [Fact]
    public void G18_the_roots_MaxRankIncrease_is_obeyed()
    {
        var limited = Configuration with { MaxRankIncrease = 1000 };
        _bench.Up(1);
        _bench.Up(2);
        _bench.Hear(1, Dio(Better, 256, configuration: limited));
        Assert.Equal(1024, _bench.Status.Rank);
        // Time heals our own limit, not the root's.
        _bench.Advance(60_000);
        _bench.Hear(1, Dio(Better, 1256, configuration: limited));
        Assert.Equal(2024, _bench.Status.Rank);
        _bench.Advance(60_000);
        _bench.Hear(1, Dio(Better, 1257, configuration: limited));
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
    }

    [Fact]
    public void G16_ranks_saturate_and_an_infinite_one_is_no_parent()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better, 0xffff));
        _bench.Hear(1, Dio(Better, 0xfff0));
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
    }

    // preference ours, preference theirs, their root is better by address, joined
    [Theory]
    [InlineData(1, 1, true, true)]
    [InlineData(1, 1, false, false)]
    [InlineData(1, 2, false, true)]
    [InlineData(2, 1, true, false)]
    [InlineData(3, 4, false, true)]
    [InlineData(4, 3, true, false)]
    [InlineData(3, 3, true, true)]
    public void G22_G24_G26_election(byte ours, byte theirs, bool better, bool joined)
    {
        var bench = new RplBench(new RplOptions { Preference = ours });
        bench.Up(1);
        Assert.Equal(ours >= 2 ? RplRole.Root : RplRole.Floating, bench.Status.Role);
        bench.Hear(1, Dio(better ? Better : Worse, preference: theirs));
        Assert.Equal(joined, bench.Status.Role == RplRole.Joined);
        bench.Advance(100);
        var dio = bench.Sent<DioMessage>(1)[^1];
        Assert.Equal(joined ? theirs : ours, dio.Preference);
        Assert.Equal((joined ? theirs : ours) >= 2, dio.Grounded);
    }

    [Fact]
    public void G22_a_new_role_takes_effect_at_once()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better));
        _bench.Advance(200);
        _bench.Sent();
        _bench.Machine.SetPreference(_bench.Now, 3);
        Assert.Equal(RplRole.Root, _bench.Status.Role);
        var dio = Assert.Single(_bench.Sent<DioMessage>(1));
        Assert.Equal((3, true, Own), (dio.Preference, dio.Grounded, dio.DodagId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void G49_who_makes_itself_root_has_a_default_route_until_its_former_parent_has_told_it_all_and_not_longer(bool tells)
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better));
        _bench.Advance(200);
        _bench.Machine.SetPreference(_bench.Now, 3);
        Assert.Equal([Ipv6Prefix.Default], _bench.Machine.Routes.Keys);
        _bench.Advance(TimeSpan.FromMilliseconds(tells ? 20 : 810) - TimeSpan.FromTicks(1));
        Assert.Equal([Ipv6Prefix.Default], _bench.Machine.Routes.Keys);
        if (tells)
        {
            _bench.Hear(1, Dio(Own, rank: 8, preference: 3));
            Assert.Equal([Ipv6Prefix.Default], _bench.Machine.Routes.Keys);
            _bench.Hear(1, Dao(7, (Target(1), 30)));
        }
        else
        {
            _bench.Advance(TimeSpan.FromTicks(1));
        }
        Assert.Equal(tells ? [Target(1)] : [], _bench.Machine.Routes.Keys);
    }

    [Fact]
    public void G19_the_order_of_parents()
    {
        for (var i = 1; i <= 4; i++)
            _bench.Up(i);
        _bench.Hear(1, Dio(Better, 1024));
        Assert.Equal(new ChannelId(1), _bench.Status.PreferredParent);
        // Equal rank: the current parent stays.
        _bench.Hear(2, Dio(Better, 1024));
        Assert.Equal(new ChannelId(1), _bench.Status.PreferredParent);
        // Lower rank.
        _bench.Hear(2, Dio(Better, 256));
        Assert.Equal(new ChannelId(2), _bench.Status.PreferredParent);
        // A fresher version, in spite of its rank; then G-28: older ones are parents no more.
        _bench.Hear(3, Dio(Better, 2048, version: 241));
        Assert.Equal(new ChannelId(3), _bench.Status.PreferredParent);
        Assert.Equal(241, _bench.Status.Version);
        Assert.Equal([new ChannelId(3)], _bench.Status.DaoParents);
        // A better DODAG.
        _bench.Hear(4, Dio(Worse, 9000, preference: 2));
        Assert.Equal(new ChannelId(4), _bench.Status.PreferredParent);
    }

    [Fact]
    public void G17_a_neighbor_of_equal_DAGRank_is_no_parent_beside_the_preferred_one()
    {
        _bench.Up(1);
        _bench.Up(2);
        _bench.Hear(1, Dio(Better, 256));
        _bench.Hear(2, Dio(Better, 1024));
        Assert.Equal([new ChannelId(1)], _bench.Status.DaoParents);
        _bench.Hear(2, Dio(Better, 1023));
        Assert.Equal([new ChannelId(1), new ChannelId(2)], _bench.Status.DaoParents);
    }

    [Fact]
    public void G18_a_deeper_neighbor_is_no_way_out_before_the_hold_is_over()
    {
        _bench.Up(1);
        _bench.Up(2);
        _bench.Hear(1, Dio(Better, 256));
        _bench.Hear(2, Dio(Better, 1792));
        _bench.Advance(5000);
        _bench.Down(1);
        // Rank 1792 is what a child of ours has: it may be our own echo.
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
        Assert.DoesNotContain(Ipv6Prefix.Default, _bench.Machine.Routes.Keys);
        _bench.Advance(TimeSpan.FromMilliseconds(500) - TimeSpan.FromTicks(1));
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
        _bench.Advance(TimeSpan.FromTicks(1));
        Assert.Equal((RplRole.Joined, 2560), (_bench.Status.Role, _bench.Status.Rank));
    }

    [Fact]
    public void G50_a_neighbor_of_equal_rank_takes_over_at_once()
    {
        _bench.Up(1);
        _bench.Up(2);
        _bench.Hear(1, Dio(Better, 256));
        _bench.Hear(2, Dio(Better, 1024));
        _bench.Machine.Actions.Drain();
        _bench.Down(1);
        Assert.Equal(new ChannelId(2), _bench.Status.PreferredParent);
        Assert.Equal(1792, _bench.Status.Rank);
        Assert.Contains(new RouteReplaced(Ipv6Prefix.Default, new ChannelId(2), Neighbor(2)), _bench.Machine.Actions.Drain());
    }

    [Fact]
    public void G18_a_parent_is_not_followed_without_end()
    {
        _bench.Up(1);
        ushort rank = 256;
        _bench.Hear(1, Dio(Better, rank));
        var steps = 0;
        for (; _bench.Status.Role == RplRole.Joined; steps++)
        {
            _bench.Advance(100);
            rank += 1536;
            _bench.Hear(1, Dio(Better, rank));
        }
        Assert.Equal(1 + 7680 / 1536, steps);
        Assert.Contains(_bench.Facts(), f => f is DodagLeft { LowestRank: 1024 });
    }

    [Fact]
    public void G18_a_rank_that_has_settled_is_the_new_base()
    {
        _bench.Up(1);
        ushort rank = 256;
        _bench.Hear(1, Dio(Better, rank));
        for (var i = 0; i < 10; i++)
        {
            _bench.Advance(1000);
            rank += 1536;
            _bench.Hear(1, Dio(Better, rank));
            Assert.Equal(RplRole.Joined, _bench.Status.Role);
        }
    }

    [Fact]
    public void G28_only_the_root_raises_the_version()
    {
        _bench.Up(1);
        _bench.Advance(200);
        _bench.Sent();
        Assert.True(_bench.Machine.RaiseVersion(_bench.Now));
        Assert.Equal(241, Assert.Single(_bench.Sent<DioMessage>(1)).Version);
        _bench.Hear(1, Dio(Better));
        Assert.False(_bench.Machine.RaiseVersion(_bench.Now));
    }

    [Fact]
    public void G28_a_restarted_root_goes_beyond_the_version_it_had()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Own, 1024, version: 245));
        Assert.Equal((RplRole.Floating, 246), (_bench.Status.Role, _bench.Status.Version));
    }

    [Fact]
    public void G12_unicast_dis_is_answered_by_unicast_dio_with_configuration()
    {
        _bench.Up(1);
        _bench.Sent();
        _bench.Hear(1, new DisMessage(), Local);
        var (_, destination, message) = Assert.Single(_bench.Sent());
        Assert.Equal(Neighbor(1), destination);
        Assert.Equal(OwnDio(), message);
    }

    [Theory]
    [InlineData(true, true, true, 0, 240, true, true)]
    [InlineData(true, false, false, 0, 241, true, false)]
    [InlineData(false, true, false, 1, 240, true, false)]
    [InlineData(false, false, true, 0, 240, false, false)]
    [InlineData(false, false, false, 1, 241, false, true)]
    [InlineData(true, false, false, 1, 240, false, true)]
    public void G12_solicited_information(bool v, bool i, bool d, byte instance, byte version, bool ownId, bool answered)
    {
        _bench.Up(1);
        _bench.Advance(500);
        _bench.Sent();
        _bench.Hear(1, new DisMessage
        {
            Options = [new SolicitedInformationOption(instance, v, i, d, ownId ? Own : Better, version)],
        });
        Assert.Equal(answered ? 1 : 0, _bench.Sent<DioMessage>(1).Count);
        Assert.Equal(!answered, Ignored(_bench.Facts(), RplIgnoreReason.PredicateMismatch));
    }

    [Fact]
    public void G32_refresh_every_60_seconds_after_the_echoes()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Worse));
        Assert.Single(_bench.Sent<DioMessage>(1));
        foreach (var wait in (int[])[1000, 4000, 16_000, 60_000, 60_000])
        {
            _bench.Advance(TimeSpan.FromMilliseconds(wait) - TimeSpan.FromTicks(1));
            Assert.Empty(_bench.Sent<DioMessage>(1));
            _bench.Advance(TimeSpan.FromTicks(1));
            Assert.Single(_bench.Sent<DioMessage>(1));
        }
    }

    [Fact]
    public void G32_a_parent_silent_for_210_seconds_is_stale()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better));
        _bench.Advance(TimeSpan.FromSeconds(210) - TimeSpan.FromTicks(1));
        Assert.Equal(RplRole.Joined, _bench.Status.Role);
        _bench.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
        Assert.Contains(new NeighborStale(new ChannelId(1)), _bench.Facts());
    }

    [Fact]
    public void G33_a_storm_of_changes_is_told_once_in_100_ms()
    {
        _bench.Up(1);
        _bench.Up(2);
        _bench.Sent();
        for (var i = 0; i < 1000; i++)
        {
            _bench.Hear(1, Dio(Better, (ushort)(256 + i % 2)));
            _bench.Hear(2, new DisMessage());
            _bench.Advance(1);
        }
        var sent = _bench.Sent();
        Assert.InRange(sent.Count(s => s.Channel == 1 && s.Message is DioMessage), 9, 10);
        Assert.InRange(sent.Count(s => s.Channel == 2 && s.Message is DioMessage), 9, 10);
    }

    [Fact]
    public void G31_G34_losing_the_last_parent_detaches_and_says_so_three_times()
    {
        _bench.Up(1);
        _bench.Up(2);
        _bench.Hear(1, Dio(Better));
        _bench.Advance(5000);
        _bench.Sent();
        _bench.Down(1);
        _bench.Advance(300);
        var dios = _bench.Sent<DioMessage>(2);
        Assert.Equal(3, dios.Count);
        Assert.All(dios, d => Assert.Equal(OwnDio(), d));
        Assert.Contains(_bench.Facts(), f => f is DodagLeft);
    }

    [Fact]
    public void A_neighbor_with_a_new_address_starts_anew()
    {
        _bench.Up(1);
        _bench.Hear(1, Dio(Better));
        _bench.Machine.HandleMessage(
            _bench.Now, new ChannelId(1), Neighbor(77), Ipv6Address.AllRplNodes, RplCodec.Encode(Dio(Better)));
        Assert.Equal(new RplRoute(new ChannelId(1), Neighbor(77)), _bench.Machine.Routes[Ipv6Prefix.Default]);
    }

    [Fact]
    public void Captured_packets_of_others_and_their_mutations_do_no_harm()
    {
        var random = new SeededRandom(7);
        _bench.Up(1);
        for (var round = 0; round < 300; round++)
        {
            foreach (var vector in RplVector.All)
            {
                var bytes = vector.Icmpv6.ToArray();
                if (round > 0)
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                var unicast = !vector.Destination.IsMulticast;
                _bench.Machine.HandleMessage(_bench.Now, new ChannelId(1), Neighbor(1), unicast ? Local : vector.Destination, bytes);
                _bench.Advance(random.Next(50));
            }
        }
        _bench.Down(1);
        Assert.Empty(_bench.Machine.Routes);
        Assert.Equal(RplRole.Floating, _bench.Status.Role);
    }
}
