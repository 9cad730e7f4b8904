using Acp.Core;
using Acp.Core.Node;
using Acp.Wire;
using static Acp.Tests.Node.AdjacencyBench;

namespace Acp.Tests.Node;

public class AdjacencyMachineTests
{
    private readonly AdjacencyBench _bench = new();

    [Fact]
    public void C25_initiates_after_as_many_milliseconds_as_the_peers_last_octet_says_plus_jitter()
    {
        _bench.Hear();
        Assert.Equal(AdjacencyState.Waiting, _bench.Entry.State);
        var due = _bench.Machine.NextDeadline!.Value;
        Assert.InRange((due - Start).TotalMilliseconds, 100, 120);
        Assert.Equal(due, _bench.Entry.NextAttempt);
        _bench.RunTo(due - Tick);
        Assert.Empty(_bench.Initiations);
        _bench.RunTo(due);
        Assert.Equal([new AdjacencyAction.Initiate(Link, Peer, 500)], _bench.Initiations.Select(i => i.What));
        Assert.Equal(AdjacencyState.Initiating, _bench.Entry.State);
        Assert.Equal(1, _bench.Entry.Attempts);
    }

    [Fact]
    public void B23_B37_initiates_to_the_announced_port_but_prefers_the_well_known_one()
    {
        _bench.Machine.HandleNeighborHeard(_bench.Now, Link, Peer, [new("IKEv2", 15000)], true);
        _bench.Machine.HandleNeighborHeard(_bench.Now, OtherLink, Peer, [new("IKEv2", 15000), new("IKEv2", 500)], true);
        _bench.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal([(Link, 15000), (OtherLink, 500)], _bench.Initiations.Select(i => (i.What.Link, (int)i.What.Port)).Order());
    }

    [Fact]
    public void The_peers_own_request_cancels_ours_until_patience_ends()
    {
        _bench.Hear();
        _bench.RunFor(TimeSpan.FromMilliseconds(50));
        _bench.Machine.HandlePeerInitiated(_bench.Now, Link, Peer);
        Assert.Equal(AdjacencyState.Responding, _bench.Entry.State);
        var patience = _bench.Now + TimeSpan.FromSeconds(5);
        // Further requests do not put it off.
        for (var i = 0; i < 40; i++)
        {
            _bench.RunFor(TimeSpan.FromMilliseconds(100));
            _bench.Machine.HandlePeerInitiated(_bench.Now, Link, Peer);
        }
        _bench.RunTo(patience - Tick);
        Assert.Empty(_bench.Initiations);
        _bench.RunTo(patience);
        Assert.Single(_bench.Initiations);
    }

    [Fact]
    public void The_peers_own_request_that_leads_to_a_channel_leaves_nothing_to_do()
    {
        _bench.Hear();
        _bench.Machine.HandlePeerInitiated(_bench.Now, Link, Peer);
        _bench.RunFor(TimeSpan.FromMilliseconds(30));
        _bench.Up(1, weAreDecider: true);
        _bench.RunFor(TimeSpan.FromHours(1));
        Assert.Empty(_bench.Initiations);
        Assert.Null(_bench.Machine.NextDeadline);
        Assert.Equal(AdjacencyState.Up, _bench.Entry.State);
    }

    [Fact]
    public void B27_B28_the_table_shows_what_is_known()
    {
        _bench.Hear();
        Assert.Equal(new AdjacencyEntry(Link, Peer, AdjacencyState.Waiting, null, null, Ike, true, null, null, null, 0,
            _bench.Machine.NextDeadline), _bench.Entry);
        _bench.RunToInitiation();
        _bench.Fail("AUTHENTICATION_FAILED: trust anchor CN=other");
        Assert.Equal("AUTHENTICATION_FAILED: trust anchor CN=other", _bench.Entry.LastError);
        _bench.RunToInitiation();
        _bench.Up(1, weAreDecider: false);
        Assert.Equal(new AdjacencyEntry(Link, Peer, AdjacencyState.Up, Identity.AcpAddress, "rfcSELF+x", Ike, true, false,
            new ChannelId(1), null, 2, null), _bench.Entry);
        Assert.Equal([_bench.Entry], _bench.Machine.Table.Entries);
    }

