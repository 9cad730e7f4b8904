using Acp.Core;
using Acp.Daemon.Agents.Prefixes;
using Acp.Wire;

namespace Acp.Tests.Agents;

/// <summary>Cutting space into parts, beside a slow and obvious twin: one bit for each of the smallest parts.</summary>
public class PrefixPoolTests
{
    [Fact]
    public void What_is_taken_was_free_and_what_is_returned_grows_together()
    {
        var random = new SeededRandom(42);
        for (var round = 0; round < 50; round++)
        {
            var root = Ipv6Prefix.Parse("2001:db8::/54");
            var pool = new PrefixPool();
            Assert.True(pool.TryAdd(root));
            var twin = new bool[1024]; // of /64s
            var taken = new List<Ipv6Prefix>();
            for (var step = 0; step < 300; step++)
            {
                if (taken.Count > 0 && random.Next(2) == 0)
                {
                    var back = taken[random.Next(taken.Count)];
                    taken.Remove(back);
                    pool.Return(back);
                    Mark(twin, root, back, false);
                }
                else
                {
                    var length = 54 + random.Next(11);
                    var possible = Enumerable.Range(0, 1 << (length - 54)).Any(i => !twin.AsSpan(i << (64 - length), 1 << (64 - length)).Contains(true));
                    Assert.Equal(possible, pool.TryTake(length, false, out var prefix));
                    if (!possible)
                        continue;
                    Assert.True(root.Contains(prefix) && prefix.Length == length);
                    Assert.DoesNotContain(taken, t => t.Overlaps(prefix));
                    taken.Add(prefix);
                    Mark(twin, root, prefix, true);
                }

                Assert.Equal(twin.Count(t => !t), pool.Free.Sum(f => 1 << (64 - f.Length)));
            }

            foreach (var prefix in taken)
                pool.Return(prefix);
            Assert.Equal(root, Assert.Single(pool.Free));
        }
    }

    [Fact]
    public void A_small_request_does_not_break_a_large_block_while_a_small_one_is_there()
    {
        var pool = new PrefixPool();
        pool.TryAdd(Ipv6Prefix.Parse("2001:db8::/32"));
        Assert.True(pool.TryTake(48, false, out _));
        Assert.True(pool.TryTake(56, false, out var small));
        Assert.Equal("2001:db8:1::/56", small.ToString());
        Assert.Equal(33, pool.Shortest(false));
        Assert.Null(pool.Shortest(true));
    }

    [Fact]
    public void Halves_of_two_roots_stay_two()
    {
        var pool = new PrefixPool();
        Assert.True(pool.TryAdd(Ipv6Prefix.Parse("2001:db8::/33")));
        Assert.True(pool.TryAdd(Ipv6Prefix.Parse("2001:db8:8000::/33")));
        Assert.False(pool.TryAdd(Ipv6Prefix.Parse("2001:db8::/32")));
        Assert.True(pool.TryTake(33, false, out var first));
        pool.Return(first);
        Assert.Equal(2, pool.Free.Count());
        Assert.Throws<InvalidOperationException>(() => pool.Return(first));
    }

    private static void Mark(bool[] twin, Ipv6Prefix root, Ipv6Prefix prefix, bool taken) =>
        twin.AsSpan((int)(prefix.Address.High - root.Address.High), 1 << (64 - prefix.Length)).Fill(taken);
}
