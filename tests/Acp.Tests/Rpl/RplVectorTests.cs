using Acp.Core;
using Acp.Core.Rpl;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Rpl;

namespace Acp.Tests.Rpl;

/// <summary>
/// What rpld, Unstrung and RIOT really send, given to a machine: each of their peculiarities has a test. Some of them use RPLInstanceID 1,
/// which is none of ours (G-02); to be met at all, their packets are changed in that octet and in nothing else.
/// </summary>
public class RplVectorTests
{
    private static readonly Ipv6Address Local = Ipv6Address.Parse("fe80::ff");
    private static readonly ChannelId Channel = new(1);

    private Instant _now = Instant.Zero + TimeSpan.FromDays(4000);
    private RplMachine _machine = null!;

    public static TheoryData<string> OtherInstance =>
        [.. RplVector.All.Where(v => v.Icmpv6[1] != 0 && v.Icmpv6[4] == 1).Select(v => v.Name)];

    /// <summary>A node of our own; or, for those who send to a root, that root, by the DODAGID they name.</summary>
    private void Start(string? dodagId = null)
    {
        var own = Ipv6Address.Parse(dodagId ?? "fd89:b714:f3db::800");
        _machine = new RplMachine(new RplOptions { Preference = dodagId is null ? (byte)1 : (byte)4 }, own, new Ipv6Prefix(own, 127), new SeededRandom(3));
        Up(1);
    }

    private void Up(int channel)
    {
        _machine.HandleChannelUp(_now, new ChannelId(channel), Local);
        _machine.Actions.Drain();
        _machine.Facts.Drain();
    }

    private List<RplMessage> Hear(string name, bool asOurInstance = true, int channel = 1)
    {
        var vector = RplVector.Named(name);
        var octets = vector.Icmpv6.ToArray();
        if (asOurInstance && octets[1] != 0)
            octets[4] = 0;
        _machine.HandleMessage(_now, new ChannelId(channel), vector.Source, vector.Destination.IsMulticast ? vector.Destination : Local, octets);
        return Sent();
    }

    private List<RplMessage> Sent() =>
        [.. _machine.Actions.Drain().OfType<SendRpl>().Select(s => RplCodec.TryDecode(s.Icmpv6.Span, out var m, out _) ? m : throw new InvalidOperationException())];

    private List<RplMessage> Advance(double milliseconds)
    {
        var sent = new List<RplMessage>();
        var end = _now + TimeSpan.FromMilliseconds(milliseconds);
        while (_machine.NextDeadline is { } next && next <= end)
        {
            _now = next > _now ? next : _now;
            _machine.HandleTime(_now);
            sent.AddRange(Sent());
        }
        _now = end;
        return sent;
    }

    private bool Ignored(RplIgnoreReason reason) => _machine.Facts.Drain().Contains(new RplMessageIgnored(Channel, reason));

    [Fact]
    public void The_hop_limits_of_others_differ_and_are_nothing_that_a_machine_is_told()
    {
        Assert.Equal([1, 64, 255], RplVector.All.Select(v => v.HopLimit).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(OtherInstance))]
    public void G02_as_they_are_packets_of_instance_1_do_nothing(string name)
    {
        Start();
        Assert.DoesNotContain(Hear(name, asOurInstance: false), m => m is DaoAckMessage);
        Assert.True(Ignored(RplIgnoreReason.OtherInstance));
        Assert.Equal((RplRole.Floating, 0), (_machine.Status.Role, _machine.Status.RouteCount));
    }

    [Fact]
    public void G12_rplds_DIS_is_answered()
    {
        Start();
        Advance(500);
        Assert.IsType<DioMessage>(Assert.Single(Hear("rpld-dis")));
    }

    [Theory]
    [InlineData("rpld-dio-root", 1)]
    [InlineData("rpld-dio-child", 2)]
    [InlineData("unstrung-dio-root-mop2", 1)]
    [InlineData("unstrung-dio-child", 2)]
    public void G14_roots_of_rank_1_without_configuration_are_joined_at_the_defaults(string name, int rank)
    {
        Start();
        // It is asked for the configuration, to no avail.
        Assert.Equal([typeof(DisMessage)], Hear(name).Select(m => m.GetType()).Where(t => t == typeof(DisMessage)));
        Assert.Equal((RplRole.Joined, rank + 768), (_machine.Status.Role, (int)_machine.Status.Rank));
        // Neither Route nor Prefix Information makes a route (G-11).
        Assert.Equal([Ipv6Prefix.Default], _machine.Routes.Keys);
        // We speak as the rest of that DODAG would: with the RFC's MinHopRankIncrease.
        var dio = Advance(200).OfType<DioMessage>().Last();
        Assert.Equal(256, Assert.IsType<DodagConfigurationOption>(Assert.Single(dio.Options)).MinHopRankIncrease);
        // Nobody there acknowledges anything unless it asked; the parent is kept, being the only one.
        Advance(5000);
        Assert.Equal(RplRole.Joined, _machine.Status.Role);
    }