    [Fact]
    public void B30_C12_C13_the_same_address_on_two_links_is_two_neighbours()
    {
        _bench.Hear();
        _bench.Machine.HandleNeighborHeard(_bench.Now, OtherLink, Peer, Ike, true);
        _bench.RunFor(TimeSpan.FromSeconds(1));
        _bench.Up(1, true);
        Assert.Equal(AdjacencyState.Initiating, _bench.Machine.Table.Find(OtherLink, Peer)!.State);
        _bench.Machine.HandleAttemptFailed(_bench.Now, OtherLink, Peer, "no answer");
        Assert.Equal(AdjacencyState.Up, _bench.Entry.State);
        _bench.Machine.HandleLinkDown(_bench.Now, OtherLink);
        Assert.Equal(1, _bench.Machine.Table.Count);
    }

    [Fact]
    public void C16_failed_attempts_are_throttled_from_10_to_640_seconds()
    {
        _bench.Hear();
        var gaps = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            _bench.RunToInitiation();
            var failed = _bench.Now;
            _bench.Fail();
            Assert.Equal(AdjacencyState.Backoff, _bench.Entry.State);
            _bench.RunTo(_bench.Entry.NextAttempt!.Value - Tick);
            Assert.Equal(i + 1, _bench.Initiations.Count);
            gaps.Add((_bench.Entry.NextAttempt.Value - failed).TotalSeconds);
        }
        Assert.Equal([10, 20, 40, 80, 160, 320, 640, 640, 640], gaps);
        Assert.Equal(9, _bench.Entry.Attempts);

