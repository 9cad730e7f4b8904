using Acp.Core;
using Acp.Daemon.Control;
using Acp.Daemon.Host;
using Acp.Wire;

namespace Acp.Tests.Daemon;

public sealed class PeerSelectorTests
{
    private static readonly PeerCandidate[] Peers =
    [
        Candidate(1, "fe80::1", "fe80::1", "fe80::1%eth0", "fd89::1", "n1", "acp_aaaa_eth0", "ch1"),
        Candidate(2, "fe80::1", "fe80::1", "fe80::1%eth1", "fd89::1:2", "n2", "acp_aabb_eth1", "ch10"),
        Candidate(2, "fe80::3", "fe80::3", "fe80::3%eth1"),
    ];

    [Theory]
    [InlineData("fe80::1%eth0", "n1")]
    [InlineData("FE80:0:0::1%eth1", "n2")]
    [InlineData("fd89::1", "n1")]
    [InlineData("fd89:0::1:2", "n2")]
    [InlineData("N2", "n2")]
    [InlineData("acp_aab", "n2")]
    [InlineData("ch1", "n1")]
    [InlineData(" ch10 ", "n2")]
    [InlineData("fe80::3", "fe80::3%eth1")]
    public void The_whole_name_or_a_beginning_that_fits_only_one(string wanted, string expected)
    {
        var found = PeerSelector.Find(wanted, Peers);
        Assert.True(found.IsGranted, found.Text);
        Assert.Contains(expected, found.Report.Names);
    }

    [Theory]
    [InlineData("fe80::1", 2)]
    [InlineData("acp_", 2)]
    [InlineData("fe80", 3)]
    public void Several_are_listed(string wanted, int choices)
    {
        var found = PeerSelector.Find(wanted, Peers);
        Assert.Equal(ControlRefusal.AmbiguousPeer, found.Refusal);
        Assert.Equal(choices, found.Text.Count(c => c == '\n'));
        Assert.Contains("the one on lo1", found.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fe80::4")]
    [InlineData("")]
    [InlineData("eth0")]
    public void Nobody_of_that_name_and_what_there_is_instead(string wanted)
    {
        var found = PeerSelector.Find(wanted, Peers);
        Assert.Equal(ControlRefusal.UnknownPeer, found.Refusal);
        Assert.Equal(3, found.Text.Count(c => c == '\n'));
        Assert.Contains("no neighbour", PeerSelector.Find(wanted, []).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_choices_ends_somewhere()
    {
        var many = Enumerable.Range(0, 500).Select(i => Candidate(1, $"fe80::{i:x}", $"fe80::{i:x}")).ToList();
        var found = PeerSelector.Find("fe80", many);
        Assert.Equal(13, found.Text.Count(c => c == '\n'));
        Assert.EndsWith("and 488 more", found.Text, StringComparison.Ordinal);
    }

    private static PeerCandidate Candidate(int link, string address, params string[] names) =>
        new(new LinkId(link), Ipv6Address.Parse(address), names, $"the one on lo{link}");
}