    [Fact]
    public void G03_unstrungs_root_of_mode_3_is_not_joined()
    {
        Start();
        Hear("unstrung-dio-root-mop3");
        Assert.True(Ignored(RplIgnoreReason.UnsupportedMode));
        Assert.Equal(RplRole.Floating, _machine.Status.Role);
    }

    [Fact]
    public void G36_rplds_DAOs_without_transit_and_always_of_sequence_0_make_routes()
    {
        Start("fd3c:be8a:173f:8e80::1");
        Hear("rpld-dao");
        var first = Ipv6Prefix.Parse("fd3c:be8a:173f:8e80:0:ff:fe00:1/128");
        Assert.Equal([first], _machine.Routes.Keys);
        Advance(1000);
        // K is clear: no answer.
        Assert.DoesNotContain(Hear("rpld-dao-2-targets"), m => m is DaoAckMessage);
        Assert.Equal([first, Ipv6Prefix.Parse("fd3c:be8a:173f:8e80:0:ff:fe00:2/128")], _machine.Routes.Keys.OrderBy(p => p.Address));
        // For the default lifetime of the DODAG, half an hour, from the last time it was said.
        Advance(TimeSpan.FromMinutes(30).TotalMilliseconds - 1);
        Assert.Equal(2, _machine.Routes.Count);
        Advance(1);
        Assert.Empty(_machine.Routes);
    }

    [Fact]
    public void G36_rplds_DAO_for_the_unspecified_address_makes_none()
    {
        Start("fd3c:be8a:173f:8e80::1");
        Hear("rpld-dao-unspecified");
        Assert.True(Ignored(RplIgnoreReason.UnacceptableTarget));
        Assert.Empty(_machine.Routes);
    }

    [Fact]
    public void G38_DAOs_that_name_another_DODAG_make_none()
    {
        Start();
        Hear("rpld-dao");
        Assert.True(Ignored(RplIgnoreReason.OtherDodag));
        Assert.Empty(_machine.Routes);
    }

    [Theory]
    [InlineData("rpld-daoack")]
    [InlineData("unstrung-daoack")]
    [InlineData("riot-daoack")]
    public void G41_an_answer_that_nobody_waits_for_changes_nothing(string name)
    {
        Start();
        Hear(name);
        Assert.True(Ignored(RplIgnoreReason.UnexpectedAck));
    }

    [Theory]
    [InlineData("unstrung-dao", 2, 1)]
    [InlineData("unstrung-dao-2-targets", 3, 2)]
    public void G05_G41_unstrungs_DAO_is_read_to_its_padded_end_and_acknowledged(string name, int sequence, int targets)
    {
        Start("fd89:b714:f3db:0:200:0:6400:1");
        Assert.Equal(new DaoAckMessage(0, (byte)sequence, 0, null), Assert.Single(Hear(name).OfType<DaoAckMessage>()));
        Assert.Equal(targets, _machine.Routes.Count);
    }

    [Fact]
    public void G08_riots_root_says_its_configuration_now_and_then_and_it_stays_in_force()
    {
        Start();
        Hear("riot-dio-root-config");
        Assert.Equal((RplRole.Joined, 1024), (_machine.Status.Role, (int)_machine.Status.Rank));
        Assert.Equal([(byte)5], Advance(100).OfType<DaoMessage>().SelectMany(RplBench.Targets).Select(t => t.Lifetime));
        Assert.DoesNotContain(Hear("riot-dio-root"), m => m is DisMessage);
        Assert.Equal(1024, _machine.Status.Rank);
        // A node of rank 768 in the same DODAG is above us: another parent to send DAOs to.
        Up(2);
        Hear("riot-dio-child", channel: 2);
        Assert.Equal([new ChannelId(1), new ChannelId(2)], _machine.Status.DaoParents);
    }

    [Fact]
    public void G12_riots_root_is_asked_when_it_leaves_its_configuration_out_from_the_start()
    {
        Start();
        Assert.Contains(Hear("riot-dio-root"), m => m is DisMessage);
        Assert.Equal(1024, _machine.Status.Rank);
    }

    [Fact]
    public void G37_G44_of_riots_two_transits_the_last_counts_and_lifetimes_are_in_the_DODAGs_units()
    {
        Start("fd3c:be8a:173f:8e80::1");
        var third = Ipv6Prefix.Parse("fd3c:be8a:173f:8e80:d012:69ff:fe60:472f/128");
        Assert.Equal(new DaoAckMessage(0, 240, 0, null), Assert.Single(Hear("riot-dao").OfType<DaoAckMessage>()));
        Assert.Equal([third], _machine.Routes.Keys);
        Advance(1000);

        // The node in the middle: itself and the one behind it, for five units each.
        Up(2);
        Assert.Single(Hear("riot-dao-2-targets", channel: 2).OfType<DaoAckMessage>());
        Assert.Equal(2, _machine.Routes.Count);
        _machine.HandleChannelDown(_now, Channel);
        Assert.Equal(new ChannelId(2), _machine.Routes[third].Channel);
        Advance(5 * 60_000 - 1);
        Assert.Equal(2, _machine.Routes.Count);
        Advance(1);
        Assert.Empty(_machine.Routes);
    }
}