        // Success starts the series anew.
        _bench.RunToInitiation();
        _bench.Up(1, true);
        _bench.RunFor(TimeSpan.FromMinutes(1));
        _bench.Down(1, "dead peer", false);
        _bench.RunToInitiation();
        var again = _bench.Now;
        _bench.Fail();
        Assert.Equal(again + TimeSpan.FromSeconds(10), _bench.Entry.NextAttempt);
    }

    [Fact]
    public void C16_Q01_changed_announcements_do_not_shorten_a_backoff()
    {
        _bench.Hear();
        _bench.RunToInitiation();
        _bench.Fail();
        var next = _bench.Entry.NextAttempt;
        for (ushort port = 1; port < 100; port++)
            _bench.Machine.HandleNeighborHeard(_bench.Now, Link, Peer, [new("IKEv2", port)], true);
        Assert.Equal(next, _bench.Entry.NextAttempt);
    }

    [Fact]
    public void C17_what_a_bad_peer_does_to_our_responder_does_not_change_our_timing()
    {
        _bench.Hear();
        _bench.RunToInitiation();
        _bench.Fail();
        var next = _bench.Entry.NextAttempt;
        for (var i = 0; i < 90; i++)
        {
            _bench.RunFor(TimeSpan.FromMilliseconds(100));
            _bench.Machine.HandlePeerInitiated(_bench.Now, Link, Peer);
            _bench.Machine.HandleResponderFailed(_bench.Now, Link, Peer, "AUTHENTICATION_FAILED");
            Assert.Equal(next, _bench.Entry.NextAttempt);
        }
        _bench.RunTo(next!.Value);
        Assert.Equal(2, _bench.Initiations.Count);
    }

    [Fact]
    public void C08_C15_the_follower_waits_for_the_decider_after_its_delete_until_something_new_is_announced()
    {
        _bench.Hear();
        _bench.RunToInitiation();
        _bench.Up(1, weAreDecider: false);
        _bench.RunFor(TimeSpan.FromMinutes(1));
        _bench.Down(1, "deleted by the peer", byPeerDelete: true);
        Assert.Equal(AdjacencyState.Passive, _bench.Entry.State);
        for (var i = 0; i < 10; i++)
        {
            _bench.RunFor(TimeSpan.FromMinutes(1));
            _bench.Hear(changed: false);
        }
        Assert.Single(_bench.Initiations);
        _bench.Hear(changed: true);
        Assert.Equal(AdjacencyState.Waiting, _bench.Entry.State);
        var heard = _bench.Now;
        _bench.RunToInitiation();
        Assert.InRange((_bench.Now - heard).TotalMilliseconds, 100, 120);

        // The Decider may come back at any time, too.
        _bench.Up(2, weAreDecider: false);
        _bench.RunFor(TimeSpan.FromMinutes(1));
        _bench.Down(2, "deleted by the peer", byPeerDelete: true);
        _bench.Machine.HandlePeerInitiated(_bench.Now, Link, Peer);
        Assert.Equal(AdjacencyState.Passive, _bench.Entry.State);
        _bench.Up(3, weAreDecider: false);
        Assert.Equal(AdjacencyState.Up, _bench.Entry.State);
    }

    [Theory]
    [InlineData(false, false)] // a follower after a dead peer
    [InlineData(true, false)]
    [InlineData(true, true)] // a decider after the follower's delete
    public void C08_otherwise_a_lost_channel_is_rebuilt_at_once(bool weAreDecider, bool byPeerDelete)
    {
        _bench.Hear();
        _bench.RunToInitiation();
        _bench.Up(1, weAreDecider);
        _bench.RunFor(TimeSpan.FromMinutes(10));
        _bench.Down(1, "dead peer", byPeerDelete);
        Assert.Equal("dead peer", _bench.Entry.LastError);
        var lost = _bench.Now;
        _bench.RunToInitiation();
        Assert.InRange((_bench.Now - lost).TotalMilliseconds, 100, 120);
    }

    [Fact]
    public void Channels_that_come_and_go_are_throttled_after_the_second()
    {
        _bench.Hear();
        var delays = new List<double>();
        for (var i = 1; i <= 6; i++)
        {
            _bench.RunToInitiation();
            _bench.Up(i, weAreDecider: true);
            _bench.RunFor(TimeSpan.FromSeconds(1));
            _bench.Down(i, "deleted", true);
            delays.Add(Math.Round((_bench.Entry.NextAttempt!.Value - _bench.Now).TotalSeconds));
        }
        Assert.Equal([0, 0, 10, 20, 40, 80], delays);
    }

    [Fact]
    public void C03_the_first_role_for_an_identity_stands()
    {
        _bench.Hear();
        _bench.Up(1, weAreDecider: false);
        _bench.Up(2, weAreDecider: true);
        Assert.False(_bench.Entry.WeAreDecider);
        var other = Identity with { AcpAddress = Ipv6Address.Parse("fd89::9") };
        _bench.Machine.HandleChannelUp(_bench.Now, Link, Peer, other, true, new ChannelId(3));
        Assert.True(_bench.Entry.WeAreDecider);
    }

    [Fact]
    public void C26_the_loser_of_a_collision_goes_without_notice()
    {
        _bench.Hear();
        _bench.RunToInitiation();
        _bench.Up(1, weAreDecider: false);
        _bench.Up(2, weAreDecider: false);
        _bench.Down(1, "redundant", byPeerDelete: true);
        Assert.Equal(AdjacencyState.Up, _bench.Entry.State);
        Assert.Equal(new ChannelId(2), _bench.Entry.Channel);
        _bench.Fail("TEMPORARY_FAILURE");
        Assert.Equal(AdjacencyState.Up, _bench.Entry.State);
        Assert.Null(_bench.Machine.NextDeadline);
        // News of a channel that is not there change nothing.
        _bench.Down(1, "again", true);
        Assert.Equal(AdjacencyState.Up, _bench.Entry.State);
    }

    [Fact]
    public void B25_an_expired_announcement_removes_the_neighbour_unless_it_has_a_channel()
    {
        _bench.Hear();
        _bench.Machine.HandleNeighborExpired(_bench.Now, Link, Peer);
        Assert.Equal(0, _bench.Machine.Table.Count);

        _bench.Hear();
        _bench.RunToInitiation();
        _bench.Up(1, true);
        _bench.Machine.HandleNeighborExpired(_bench.Now, Link, Peer);
        Assert.False(_bench.Entry.IsAnnounced);
        Assert.Equal(AdjacencyState.Up, _bench.Entry.State);
        _bench.RunFor(TimeSpan.FromMinutes(1));
        _bench.Down(1, "dead peer", false);
        Assert.Equal(0, _bench.Machine.Table.Count);
    }

    [Fact]
    public void A_peer_that_initiates_without_announcing_is_in_the_table_only_as_long_as_it_lasts()
    {
        _bench.Machine.HandlePeerInitiated(_bench.Now, Link, Peer);
        Assert.Equal(AdjacencyState.Responding, _bench.Entry.State);
        _bench.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(0, _bench.Machine.Table.Count);

        _bench.Up(1, true);
        Assert.Equal(AdjacencyState.Up, _bench.Entry.State);
        _bench.Hear();
        Assert.True(_bench.Entry.IsAnnounced);
        Assert.Equal(AdjacencyState.Up, _bench.Entry.State);
        _bench.RunFor(TimeSpan.FromMinutes(1));
        Assert.Empty(_bench.Initiations);
    }

    [Fact]
    public void B17_a_neighbour_without_a_common_method_is_listed_and_left_alone()
    {
        _bench.Machine.HandleNeighborHeard(_bench.Now, Link, Peer, [new("MACsec.1", 0), new("DTLS", 4433)], true);
        Assert.Equal(AdjacencyState.NoCommonMethod, _bench.Entry.State);
        Assert.Null(_bench.Machine.NextDeadline);
        _bench.Machine.HandleNeighborHeard(_bench.Now, Link, Peer, [new("MACsec.1", 0), new("IKEv2", 500)], true);
        _bench.RunToInitiation();
        _bench.Fail();
        _bench.Machine.HandleNeighborHeard(_bench.Now, Link, Peer, [new("MACsec.1", 0)], false);
        Assert.Equal(AdjacencyState.NoCommonMethod, _bench.Entry.State);
        _bench.RunFor(TimeSpan.FromHours(1));
        Assert.Single(_bench.Initiations);
    }

    [Fact]
    public void An_attempt_without_any_outcome_counts_as_failed()
    {
        _bench.Hear();
        _bench.RunToInitiation();
        _bench.RunFor(TimeSpan.FromMinutes(3) - Tick);
        Assert.Equal(AdjacencyState.Initiating, _bench.Entry.State);
        _bench.RunFor(Tick);
        Assert.Equal(AdjacencyState.Backoff, _bench.Entry.State);
        Assert.Equal("no outcome", _bench.Entry.LastError);
    }

    [Fact]
    public void Link_down_removes_everything_on_that_link_and_up_starts_afresh()
    {
        _bench.Hear();
        _bench.RunToInitiation();
        _bench.Up(1, weAreDecider: false);
        _bench.Machine.HandleLinkDown(_bench.Now, Link);
        Assert.Equal(0, _bench.Machine.Table.Count);
        _bench.Down(1, "link down", false);
        Assert.Null(_bench.Machine.NextDeadline);
        _bench.Hear();
        _bench.RunToInitiation();
        Assert.Equal(2, _bench.Initiations.Count);
    }

    [Fact]
    public void Facts_tell_the_story_of_a_neighbour()
    {
        _bench.Hear();
        _bench.RunToInitiation();
        _bench.Fail("no answer");
        _bench.Machine.HandleResponderFailed(_bench.Now, Link, Peer, "bad certificate");
        _bench.Up(1, weAreDecider: false);
        _bench.RunFor(TimeSpan.FromMinutes(1));
        _bench.Down(1, "deleted", byPeerDelete: true);
        _bench.Machine.HandleNeighborExpired(_bench.Now, Link, Peer);
        Assert.Equal(
            [
                new AdjacencyFact.Added(Link, Peer, AdjacencyState.Waiting),
                new AdjacencyFact.Changed(Link, Peer, AdjacencyState.Waiting, AdjacencyState.Initiating, "attempt 1"),
                new AdjacencyFact.Changed(Link, Peer, AdjacencyState.Initiating, AdjacencyState.Backoff, "no answer"),
                new AdjacencyFact.ResponderFailed(Link, Peer, "bad certificate"),
                new AdjacencyFact.Changed(Link, Peer, AdjacencyState.Backoff, AdjacencyState.Up, "ch1 to rfcSELF+x"),
                new AdjacencyFact.Changed(Link, Peer, AdjacencyState.Up, AdjacencyState.Passive, "deleted"),
                new AdjacencyFact.Removed(Link, Peer, "announcement expired"),
            ],
            _bench.Machine.Facts.Drain());
    }
}
