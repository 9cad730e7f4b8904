using Acp.Core;
using Acp.Core.Time;

namespace Acp.Tests.Time;

public class DeadlineHeapTests
{
    [Fact]
    public void Nothing_is_due_a_tick_before_and_the_older_comes_first_at_it()
    {
        var heap = new DeadlineHeap<Item>();
        var at = new Instant(8_000_000_017);
        Item other = new(0), early = new(1), late = new(2);
        heap.Set(other, at);
        heap.Set(early, null);
        heap.Set(late, at);
        heap.Set(early, at);
        heap.Set(other, at + TimeSpan.FromSeconds(1));
        Assert.Equal(at, heap.Earliest);
        Assert.False(heap.TryTakeDue(new Instant(at.Nanoseconds - 1), out _));
        Assert.True(heap.TryTakeDue(at, out var first));
        Assert.Same(early, first);
        Assert.True(heap.TryTakeDue(at, out var second));
        Assert.Same(late, second);
        Assert.False(heap.TryTakeDue(at, out _));
        heap.Set(other, null);
        Assert.Null(heap.Earliest);
        Assert.Equal(0, heap.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_agrees_with_a_sorted_list_whatever_is_set_moved_and_taken(int seed)
    {
        var random = new SeededRandom((ulong)seed);
        var heap = new DeadlineHeap<Item>();
        var items = Enumerable.Range(0, 50).Select(i => new Item(i)).ToArray();
        Array.ForEach(items, i => heap.Set(i, null));
        var twin = new Dictionary<Item, Instant>();
        var now = new Instant(5_000_000_000_000);
        for (var step = 0; step < 20_000; step++)
        {
            var item = items[random.Next(items.Length)];
            switch (random.Next(4))
            {
                case 0:
                    heap.Set(item, null);
                    twin.Remove(item);
                    break;
                case 1:
                    now += TimeSpan.FromTicks(random.Next(20));
                    while (heap.TryTakeDue(now, out var due))
                    {
                        var expected = twin.OrderBy(e => e.Value).ThenBy(e => e.Key.Place).First();
                        Assert.Same(expected.Key, due);
                        Assert.True(expected.Value <= now);
                        twin.Remove(due);
                    }

                    break;
                default:
                    twin[item] = now + TimeSpan.FromTicks(random.Next(30) - 5);
                    heap.Set(item, twin[item]);
                    break;
            }

            Assert.Equal(twin.Count, heap.Count);
            Assert.Equal(twin.Count == 0 ? null : twin.Values.Min(), heap.Earliest);
        }
    }

    private sealed class Item(long order) : DeadlineItem
    {
        public long Place { get; } = order;
    }
}
