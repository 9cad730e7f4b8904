using Acp.Daemon.Agents.Prefixes;
using Acp.Wire;

namespace Acp.Tests.Agents;

/// <summary>Who gets what, decided without a network.</summary>
public class PrefixLedgerTests
{
    private static readonly DateTimeOffset Now = new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void N05_what_there_is_not_enough_of_is_offered_smaller()
    {
        var ledger = Ledger("2001:db8::/60");
        Assert.Equal("2001:db8::/60", Offered(ledger.Ask(new PrefixValue(6, 56), "a", Now)));
        Assert.Equal(new PrefixDecision.Decline("no prefix of that length is left", true), ledger.Ask(new PrefixValue(6, 56), "b", Now));
        Assert.IsType<PrefixDecision.Decline>(ledger.Ask(new PrefixValue(4, 24), "b", Now)); // there is no IPv4 here
    }

    [Fact]
    public void N02_IPv4_comes_from_IPv4_space()
    {
        var ledger = Ledger("10.0.0.0/8", "2001:db8::/32");
        Assert.Equal("10.0.0.0/24", Offered(ledger.Ask(new PrefixValue(4, 24), "a", Now)));
        Assert.Equal("2001:db8::/104", Offered(ledger.Ask(new PrefixValue(6, 104), "a", Now)));
    }

    [Fact]
    public void N06_an_offer_is_reserved_until_it_is_accepted_declined_or_broken_off()
    {
        var ledger = Ledger("2001:db8::/63");
        var first = Prefix(ledger.Ask(new PrefixValue(6, 64), "a", Now));
        var second = Prefix(ledger.Ask(new PrefixValue(6, 64), "b", Now));
        Assert.NotEqual(first, second);
        Assert.IsType<PrefixDecision.Decline>(ledger.Ask(new PrefixValue(6, 64), "c", Now));
        ledger.Accepted(first, Now);
        ledger.Declined(second);
        Assert.Equal(second, Prefix(ledger.Ask(new PrefixValue(6, 64), "c", Now)));

        // Broken off: only the same peer can have it, until it is free again.
        ledger.BrokeOff(second, Now);
        Assert.IsType<PrefixDecision.Decline>(ledger.Ask(new PrefixValue(6, 64), "d", Now));
        Assert.Equal(second, Prefix(ledger.Ask(new PrefixValue(6, 64), "c", Now)));
        ledger.BrokeOff(second, Now);
        var over = Now + new PrefixLimits().UnclearTime;
        Assert.Equal(over, ledger.NextExpiry);
        Assert.IsType<PrefixDecision.Decline>(ledger.Ask(new PrefixValue(6, 64), "d", over - TimeSpan.FromTicks(1)));
        Assert.Equal(second, Prefix(ledger.Ask(new PrefixValue(6, 64), "d", over)));
    }

    [Fact]
    public void N07_after_a_restart_an_offer_counts_as_taken_by_whom_it_was_made_to()
    {
        var ledger = Ledger("2001:db8::/63");
        var offered = Prefix(ledger.Ask(new PrefixValue(6, 64), "a", Now));
        var again = new PrefixLedger(new PrefixLimits());
        again.Restore(ledger.State(), Now);
        Assert.NotEqual(offered, Prefix(again.Ask(new PrefixValue(6, 64), "b", Now)));
        Assert.IsType<PrefixDecision.Decline>(again.Ask(new PrefixValue(6, 64), "c", Now + TimeSpan.FromDays(1000)));
        Assert.Equal(new PrefixDecision.Confirm(offered), again.Ask(PrefixValue.Of(offered), "a", Now + TimeSpan.FromDays(1000)));
    }

    [Fact]
    public void A_peer_that_says_what_it_has_is_confirmed_or_told_that_it_is_not_its()
    {
        var ledger = Ledger("2001:db8::/48");
        var prefix = Ipv6Prefix.Parse("2001:db8:0:100::/56");
        Assert.Equal(new PrefixDecision.Confirm(prefix), ledger.Ask(PrefixValue.Of(prefix), "a", Now)); // we had forgotten
        Assert.Equal(new PrefixDecision.Confirm(prefix), ledger.Ask(PrefixValue.Of(prefix), "a", Now));
        Assert.Equal(new PrefixDecision.Decline(PrefixLedger.NotYours), ledger.Ask(PrefixValue.Of(prefix), "b", Now));
        Assert.Equal(new PrefixDecision.Decline(PrefixLedger.NotYours), ledger.Ask(PrefixValue.Of(new Ipv6Prefix(prefix.Address, 60)), "a", Now));
        Assert.Equal(
            new PrefixDecision.Decline("that prefix is not of this pool"), ledger.Ask(PrefixValue.Of(Ipv6Prefix.Parse("2001:db9::/56")), "a", Now));
    }

    [Fact]
    public void N08_an_operator_can_take_a_prefix_back()
    {
        var ledger = Ledger("2001:db8::/64");
        var prefix = Prefix(ledger.Ask(new PrefixValue(6, 64), "a", Now));
        ledger.Accepted(prefix, Now);
        Assert.Equal("2001:db8::/64 delegated to a since 2031-01-01 00:00:00Z", Assert.Single(ledger.Leases).ToString());
        Assert.True(ledger.TryRelease(prefix));
        Assert.False(ledger.TryRelease(prefix));
        Assert.Equal(prefix, Prefix(ledger.Ask(new PrefixValue(6, 64), "b", Now)));
    }

