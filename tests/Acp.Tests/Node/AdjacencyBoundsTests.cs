using Acp.Core;
using Acp.Core.Node;
using Acp.Wire;
using static Acp.Tests.Node.AdjacencyBench;

namespace Acp.Tests.Node;

/// <summary>Q-01 and the machine's own invariants.</summary>
public class AdjacencyBoundsTests
{
    private readonly AdjacencyBench _bench = new();

    [Fact]
    public void Q01_forged_neighbours_cause_a_bounded_rate_of_initiations_first_come_first_served()
    {
        var options = new AdjacencyOptions();
        var first = Enumerable.Range(1, 2000).Select(i => new Ipv6Address(Peer.Value + ((UInt128)i << 16))).ToList();
        foreach (var peer in first)
            _bench.Machine.HandleNeighborHeard(_bench.Now, Link, peer, Ike, true);
        _bench.RunFor(TimeSpan.FromSeconds(10));
        Assert.InRange(_bench.Initiations.Count, 32 + 90, 32 + 100);
        var times = _bench.Initiations.Select(i => i.At).ToList();
        for (var i = options.InitiationBurst; i < times.Count; i++)
            Assert.True(times[i] - times[i - options.InitiationBurst] >= options.InitiationRefill, "burst exceeded");

        // A second wave with lower addresses does not overtake the first.
        foreach (var peer in first)
            _bench.Machine.HandleNeighborHeard(_bench.Now, Link, new Ipv6Address(peer.Value - 50), Ike, true);
        _bench.RunFor(TimeSpan.FromSeconds(10));
        Assert.All(_bench.Initiations, i => Assert.Equal(100, i.What.Peer.LastOctet));
        // Another link has a budget of its own.
        _bench.Machine.HandleNeighborHeard(_bench.Now, OtherLink, Peer, Ike, true);
        _bench.RunFor(TimeSpan.FromMilliseconds(121));
        Assert.Contains(_bench.Initiations, i => i.What.Link == OtherLink);
    }

    [Fact]
    public void Q01_unannounced_initiators_do_not_fill_the_table()
    {
        for (var i = 1; i <= 10_000; i++)
            _bench.Machine.HandlePeerInitiated(_bench.Now, Link, new Ipv6Address(Peer.Value + (UInt128)i));
        Assert.Equal(256, _bench.Machine.Table.Count);
        _bench.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(0, _bench.Machine.Table.Count);
        _bench.Machine.HandlePeerInitiated(_bench.Now, Link, Peer);
        Assert.Equal(1, _bench.Machine.Table.Count);
    }

    /// <summary>Any order of any events: no exception, no deadline that stays due, no attempt at a neighbour that is up.</summary>
    [Fact]
    public void Random_events_keep_the_machine_in_order()
    {
        var initiated = 0;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var random = new SeededRandom(seed);
            var machine = new AdjacencyMachine(new AdjacencyOptions { MaxUnannounced = 3 }, random);
            var now = Start;
            var channel = 0;
            for (var step = 0; step < 2000; step++)
            {
                var link = new LinkId(1 + random.Next(2));
                var peer = new Ipv6Address(Peer.Value + (UInt128)random.Next(6));
                switch (random.Next(9))
                {
                    case 0 or 1:
                        machine.HandleNeighborHeard(now, link, peer, random.Next(5) == 0 ? [] : Ike, random.Next(3) == 0);
                        break;
                    case 2:
                        machine.HandleNeighborExpired(now, link, peer);
                        break;
                    case 3:
                        machine.HandlePeerInitiated(now, link, peer);
                        break;
                    case 4:
                        machine.HandleChannelUp(now, link, peer, Identity, random.Next(2) == 0, new ChannelId(++channel));
                        break;
                    case 5 when machine.Table.Find(link, peer)?.Channel is { } up:
                        machine.HandleChannelDown(now, link, peer, up, "test", random.Next(2) == 0);
                        break;
                    case 6:
                        machine.HandleAttemptFailed(now, link, peer, "test");
                        break;
                    case 7 when random.Next(20) == 0:
                        machine.HandleLinkDown(now, link);
                        break;
                    default:
                        now += random.NextSpan(TimeSpan.FromSeconds(8));
                        var ups = machine.Table.Entries.Where(e => e.State == AdjacencyState.Up).Select(e => (e.Link, e.Peer)).ToHashSet();
                        machine.HandleTime(now);
                        foreach (var initiate in machine.Actions.Drain().Cast<AdjacencyAction.Initiate>())
                        {
                            initiated++;
                            Assert.DoesNotContain((initiate.Link, initiate.Peer), ups);
                        }
                        Assert.True(machine.NextDeadline is not { } next || next > now, $"seed {seed}, step {step}: stale deadline");
                        break;
                }
                Assert.Equal(0, machine.Actions.Count);
                foreach (var entry in machine.Table.Entries)
                    Assert.Equal(entry.State == AdjacencyState.Up, entry.Channel is not null);
            }

            machine.HandleLinkDown(now, new LinkId(1));
            machine.HandleLinkDown(now, new LinkId(2));
            Assert.Equal(0, machine.Table.Count);
            // The count of unannounced entries came back to zero, too.
            for (var i = 0; i < 9; i++)
                machine.HandlePeerInitiated(now, Link, new Ipv6Address(Peer.Value + (UInt128)i));
            Assert.Equal(3, machine.Table.Count);
        }
        Assert.True(initiated > 500);
    }
}