    [Theory]
    [InlineData("fd89:b714:f3db::/48", "UniqueLocal")]
    [InlineData("fc00::/7", "UniqueLocal")]
    [InlineData("f800::/5", "UniqueLocal")]
    [InlineData("fe80::/64", "NotUnicast")]
    [InlineData("ff00::/8", "NotUnicast")]
    [InlineData("::/8", "NotUnicast")]
    [InlineData("127.0.0.0/8", "NotUnicast")]
    [InlineData("224.0.0.0/4", "NotUnicast")]
    [InlineData("2001:db8:1::/48", "Overlaps")]
    [InlineData("2001::/16", "Overlaps")]
    [InlineData("2001:db9::/32", "None")]
    [InlineData("10.0.0.0/8", "None")]
    public void N11_only_space_of_the_data_plane_is_handed_out(string text, string expected)
    {
        var ledger = Ledger("2001:db8::/32");
        Assert.True(PrefixText.TryParse(text, out var prefix));
        Assert.Equal(expected, ledger.TryAddRoot(new PrefixRoot(prefix, null, Now)).ToString());
    }

    [Fact]
    public void N13_one_peer_gets_so_much_and_may_ask_so_often()
    {
        var limits = new PrefixLimits { MaxPerPeer = 3, RequestsPerMinute = 10, MaxLeases = 5, MaxCountedPeers = 4 };
        var ledger = Ledger(limits, "2001:db8::/32");
        for (var i = 0; i < 3; i++)
            ledger.Accepted(Prefix(ledger.Ask(new PrefixValue(6, 56), "greedy", Now)), Now);
        Assert.Equal(new PrefixDecision.Decline("no more than 3 prefixes for one peer"), ledger.Ask(new PrefixValue(6, 56), "greedy", Now));
        for (var i = 4; i < 10; i++)
            ledger.Ask(new PrefixValue(6, 56), "greedy", Now);
        Assert.Equal(new PrefixDecision.Decline("too many requests; wait a minute"), ledger.Ask(new PrefixValue(6, 56), "greedy", Now + TimeSpan.FromSeconds(59)));
        Assert.Equal(new PrefixDecision.Decline("no more than 3 prefixes for one peer"), ledger.Ask(new PrefixValue(6, 56), "greedy", Now + TimeSpan.FromMinutes(1)));

        // Others are served meanwhile, up to what the ledger holds in all; and any number of names is counted in bounded space.
        Assert.IsType<PrefixDecision.Offer>(ledger.Ask(new PrefixValue(6, 56), "modest", Now));
        Assert.IsType<PrefixDecision.Offer>(ledger.Ask(new PrefixValue(6, 56), "other", Now));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(
                new PrefixDecision.Decline("this delegator has given out as much as it keeps track of"), ledger.Ask(new PrefixValue(6, 56), $"x{i}", Now));
        }
    }

    [Fact]
    public void Space_that_is_taken_away_takes_what_was_made_of_it_along()
    {
        var ledger = Ledger("2001:db8::/32", "2001:db9::/32");
        var first = ledger.TakeLocal("interface lan0", 64, Now)!;
        Assert.Equal(first, ledger.TakeLocal("interface lan0", 64, Now + TimeSpan.FromDays(1)));
        Assert.True(ledger.TryDropRoot(Ipv6Prefix.Parse("2001:db8::/32"), out var lost));
        Assert.Equal(first, Assert.Single(lost));
        Assert.Equal("2001:db9::/64", ledger.TakeLocal("interface lan0", 64, Now)!.Prefix.ToString());
        Assert.False(ledger.TryDropRoot(Ipv6Prefix.Parse("2001:db8::/32"), out _));
    }

    [Fact]
    public void N07_a_pool_that_goes_and_comes_back_remembers_what_it_gave()
    {
        var ledger = Ledger("2001:db8::/63");
        var given = Prefix(ledger.Ask(new PrefixValue(6, 64), "a", Now));
        ledger.Accepted(given, Now);
        var without = new PrefixLedger(new PrefixLimits());
        without.Restore(ledger.State() with { Roots = [] }, Now);
        var again = new PrefixLedger(new PrefixLimits());
        again.Restore(without.State(), Now);
        Assert.Equal(PrefixRootRefusal.None, again.TryAddRoot(new PrefixRoot(Ipv6Prefix.Parse("2001:db8::/63"), null, Now)));
        Assert.NotEqual(given, Prefix(again.Ask(new PrefixValue(6, 64), "b", Now)));
        Assert.IsType<PrefixDecision.Decline>(again.Ask(new PrefixValue(6, 64), "c", Now));
    }

    private static PrefixLedger Ledger(params string[] pool) => Ledger(new PrefixLimits(), pool);

    private static PrefixLedger Ledger(PrefixLimits limits, params string[] pool)
    {
        var ledger = new PrefixLedger(limits);
        foreach (var text in pool)
        {
            Assert.True(PrefixText.TryParse(text, out var prefix));
            Assert.Equal(PrefixRootRefusal.None, ledger.TryAddRoot(new PrefixRoot(prefix, null, Now)));
        }

        return ledger;
    }

    private static Ipv6Prefix Prefix(PrefixDecision decision) => Assert.IsType<PrefixDecision.Offer>(decision).Prefix;

    private static string Offered(PrefixDecision decision) => PrefixText.Of(Prefix(decision));
}
